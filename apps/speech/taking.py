"""A take comes about: its pieces are asked for, and when all have ended they become one file. Done by workers, under a lease."""

import contextlib
import pathlib
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from django.core.files.base import File
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

import sound
from apps.providers.facts import Facts
from apps.providers.models import Provider
from apps.runs.costs import facts_by_name
from apps.runs.followups import FollowUp
from apps.runs.leases import held, is_free
from apps.runs.models import ACTIVE, Run, RunFile
from apps.runs.services import TooManyRuns, start_run
from apps.speech.models import PARENT, Piece, Take
from apps.speech.operations import MP3, Speak, shown_params
from apps.speech.services import WHOLE, WORKING

AT_ONCE: Final = 6  # pieces of one take under way
PAUSE: Final = 0.35  # seconds between two pieces, as between two sentences
LONGEST: Final = 24 * 3600.0


class TakeFollowUp(FollowUp):
    kind: ClassVar[str] = PARENT

    def work(self, pk: uuid.UUID) -> None:
        with held(Take.objects, pk) as is_ours:
            rows = Take.objects.select_related("provider", "team", "person", "speech")
            take = rows.filter(pk=pk, state=WORKING).first() if is_ours else None
            if take is not None:
                _go_on(take)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        under_way = Piece.objects.filter(take=OuterRef("pk"), run__status__in=ACTIVE)
        rows = Take.objects.filter(is_free(), ~Exists(under_way), state=WORKING)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def _go_on(take: Take) -> None:
    pieces = list(take.pieces.select_related("run"))
    waiting = [piece for piece in pieces if piece.run is None]
    if waiting and not take.sentence:
        reason = _why_not(take)
        if not reason:
            _start(take, pieces, waiting)
            return
        take.sentence = reason
    if not any(piece.run is not None and piece.run.is_active for piece in pieces):
        _finish(take, pieces)


def _why_not(take: Take) -> str:
    if take.speech.deleted_at is not None:
        return _("The text was deleted.")
    if not Provider.objects.alive().filter(pk=take.provider_id).exists():
        return _("The provider of this model was deleted, so nothing was sent.")
    return ""


def _start(take: Take, pieces: Sequence[Piece], waiting: Sequence[Piece]) -> None:
    """As many as there is room for. The key is made of the piece: it is asked for once, whoever does this and however often."""
    facts = facts_by_name(take.team_id, take.provider_id, take.model)
    room = AT_ONCE - sum(piece.run is not None and piece.run.is_active for piece in pieces)
    settings = {**take.settings, **_format(take, facts, len(pieces))}
    for piece in waiting[: max(0, room)]:
        try:
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
        except TooManyRuns:  # the sweeper comes by again
            return
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
    except (sound.Unusable, sound.Failed):
        files, changes["sentence"] = [], _("What came cannot be played. Try again, or choose another file type.")
    except OSError:
        files, changes["sentence"] = [], _("There is no room for the sound on this server. Ask who runs it to make some, then try again.")
    state = Take.State.READY if files and len(files) == len(pieces) else Take.State.PARTIAL if files else Take.State.FAILED
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
    """The file of the take: the one that came as it came, or several joined. Raises Unusable, Failed, OSError."""
    with tempfile.TemporaryDirectory(prefix="playground-speech-") as name:
        folder = pathlib.Path(name)
        paths = [_copied(file, folder / f"{number}.{file.details.get('format', MP3)}") for number, file in enumerate(files)]
        is_one = len(paths) == 1 and take.pieces.count() == 1
        format = str(files[0].details.get("format", MP3)) if is_one else str(take.settings.get("response_format") or MP3)
        target = folder / "spoken"
        joined = sound.join(paths, target, "flac" if is_one else format, pause=PAUSE)
        path = paths[0] if is_one else target
        _drop_file(take)
        with path.open("rb") as content:
            take.file.save("", File(content), save=False)
        return {
            "file": take.file.name,
            "format": format,
            "seconds": round(joined.seconds, 3),
            "peaks": joined.peaks,
            "size": path.stat().st_size,
        }


def _drop_file(take: Take) -> None:
    """That of an earlier try."""
    if take.file:
        with contextlib.suppress(FileNotFoundError):
            take.file.storage.delete(str(take.file.name))


def _copied(file: RunFile, path: pathlib.Path) -> pathlib.Path:
    with file.file.open("rb") as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return path


def runs_of(take: Take) -> Any:
    return Run.objects.filter(parent_kind=PARENT, parent_id=take.pk)
