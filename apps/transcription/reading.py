"""A transcript as it is read: its segments in order with speakers, marks, times of words and a translation beside them."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.safestring import SafeString

from apps.transcription.marking import finder, marked, unsure_in, word_times
from apps.transcription.models import Segment, Transcript, Translation
from apps.transcription.speaking import Speaker, distinct, name_of, speakers_of
from apps.transcription.subtitles import Spoken
from apps.transcription.subtitles.letters import clean
from apps.transcription.translations import is_older

LONGEST_QUESTION: Final = 200
PLAIN: Final = ("id", "transcript_id", "start", "end", "text", "heard", "speaker")


@dataclass(frozen=True, slots=True)
class Line:
    """One segment on the page."""

    pk: uuid.UUID
    start: float
    end: float
    text: SafeString
    speaker: Speaker | None
    words: str = ""  # see `marking.word_times`
    is_changed: bool = False  # reads otherwise than it was heard
    other: str = ""  # in the other language
    is_older: bool = False  # the text was changed since it was translated


@dataclass(frozen=True, slots=True)
class Reading:
    lines: Sequence[Line]
    speakers: Sequence[Speaker]
    hits: int

    @property
    def has_speakers(self) -> bool:
        return bool(self.speakers)


def segments_of(transcript: Transcript) -> list[Segment]:
    """In order. What a model did not tell is not asked for."""
    rows = transcript.segments.order_by("start", "id")
    return list(rows.only(*PLAIN, "words") if _needs_words(transcript) else rows.only(*PLAIN))


def _needs_words(transcript: Transcript) -> bool:
    return transcript.has_words or transcript.has_likelihoods


def words_of(transcript: Transcript, row: Segment) -> Sequence[Any]:
    return row.words if _needs_words(transcript) else ()


def reading_of(transcript: Transcript, rows: Sequence[Segment], words: str = "", translation: Translation | None = None) -> Reading:
    """`words`: what is looked for."""
    speakers = speakers_of(rows, transcript.speakers)
    sought = finder(words)
    lines, hits = [], 0
    for row in rows:
        found = [match.span() for match in sought.finditer(row.text)] if sought else []
        hits += len(found)
        lines.append(_line(transcript, row, speakers.get(row.speaker), found, translation))
    return Reading(lines, distinct(speakers), hits)


def _line(transcript: Transcript, row: Segment, speaker: Speaker | None, hits: list[Any], translation: Translation | None) -> Line:
    heard = words_of(transcript, row)
    unsure = unsure_in(row.text, heard) if transcript.has_likelihoods else []
    return Line(
        pk=row.pk,
        start=row.start,
        end=row.end,
        text=marked(row.text, unsure, hits),
        speaker=speaker,
        words=word_times(row.text, heard, row.start) if transcript.has_words else "",
        is_changed=bool(row.heard) and row.text != row.heard,
        other=str(translation.texts.get(str(row.pk), "")) if translation else "",
        is_older=translation is not None and is_older(translation, row),
    )


def spoken_of(transcript: Transcript, rows: Iterable[Segment], translation: Translation | None = None) -> list[Spoken]:
    """For subtitles and other files; in the other language without times of words."""
    if translation is not None:
        texts = translation.texts
        return [Spoken(row.start, row.end, str(texts.get(str(row.pk), "")), name_of(row.speaker, transcript.speakers)) for row in rows]
    return [
        Spoken(
            row.start,
            row.end,
            row.text,
            name_of(row.speaker, transcript.speakers),
            words_of(transcript, row) if transcript.has_words else (),
        )
        for row in rows
    ]


def question_of(typed: str) -> str:
    return clean(typed)[:LONGEST_QUESTION]
