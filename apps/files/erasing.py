"""Deleting at a provider: one call each, some at once, repeated where nobody knows. It is gone either way."""

import uuid
from typing import Final

from django.utils.translation import gettext as _

from apps.files import remote_calls, remote_keys, remote_states
from apps.files.models import PARENT, File, Remote
from apps.files.operations import DeleteFile
from apps.files.remote_calls import MOST_REPEATS, End, end_of, is_time, status_of_refusal, why
from apps.files.remote_states import change
from apps.runs.followups import publish_follow_up
from apps.runs.models import ACTIVE, Run

AT_ONCE: Final = 8  # of one provider


def advance(file: File) -> bool:
    """The next step. Whether another one can be taken at once."""
    if file.provider is None or not file.remote_id:
        remote_states.left(file, "")
        return False
    if file.provider.deleted_at is not None:
        remote_states.left(file, _("The provider was deleted here, so nothing could be deleted there."))
        return False
    reason = remote_keys.why_not(file)
    if reason:
        remote_states.stayed(file, reason)
        return False
    key = f"delete-{file.tries}-{file.repeats}"
    run = remote_calls.found(file, key)
    if run is None:
        if _under_way(file.provider_id) < AT_ONCE:
            remote_calls.begin(file, DeleteFile, {"file": file.remote_id, "name": file.name}, key)
        return False
    return _judge(file, run)


def _judge(file: File, run: Run) -> bool:
    end = end_of(run)
    if end is End.WAITING:
        return False
    if end in {End.LATER, End.UNCLEAR} and file.repeats < MOST_REPEATS:
        return is_time(run, file.repeats) and change(file, (Remote.DELETING,), repeats=file.repeats + 1)
    names = {"provider": file.provider}
    if end is End.DONE:
        remote_states.left(file, _("It was deleted at %(provider)s.") % names)
    elif end is End.REFUSED and status_of_refusal(run) in {404, 410} and remote_keys.is_right(file, run):
        remote_states.left(file, _("It was gone at %(provider)s already.") % names)
    else:
        remote_states.stayed(file, _("It was not deleted at %(provider)s.") % names + " " + why(run))
    _tell_next(file.provider_id)
    return False


def _under_way(provider_id: uuid.UUID | None) -> int:
    return Run.objects.filter(operation=DeleteFile.name, provider=provider_id, status__in=ACTIVE).count()


def _tell_next(provider_id: uuid.UUID | None) -> None:
    """One has ended: those that wait for it go on now, and not when the sweeper comes by."""
    waiting = File.objects.filter(provider=provider_id, remote=Remote.DELETING).exclude(pk__in=_busy()).order_by("touched_at")
    for pk in waiting.values_list("pk", flat=True)[: max(0, AT_ONCE - _under_way(provider_id))]:
        publish_follow_up(PARENT, pk)


def _busy() -> list[uuid.UUID]:
    active = Run.objects.filter(operation=DeleteFile.name, parent_kind=PARENT, status__in=ACTIVE)
    return [pk for pk in active.values_list("parent_id", flat=True) if pk]
