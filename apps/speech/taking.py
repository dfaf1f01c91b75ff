"""A take comes about: its pieces are asked for, and when all have ended they become one file. Done by workers, under a lease."""

import pathlib
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from django.core.files.base import File
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

import sound
from apps.core.storing import DiskFull, fresh_name, remove, store
from apps.providers.facts import Facts
from apps.providers.models import Provider
from apps.runs.costs import facts_by_name
from apps.runs.followups import FollowUp, publish_follow_up
from apps.runs.leases import LeaseLost, held, is_free
from apps.runs.models import ACTIVE, RunFile
from apps.runs.services import TooManyRuns, start_run
from apps.speech.models import JOINING, PARENT, Piece, Take
from apps.speech.operations import MP3, Speak, shown_params
from apps.speech.services import WHOLE, WORKING

AT_ONCE: Final = 6  # pieces of one take under way
PAUSE: Final = 0.35  # seconds between two pieces, as between two sentences
LONGEST: Final = 24 * 3600.0


class TakeFollowUp(FollowUp):
    """Asks for the pieces of a take, as many as there is room for. What came of all of them is `Joining`'s."""

    kind: ClassVar[str] = PARENT

    def work(self, pk: uuid.UUID) -> None:
        with held(Take.objects, pk) as is_ours:
            take = _working(pk) if is_ours else None
            is_over = take is not None and _go_on(take)
        if is_over:  # not before the lease is given back: whoever joins needs it
            publish_follow_up(JOINING, pk)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        rows = _idle().filter(Exists(_without_a_call()), sentence="").order_by("?")
        return list(rows.values_list("pk", flat=True)[:limit])


class Joining(FollowUp):
    """Makes one file of the pieces of a take when all have ended."""

    kind: ClassVar[str] = JOINING

    def work(self, pk: uuid.UUID) -> None:
        with held(Take.objects, pk) as is_ours:
            take = _working(pk) if is_ours else None
            if take is None:
                return
            pieces = list(take.pieces.select_related("run"))
            if _has_ended(take, pieces):
                _finish(take, pieces)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        rows = _idle().exclude(Exists(_without_a_call()), sentence="").order_by("pk")
        return list(rows.values_list("pk", flat=True)[:limit])


def _idle() -> Any:
    under_way = Piece.objects.filter(take=OuterRef("pk"), run__status__in=ACTIVE)
    return Take.objects.filter(is_free(), ~Exists(under_way), state=WORKING)


def _without_a_call() -> Any:
    return Piece.objects.filter(take=OuterRef("pk"), run=None)


def _working(pk: uuid.UUID) -> Take | None:
    return Take.objects.select_related("provider", "team", "person", "speech").filter(pk=pk, state=WORKING).first()


def _has_ended(take: Take, pieces: Sequence[Piece]) -> bool:
    """Nothing is under way, and nothing more will be."""
    return all(bool(take.sentence) if piece.run is None else not piece.run.is_active for piece in pieces)


def _go_on(take: Take) -> bool:
    """Whether all its pieces have ended, so that they can be joined."""
    pieces = list(take.pieces.select_related("run"))
    if not take.sentence and any(piece.run is None for piece in pieces):
        reason = _why_not(take)
        if not reason:
            _start(take, pieces)
            return False
        take.sentence = reason
        Take.objects.filter(pk=take.pk, sentence="").update(sentence=reason)
    return _has_ended(take, pieces)


def _why_not(take: Take) -> str:
    if take.speech.deleted_at is not None:
        return _("The text was deleted.")
    if not Provider.objects.alive().filter(pk=take.provider_id).exists():
        return _("The provider of this model was deleted, so nothing was sent.")
    return ""


def _start(take: Take, pieces: Sequence[Piece]) -> None:
    facts = facts_by_name(take.team_id, take.provider_id, take.model)
    room = AT_ONCE - sum(piece.run is not None and piece.run.is_active for piece in pieces)
    settings = {**take.settings, **_format(take, facts, len(pieces))}
    waiting = [piece for piece in pieces if piece.run is None]
    try:
        for piece in waiting[: max(0, room)]:
            _start_piece(take, piece, settings)
    except TooManyRuns:  # the sweeper comes by again
        return


