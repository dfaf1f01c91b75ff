"""The calls of a file: each is a run with a key made of the file, so that nothing is asked twice; and how one that ended is understood."""

import enum
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.files.models import PARENT, File
from apps.files.operations import DeleteFile, FetchFile, FileOperation
from apps.files.remote_keys import caller
from apps.runs.failures import failure_words
from apps.runs.models import Run, Status
from apps.runs.services import TooManyRuns, start_run
from apps.runs.transitions import from_now

MOST_REPEATS: Final = 6  # of one act by itself, with growing pauses: about two minutes
LONGEST_PAUSE: Final = 60.0
NOTHING_ARRIVED: Final = frozenset({"unreachable", "timeout_connect", "rate_limited", "overloaded"})
OF_WHAT_IS_THERE: Final = (DeleteFile, FetchFile)
OURS: Final = frozenset({"no_room", "not_stored"})
LONGEST_SENTENCE: Final = 400


class End(enum.Enum):
    """How a call ended. WAITING: it did not; LATER: nothing of it arrived; UNCLEAR: it may have done its work."""

    WAITING = "waiting"
    DONE = "done"
    LATER = "later"
    UNCLEAR = "unclear"
    REFUSED = "refused"
    STOPPED = "stopped"


def found(file: File, key: str) -> Run | None:
    """The call with this key, if it was begun."""
    run: Run | None = Run.objects.filter(team=file.team_id, key=_key(file, key)).first()
    return run


def begin(file: File, operation: type[FileOperation], params: Mapping[str, Any], key: str) -> Run | None:
    """Start it; None where its person has no place for another call now. Call it where `found` found none."""
    assert file.provider is not None
    try:
        return start_run(
            team=file.team,
            person=caller(file) if operation in OF_WHAT_IS_THERE else file.wisher,
            operation=operation.name,
            provider=file.provider,
            model="",
            model_label=file.provider.name,
            params=params,
            key=_key(file, key),
            parent=(PARENT, file.pk),
        )
    except TooManyRuns:
        return None


def _key(file: File, key: str) -> str:
    return f"{file.pk}-{key}"


def end_of(run: Run) -> End:
    ends = {Status.COMPLETED: End.DONE, Status.CANCELLED: End.STOPPED, Status.INTERRUPTED: End.UNCLEAR, Status.UNKNOWN: End.UNCLEAR}
    if run.is_active:
        return End.WAITING
    return ends.get(Status(run.status)) or _failure(run)


def _failure(run: Run) -> End:
    if run.error_kind in NOTHING_ARRIVED:
        return End.LATER
    if run.error_kind in OURS or not run.error.get("reached_provider", True):
        return End.REFUSED
    status = status_of_refusal(run)
    return End.REFUSED if 400 <= status < 500 else End.UNCLEAR


def status_of_refusal(run: Run) -> int:
    """What the provider answered; 0 where it did not refuse."""
    status = run.error.get("status")
    return status if isinstance(status, int) else 0


def is_time(run: Run, repeats: int) -> bool:
    """Whether the pause after this call is over."""
    pause = min(2.0**repeats, LONGEST_PAUSE)
    return is_past(run, pause)


def is_past(run: Run, seconds: float) -> bool:
    """By the clock of the database, which wrote when it ended: that of this machine may be another one."""
    return not Run.objects.filter(pk=run.pk, finished_at__gt=from_now(-seconds)).exists()


def why(run: Run) -> str:
    """In words for a person, why a call did not do its work."""
    names = {"provider": run.provider_label}
    if run.status != Status.FAILED:
        return _("No answer came from %(provider)s.") % names
    told = str(run.error.get("details", {}).get("message") or "")
    if run.error_kind == "forbidden":
        return _join(_("The key for %(provider)s may not do this.") % names, told)
    if run.error_kind == "not_found":
        return _join(_("%(provider)s does not know it.") % names, told)
    title, text, _acts = failure_words(run)
    return _join(title, told if told not in text else "", text)


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)[:LONGEST_SENTENCE]
