"""What is done with a recording before anything can be asked about it: its pieces are joined, it is measured, and where
browsers do not play it there is a copy that they do.

A follow-up, so it may come twice or again after a kill: it holds a lease, looks what is missing, and every end is written
with a condition. The original stays whatever comes of it.
"""

import datetime
import logging
import pathlib
import struct
import tempfile
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

import sound
from apps.core.storing import DiskFull, fresh_name, remove, store
from apps.runs.followups import FollowUp, publish_follow_up
from apps.runs.leases import LeaseLost, held, is_free
from apps.transcription.judging import disk_is_full, is_empty, longest_in_words
from apps.transcription.models import PARENT, PREPARING, SILENT_SECONDS, Piece, Recording, Transcript
from apps.transcription.recordings import IS_UNFINISHED, end_of_pieces
from apps.transcription.storing import Joined, local_copy, remove_strays

log = logging.getLogger(__name__)
MOST_TRIES: Final = 3  # of looking at a file, where that failed for a reason that is not known to be the file's
State = Recording.State
Fields = dict[str, Any]


class Preparing(FollowUp):
    kind = PREPARING

    def work(self, pk: uuid.UUID) -> None:
        end_abandoned(pk)
        with held(Recording.objects, pk) as is_ours:
            if is_ours:
                prepare(pk)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        waiting = Recording.objects.alive().filter(is_free()).filter(Q(state=State.CHECKING) | _abandoned())
        return list(waiting.order_by("touched_at").values_list("pk", flat=True)[:limit])


def _abandoned() -> Q:
    """Recordings whose page has gone. An upload waits: the same file may be chosen again and goes on."""
    quiet = timezone.now() - datetime.timedelta(seconds=SILENT_SECONDS)
    return Q(state=State.COMING, kind=Recording.Kind.RECORDED, pieces__gt=0, touched_at__lt=quiet)


def end_abandoned(pk: uuid.UUID) -> None:
    row = Recording.objects.alive().filter(_abandoned(), pk=pk).first()
    if row is not None:
        end_of_pieces(row, **{IS_UNFINISHED: True})


def prepare(pk: uuid.UUID) -> None:
    """Whatever is missing. Call it under the lease."""
    row = Recording.objects.alive().filter(pk=pk, state=State.CHECKING).first()
    if row is None:
        return
    try:
        join_pieces(row)
        outcome = _outcome(row)
    except DiskFull:
        Recording.objects.filter(pk=pk).update(sentence=disk_is_full())  # the sweeper comes by again
        return
    except (LeaseLost, FileNotFoundError):
        if _held_still(row).exists():
            raise
        return  # somebody else was quicker, and has put the pieces away
    _write(row, outcome)
    if _held_still(row).exists():
        remove_strays(Recording.objects.get(pk=pk))


def join_pieces(row: Recording) -> None:
    """The pieces become the file; those of a recording that went on after its end are put behind it. Raises DiskFull, LeaseLost."""
    pieces = list(Piece.objects.filter(recording=row).order_by("number"))
    if not pieces:
        return
    before = Recording(pk=row.pk, team_id=row.team_id, file=row.file.name)
    parts = [*([before.file] if before.file else []), *(piece.file for piece in pieces)]
    with Joined(parts) as content:
        store(row.file, fresh_name("whole"), content)
    with transaction.atomic():
        row.size = row.file.size
        is_ours = _held_still(row).update(file=row.file.name, size=row.size)
        if is_ours:
            Piece.objects.filter(pk__in=[piece.pk for piece in pieces]).delete()
    if not is_ours:
        remove(row.file)
        raise LeaseLost
    for part in parts:
        remove(part)


def _held_still(row: Recording) -> Any:
    return Recording.objects.filter(pk=row.pk, lease_token=row.lease_token)