def _start_piece(take: Take, piece: Piece, settings: dict[str, Any]) -> None:
    """The call of one piece, with the piece in one transaction; none for a take that was stopped meanwhile. Raises TooManyRuns."""
    with transaction.atomic():
        if not Take.objects.select_for_update().filter(pk=take.pk, state=WORKING, sentence="").exists():
            return
        if not Piece.objects.filter(pk=piece.pk, run=None, tries=piece.tries).exists():
            return
        run = start_run(
            team=take.team,
            person=take.person,
            operation=Speak.name,
            provider=take.provider,
            model=take.model,
            model_label=take.model_label,
            params=shown_params(piece.text, take.voice, settings),
            key=f"{piece.pk.hex}-{piece.tries}",
            parent=(PARENT, take.pk),
        )
        Piece.objects.filter(pk=piece.pk).update(run=run)


def _format(take: Take, facts: Facts, count: int) -> dict[str, Any]:
    """What is joined is asked for in a form that leaves nothing out, where the model has one, and made small once."""
    values = facts.values_of("response_format")
    whole = next((name for name in WHOLE if name in values), "") if count > 1 else ""
    return {"response_format": whole} if whole else {}


def _finish(take: Take, pieces: Sequence[Piece]) -> None:
    spoken = [piece for piece in pieces if piece.run is not None and piece.run.status == "completed"]
    files = _files_of(spoken)
    changes: dict[str, Any] = {"finished_at": timezone.now(), "sentence": take.sentence or _reason(pieces)}
    try:
        if files:
            changes |= _keep(take, files)
    except LeaseLost:
        return
    except (sound.Unusable, sound.Failed):
        files, changes["sentence"] = [], _("What came cannot be played. Try again, or choose another file type.")
    except (DiskFull, OSError):
        files, changes["sentence"] = [], _("There is no room for the sound on this server. Ask who runs it to make some, then try again.")
    state = Take.State.READY if files and len(files) == len(pieces) else Take.State.PARTIAL if files or take.file else Take.State.FAILED
    if state == Take.State.READY:
        changes["sentence"] = ""
    Take.objects.filter(pk=take.pk, state=WORKING).update(state=state, **changes)


def _reason(pieces: Sequence[Piece]) -> str:
    """Why the first one that failed did."""
    runs = [piece.run for piece in pieces if piece.run is not None and piece.run.status != "completed"]
    return str(runs[0].error.get("sentence") or runs[0].get_status_display())[:300] if runs else ""


def _files_of(pieces: Sequence[Piece]) -> list[RunFile]:
    """One file of each piece, in order. Those that are gone are left out."""
    rows = RunFile.objects.filter(run__in=[piece.run_id for piece in pieces], role=RunFile.Role.OUTPUT)
    found = {row.run_id: row for row in rows}
    return [found[piece.run_id] for piece in pieces if piece.run_id in found]


def _keep(take: Take, files: Sequence[RunFile]) -> dict[str, Any]:
    """The file of the take: the one that came as it came, or several joined. Raises Unusable, Failed, DiskFull, LeaseLost, OSError."""
    with tempfile.TemporaryDirectory(prefix="playground-speech-") as name:
        folder = pathlib.Path(name)
        paths = [_copied(file, folder / f"{number}.{file.details.get('format', MP3)}") for number, file in enumerate(files)]
        is_one = len(paths) == 1 and take.pieces.count() == 1
        format = str(files[0].details.get("format", MP3)) if is_one else str(take.settings.get("response_format") or MP3)
        target = folder / "spoken"
        joined = sound.join(paths, target, "flac" if is_one else format, pause=PAUSE)
        path = paths[0] if is_one else target
        with path.open("rb") as content:
            _replace_file(take, File(content))
        return {"format": format, "seconds": round(joined.seconds, 3), "peaks": joined.peaks, "size": path.stat().st_size}


def _replace_file(take: Take, content: "File[bytes]") -> None:
    """In the row at once: what no row tells of nobody would remove. That of an earlier try goes when it is replaced."""
    before = str(take.file.name)
    store(take.file, fresh_name("spoken"), content)
    if not Take.objects.filter(pk=take.pk, lease_token=take.lease_token).update(file=take.file.name):
        remove(take.file)
        raise LeaseLost
    if before:
        take.file.storage.delete(before)


def _copied(file: RunFile, path: pathlib.Path) -> pathlib.Path:
    with file.file.open("rb") as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return path
