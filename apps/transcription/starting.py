"""From a recording to calls: it is cut into parts, and each part becomes a run. Done by a worker, under a lease of the transcript.

A kill in the middle loses nothing: a part has its run in the same transaction in which the run comes about, and its key is
made of the part, so that it is asked for once. Parts without a run are cut again.
"""

import contextlib
import pathlib
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

import sound
from apps.core.storing import FULL
from apps.providers.facts import Facts
from apps.providers.models import Provider
from apps.runs.costs import facts_by_name
from apps.runs.files import FileGone, NewFile, copies_of_inputs
from apps.runs.leases import held
from apps.runs.models import ACTIVE
from apps.runs.services import TooManyRuns, free_places, start_run
from apps.transcription.asking import asked_of
from apps.transcription.kinds import CUT, name_with_ending
from apps.transcription.models import PARENT, Part, Recording, Transcript
from apps.transcription.operations import OURS, Transcribe, TranslateSound
from apps.transcription.parting import goes_whole, is_silent, spans_of
from apps.transcription.settling import settle
from apps.transcription.storing import local_copy

OPEN: Final = (Transcript.State.WAITING, Transcript.State.WORKING)
AT_ONCE: Final = 24  # parts of one transcript under way: a service hears them side by side
AT_ONCE_OWN: Final = 4  # on an own server they only wait for each other
SPAN: Final = 0.05  # seconds by which a part may differ from the whole


@dataclass(frozen=True, slots=True)
class SentPart:
    """A part with the file that is sent for it."""

    part: Part
    path: pathlib.Path
    content_type: str


def begin(pk: uuid.UUID) -> None:
    """Start what is to be started of a transcript now. Whoever else is at it is left alone."""
    if not wanting().filter(pk=pk).exists():
        return
    with held(Transcript.objects, pk) as is_ours:
        if is_ours:
            _begin(Transcript.objects.select_related("recording", "provider", "team", "person").get(pk=pk))


def wanting() -> Any:
    """Transcripts of which something is to be started: their recording is ready, and they have no parts yet or some without a call."""
    coming = (Recording.State.COMING, Recording.State.CHECKING)
    ready = Transcript.objects.filter(deleted_at=None, state__in=OPEN).exclude(recording__state__in=coming)
    return ready.filter(Q(state=Transcript.State.WAITING) | Q(parts__is_wanted=True))


def _begin(transcript: Transcript) -> None:
    reason = _why_not(transcript)
    if reason:
        give_up(transcript, reason)
        return
    facts = facts_by_name(transcript.team_id, transcript.provider_id, transcript.model)
    parts = _planned(transcript, facts)
    waiting = [part for part in parts if part.is_wanted][: _room(transcript, facts)]
    if not waiting:
        return
    try:
        _start(transcript, facts, waiting, len(parts))
    except (sound.Unusable, FileNotFoundError):
        give_up(transcript, _("The recording cannot be read any more."))
    except OSError as error:
        if error.errno not in FULL:
            raise
        give_up(transcript, _("There is no room on this server to cut the recording. Ask who runs it to make some, then try again."))
    except sound.Failed:
        give_up(transcript, _("The recording could not be cut into parts. Try again; if it stays so, save it as MP3 and upload that."))


def _why_not(transcript: Transcript) -> str:
    """What makes every call needless or hopeless."""
    recording = transcript.recording
    if recording.state != Recording.State.READY:
        return recording.sentence or _("The recording cannot be used.")
    if recording.deleted_at is not None:
        return _("The recording was deleted.")
    if recording.details.get("is_silent"):
        return _("The recording is silent, so nothing was sent and nothing was charged.")
    if not Provider.objects.alive().filter(pk=transcript.provider_id).exists():
        return _("The provider of this model was deleted, so nothing was sent.")
    return ""


def give_up(transcript: Transcript, sentence: str) -> None:
    """Nothing more is sent, and this is why. What was heard already stays."""
    transcript.parts.filter(is_wanted=True).update(is_wanted=False)
    Transcript.objects.filter(pk=transcript.pk).update(sentence=sentence)
    settle(transcript.pk)


def _planned(transcript: Transcript, facts: Facts) -> list[Part]:
    """The parts, made in one transaction when they are first asked for."""
    parts = list(transcript.parts.select_related("run"))
    if parts:
        return parts
    spans = spans_of(transcript.recording, facts)
    made = [Part(transcript=transcript, number=number, start=start, end=end) for number, (start, end) in enumerate(spans, 1)]
    for part in made:
        part.is_taken = is_silent(transcript.recording, (part.start, part.end))
        part.is_wanted = not part.is_taken
    with transaction.atomic():
        if not Transcript.objects.filter(pk=transcript.pk, state=Transcript.State.WAITING).update(state=Transcript.State.WORKING):
            return []  # stopped meanwhile
        Part.objects.bulk_create(made)
    return made


