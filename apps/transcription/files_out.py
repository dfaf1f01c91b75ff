"""A transcript as a file: what was asked for, and what comes of it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from apps.transcription.models import Segment, Transcript, Translation
from apps.transcription.reading import spoken_of, words_of
from apps.transcription.speaking import distinct, speakers_of
from apps.transcription.subtitles import Cue, Form, Spoken, cues_of
from apps.transcription.subtitles.cues import NARROWEST, USUAL, WIDEST
from apps.transcription.subtitles.judging import Verdict, judged, verdict
from apps.transcription.subtitles.plain import write_text
from apps.transcription.subtitles.told import write_json
from apps.transcription.subtitles.writing import write_srt, write_vtt

TYPES: Final = {"srt": "application/x-subrip", "vtt": "text/vtt", "txt": "text/plain", "json": "application/json"}
SUBTITLES: Final = ("srt", "vtt")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to have."""

    kind: str = "vtt"
    width: int = USUAL
    has_names: bool = True
    translation: uuid.UUID | None = None

    @property
    def form(self) -> Form:
        return Form(self.width, self.has_names, is_prefixed=self.kind == "srt")

    @property
    def query(self) -> str:
        told: dict[str, Any] = {"width": self.width, "names": "on" if self.has_names else "off"}
        return urlencode(told | ({"in": self.translation} if self.translation else {}))


def wish_of(asked: Mapping[str, Any], kind: str = "") -> Wish:
    """What cannot be is as usual. A form whose switch is off sends nothing for it, so it says that it is one with `asked`."""
    kind = kind or str(asked.get("format", ""))
    width = str(asked.get("width", ""))
    names = str(asked.get("names", "off" if "asked" in asked else "on"))
    return Wish(
        kind=kind if kind in TYPES else "vtt",
        width=min(max(int(width), NARROWEST), WIDEST) if width.isdecimal() and len(width) < 6 else USUAL,
        has_names=names != "off",
        translation=_id(str(asked.get("in", ""))),
    )


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Subtitles in the form that was wanted, and what is hard to read in them."""

    stretches: Sequence[Spoken]
    cues: Sequence[Cue]
    verdict: Verdict


def outcome_of(transcript: Transcript, rows: Sequence[Segment], wish: Wish, translation: Translation | None = None) -> Outcome:
    stretches = spoken_of(transcript, rows, translation)
    cues = cues_of(stretches, wish.form)
    return Outcome(stretches, cues, verdict(judged(cues, stretches, wish.form)))


def written(transcript: Transcript, rows: Sequence[Segment], wish: Wish, translation: Translation | None = None) -> str:
    """The file."""
    if wish.kind == "json":
        return _json(transcript, rows, translation)
    stretches = spoken_of(transcript, rows, translation)
    if wish.kind == "txt":
        return write_text(stretches, has_names=wish.has_names)
    return (write_srt if wish.kind == "srt" else write_vtt)(cues_of(stretches, wish.form))


def _json(transcript: Transcript, rows: Sequence[Segment], translation: Translation | None) -> str:
    own = spoken_of(transcript, rows)
    stretches = [
        Spoken(each.start, each.end, each.text, each.speaker, words_of(transcript, row)) for each, row in zip(own, rows, strict=True)
    ]
    speakers = distinct(speakers_of(rows, transcript.speakers))
    about = {
        "name": str(transcript.recording),
        "model": transcript.model,
        "language": transcript.language,
        "translated_to": translation.language if translation else "",
        "seconds": transcript.recording.seconds,
        "are_times_estimated": transcript.is_guessed,
        "speakers": [{"name": speaker.name, "seconds": round(speaker.seconds, 1)} for speaker in speakers],
    }
    translated = [str(translation.texts.get(str(row.pk), "")) for row in rows] if translation else None
    return write_json(about, stretches, translated)
