"""What is to be done with files at providers, one step after the other: sent, fetched, deleted, given up."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Final

from django.db.models import Q

from apps.files import erasing, fetching, remote_states, stopping, uploading
from apps.files.models import PARENT, Copy, File, Remote
from apps.runs.followups import FollowUp
from apps.runs.leases import held, is_free

MOST_STEPS: Final = 50
TO_SEND: Final = Q(remote=Remote.WAITING, copy=Copy.READY) | Q(remote=Remote.SENDING)
TO_GIVE_UP: Final = Q(remote__in=[Remote.NONE, Remote.GONE]) & ~Q(upload_id="")
HALF: Final = Q(copy=Copy.NONE, pieces__gt=0)


class FileFollowUp(FollowUp):
    """One step at a time under a lease; the calls themselves are runs, whose ends bring it back here."""

    kind: ClassVar[str] = PARENT

    def work(self, pk: uuid.UUID) -> None:
        for _step in range(MOST_STEPS):
            with held(File.objects, pk) as is_ours:
                goes_on = is_ours and _step_of(pk)
            if not goes_on:
                return

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        """A few of each kind, so that many of one do not keep the others waiting."""
        free = File.objects.filter(is_free())
        coming = Q(copy=Copy.COMING, parts__way="down")
        kinds = (TO_SEND, coming, TO_GIVE_UP | HALF, Q(remote=Remote.STOPPING), Q(remote=Remote.DELETING))
        found = [pk for kind in kinds for pk in free.filter(kind).order_by("?").values_list("pk", flat=True)[:limit]]
        return list(dict.fromkeys(found))


def _step_of(pk: uuid.UUID) -> bool:
    """Whether there is another one at once."""
    file = File.objects.select_related("provider", "team", "wisher", "sender").filter(pk=pk).first()
    if file is None:
        return False
    if file.copy == Copy.NONE and file.pieces:
        remote_states.drop_pieces(pk)
    if file.copy == Copy.COMING and file.remote_id:
        return fetching.advance(file)
    if file.remote in STEPS:
        return STEPS[file.remote](file)
    _tie_up(file)
    return False


def _go_on(file: File) -> bool:
    """Towards the provider; what was deleted meanwhile goes no further."""
    if file.deleted_at is not None:
        stopping.ask([file])
        return True
    return file.copy == Copy.READY and uploading.advance(file)


def _tie_up(file: File) -> None:
    """What an end left behind."""
    if file.remote == Remote.UNCLEAR and file.deleted_at is not None:
        stopping.look_once(file)
    if file.upload_id and file.remote in {Remote.NONE, Remote.GONE} and file.provider is not None:
        uploading.give_up(file)


STEPS: Final[Mapping[str, Callable[[File], bool]]] = {
    Remote.WAITING: _go_on,
    Remote.SENDING: _go_on,
    Remote.STOPPING: stopping.advance,
    Remote.DELETING: erasing.advance,
}