def _room(transcript: Transcript, facts: Facts) -> int:
    """How many more parts may be under way. The next ones go together, since each time the recording is read from its beginning."""
    most = AT_ONCE_OWN if facts.prices.is_free else AT_ONCE
    under_way = transcript.parts.filter(run__status__in=ACTIVE).count()
    room = most - under_way if under_way <= most // 2 else 0
    return min(room, max(0, free_places(transcript.team, transcript.person)))  # what cannot be sent now is not cut now


def _start(transcript: Transcript, facts: Facts, waiting: Sequence[Part], count: int) -> None:
    """Raises Unusable, Failed and FileNotFoundError of cutting."""
    with contextlib.ExitStack() as stack:
        again, fresh = _sent_before(waiting, stack)
        for part, file in again:
            if not _start_part(transcript, facts, part, file, count):
                return
        for piece in stack.enter_context(_pieces(transcript.recording, facts, fresh)):
            with piece.path.open("rb") as content:
                name = name_with_ending(f"recording-{piece.part.number}" if count > 1 else "recording", piece.content_type)
                file = NewFile("input", name, piece.content_type, File(content))
                if not _start_part(transcript, facts, piece.part, file, count):
                    return


def _sent_before(waiting: Sequence[Part], stack: contextlib.ExitStack) -> tuple[list[tuple[Part, NewFile]], list[Part]]:
    """Parts with the file of the call before, where that is still there; and those that are to be cut."""
    again, fresh = [], []
    for part in waiting:
        try:
            files = copies_of_inputs(part.run) if part.run else []
        except FileGone:
            files = []
        for file in files:
            stack.callback(file.content.close)
        if files:
            again.append((part, files[0]))
        else:
            fresh.append(part)
    return again, fresh


@contextlib.contextmanager
def _pieces(recording: Recording, facts: Facts, parts: Sequence[Part]) -> Iterator[list[SentPart]]:
    """The files to send for these parts, until the end of the block: the original itself, or cut from it in one reading."""
    if not parts:
        yield []
        return
    with local_copy(recording.file) as source:
        is_all = parts[0].start <= 0 and abs(parts[0].end - float(recording.seconds or 0.0)) < SPAN
        if is_all and goes_whole(recording, facts):
            yield [SentPart(parts[0], source, recording.content_type)]
            return
        with tempfile.TemporaryDirectory(prefix="playground-parts-") as folder:
            targets = [pathlib.Path(folder) / f"{part.number}.mp3" for part in parts]
            sound.cut(source, [(part.start, part.end) for part in parts], targets)
            yield [SentPart(part, target, CUT) for part, target in zip(parts, targets, strict=True)]


def _start_part(transcript: Transcript, facts: Facts, part: Part, file: NewFile, count: int) -> bool:
    """The run of one part, with the part in one transaction. False where nothing more is to be started now."""
    to_english = transcript.task == Transcript.Task.TRANSLATE
    params = {**asked_of(facts, transcript.settings, to_english=to_english), OURS: _ours(transcript, part, count)}
    try:
        with transaction.atomic():
            if not Transcript.objects.select_for_update().filter(pk=transcript.pk, state__in=OPEN, deleted_at=None).exists():
                return False
            if not Part.objects.filter(pk=part.pk, is_wanted=True).update(is_wanted=False):
                return True  # stopped meanwhile
            run = start_run(
                team=transcript.team,
                person=transcript.person,
                operation=TranslateSound.name if to_english else Transcribe.name,
                provider=transcript.provider,
                model=transcript.model,
                model_label=transcript.model_label,
                params=params,
                files=[file],
                key=f"{transcript.pk}-{part.number}-{part.tries}",
                parent=(PARENT, transcript.pk),
                again_of=part.run,
            )
            Part.objects.filter(pk=part.pk).update(run=run)
    except TooManyRuns:
        return False
    return True


def _ours(transcript: Transcript, part: Part, count: int) -> dict[str, Any]:
    seconds = round(part.end - part.start, 3)
    place = {"part": part.number, "parts": count, "start": part.start, "end": part.end}
    return {"seconds": seconds, **place, "name": transcript.recording.name[:120]}