# --- Looking at it -----------------------------------------------------------------------------
def _outcome(row: Recording) -> Fields:
    """What the row becomes. Raises DiskFull."""
    try:
        with local_copy(row.file) as path:
            found = sound.measure(path, most_seconds=settings.MAX_RECORDING_SECONDS)
            return _as_measured(row, found) | _to_listen(row, path, found)
    except FileNotFoundError:
        return _unusable(_("The file is not on this server any more. Upload it again."))
    except sound.Unusable as refusal:
        return _unusable(sentence_of(refusal.kind))
    except sound.NoRoom as error:
        raise DiskFull from error
    except sound.Failed:
        log.warning("The recording %s could not be measured", row.pk, exc_info=True)
        if not _is_last_try(row):
            return {"details": {"tries": row.details.get("tries", 0) + 1}}
        return _unusable(_("This file could not be examined. Upload it again, or save it in another format first."))


def _is_last_try(row: Recording) -> bool:
    return row.details.get("tries", 0) + 1 >= MOST_TRIES


def _unusable(sentence: str) -> Fields:
    return {"state": State.UNUSABLE, "sentence": sentence}


def _as_measured(row: Recording, found: Any) -> Fields:
    told = ("container", "codec", "rate", "channels", "has_video", "is_silent", "ends_early", "told_seconds")
    return {
        "state": State.READY,
        "sentence": _note(found),
        "seconds": found.seconds,
        "content_type": found.content_type,
        "peaks": found.peaks,
        "pauses": packed(found.pauses),
        "details": {name: getattr(found, name) for name in told},
    }


def packed(pauses: Sequence[tuple[float, float]]) -> bytes:
    """As the row keeps them: an hour of talk has thousands."""
    flat = [moment for pause in pauses for moment in pause]
    return struct.pack(f"<{len(flat)}f", *flat)


def _note(found: Any) -> str:
    """What a person should know of a file that can be used."""
    if found.is_silent:
        return _("Nothing can be heard in it, so there is nothing to transcribe.")
    if found.ends_early:
        return _("The file ends early. What is there can be used.")
    return ""


def _to_listen(row: Recording, path: pathlib.Path, found: Any) -> Fields:
    """A copy for browsers, where they do not play the original, or cannot go to a moment of it. Raises DiskFull, Failed, NoRoom."""
    if found.is_playable and not found.has_video and row.kind == Recording.Kind.UPLOADED:
        return {}
    with tempfile.TemporaryDirectory(prefix="playground-sound-") as folder:
        target = pathlib.Path(folder) / "listen"
        try:
            content_type = sound.make_listenable(path, target)
        except (sound.Unusable, sound.Failed) as error:
            if isinstance(error, sound.Failed) and not _is_last_try(row):
                raise
            log.warning("There is no copy to listen to of the recording %s", row.pk, exc_info=True)
            return {}
        with target.open("rb") as content:
            store(row.listen, fresh_name("listen"), File(content))
    return {"listen": row.listen.name, "listen_type": content_type}


def _write(row: Recording, outcome: Fields) -> None:
    """Only if nothing came or went meanwhile; else it is looked at anew."""
    with transaction.atomic():
        now = Recording.objects.select_for_update().filter(pk=row.pk, state=State.CHECKING, pieces=row.pieces).first()
        if now is not None:
            details = outcome.pop("details", {})
            if now.details.get(IS_UNFINISHED):
                details[IS_UNFINISHED] = True
            Recording.objects.filter(pk=row.pk).update(**{"sentence": "", **outcome}, details=details, touched_at=Now())
            wake(row)


def wake(row: Recording) -> None:
    """Transcripts that wait for it go on, or end."""
    for pk in Transcript.objects.filter(recording=row.pk, state=Transcript.State.WAITING).values_list("pk", flat=True):
        publish_follow_up(PARENT, pk)


def sentence_of(kind: str) -> str:
    """Why a file cannot be used."""
    return {
        "empty": is_empty(),
        "not_sound": _("This is no sound or video that can be read here."),
        "no_track": _("There is no sound in this file."),
        "no_rate": _("This file does not say how fast its sound is to be played. Save it anew."),
        "broken": _("This file is damaged: nothing could be read of it."),
        "too_long": _("This is longer than %(most)s. Cut it, and upload the parts.") % {"most": longest_in_words()},
    }.get(kind, _("This file cannot be used."))
