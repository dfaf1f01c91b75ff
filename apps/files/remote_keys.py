"""With whose key a file was sent. One that went with somebody's own may lie at an account that no other key sees."""

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import Membership, User
from apps.files.models import File
from apps.providers.connections import KEY_OF, PERSONS
from apps.providers.models import PersonalKey
from apps.runs.models import Run
from apps.runs.transitions import RUNS_THINGS


def sent_by(run: Run) -> dict[str, Any]:
    """As fields of the file that this call has sent."""
    return {"sender": run.person, "has_own_key": _is_persons(run)}


def _is_persons(run: Run) -> bool:
    return bool((run.request or {}).get(KEY_OF) == PERSONS)


def has_own(file: File, person: User | None) -> bool:
    """Whether calls of this person go with a key of their own."""
    if person is None or file.provider is None or not file.provider.takes_personal_keys:
        return False
    return bool(PersonalKey.objects.filter(provider=file.provider, user=person).exists())


def is_here(file: File) -> bool:
    """Whether who wanted it may still do something in the team."""
    members = Membership.objects.alive().filter(team=file.team_id, user=file.wisher_id, role__in=RUNS_THINGS)
    return file.wisher_id is not None and bool(members.exists())


def why_not(file: File) -> str:
    """Why nobody but its sender can ask for it; empty where whoever wants it can."""
    if not file.has_own_key:
        return ""
    names = {"provider": file.provider, "person": file.sender or _("somebody who left")}
    if file.sender is None or file.sender != file.wisher:
        return _("It was sent with the own key of %(person)s for %(provider)s, and no other key reaches it there.") % names
    if not has_own(file, file.sender):
        return _("It was sent with the own key of %(person)s for %(provider)s, which is not here any more.") % names
    return ""


def caller(file: File) -> User | None:
    """In whose name it is asked for there. Who has a key of their own asks with the team's for what is the team's: in nobody's name."""
    is_teams = not file.has_own_key and has_own(file, file.wisher) and is_here(file)
    return None if is_teams else file.wisher


def can_tell(file: File, calls: Any) -> bool:
    """Whether a key that is here reaches what the last of these calls has sent."""
    run = _last(calls)
    if run is None or not _is_persons(run):
        return True
    return run.person_id == file.wisher_id and is_here(file) and has_own(file, file.wisher)


def lister(file: File, calls: Any) -> User | None:
    """In whose name the list is read in which the last of these calls stands."""
    run = _last(calls)
    return file.wisher if run is not None and _is_persons(run) else None


def _last(calls: Any) -> Run | None:
    found: Run | None = calls.filter(request__isnull=False).order_by("-queued_at").first()
    return found


def is_right(file: File, run: Run) -> bool:
    """Whether this call went with a key that reaches the file: only then "not found" means that it is gone."""
    return _is_persons(run) == file.has_own_key
