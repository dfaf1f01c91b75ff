"""The first lines of a file around a place in the recording, for the panel."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.transcription.files_out import Outcome, Wish
from apps.transcription.models import Segment, Transcript, Translation
from apps.transcription.subtitles import Cue
from apps.transcription.subtitles.plain import paragraphs
from apps.transcription.subtitles.told import write_json
from apps.transcription.subtitles.writing import ARROW, clock, escaped

CUES = 2
LETTERS = 420  # of text, and of JSON


@dataclass(frozen=True, slots=True)
class ShownCue:
    """One subtitle, part by part, so that each part has its colour."""

    number: str
    times: str
    voice: str
    lines: Sequence[str]


def cues_around(outcome: Outcome, wish: Wish, at: float) -> list[ShownCue]:
    """From the one that is read at this second."""
    first = next((index for index, cue in enumerate(outcome.cues) if cue.end > at * 1000), 0)
    shown = outcome.cues[first : first + CUES]
    return [_shown(first + index + 1, cue, wish) for index, cue in enumerate(shown)]


def _shown(number: int, cue: Cue, wish: Wish) -> ShownCue:
    point = "," if wish.kind == "srt" else "."
    times = f"{clock(cue.start, point)}{ARROW}{clock(cue.end, point)}"
    if wish.kind == "srt":
        return ShownCue(str(number), times, "", cue.lines)
    voice = f"<v {escaped(cue.speaker)}>" if cue.speaker else ""
    return ShownCue("", times, voice, list(map(escaped, cue.lines)))


def text_around(outcome: Outcome, wish: Wish, at: float) -> str:
    found = paragraphs(outcome.stretches)
    first = max((index for index, paragraph in enumerate(found) if paragraph.start <= at), default=0)
    shown = [f"{each.speaker}: {each.text}" if wish.has_names and each.speaker else each.text for each in found[first : first + 3]]
    return _cut("\n\n".join(shown))


def json_around(transcript: Transcript, rows: Sequence[Segment], outcome: Outcome, translation: Translation | None, at: float) -> str:
    first = max((index for index, row in enumerate(rows) if row.start <= at), default=0)
    translated = [str(translation.texts.get(str(row.pk), "")) for row in rows[first : first + 2]] if translation else None
    return _cut(write_json({"name": str(transcript.recording)}, outcome.stretches[first : first + 2], translated))


def _cut(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[:LETTERS].rstrip()}…"
