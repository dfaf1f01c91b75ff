"""One segment as two: text, times, words, and what was heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.transcription.models import Segment
from apps.transcription.subtitles import Spoken
from apps.transcription.subtitles.aligning import TimeMap, places
from apps.transcription.subtitles.letters import clean, cuts


@dataclass(frozen=True, slots=True)
class Half:
    start: float
    end: float
    text: str
    heard: str
    words: list[Any]


def halves(row: Segment, text: str, offset: int) -> tuple[Half, Half] | None:
    """Cut near this letter of the text, never within a word. None where there is no word on both sides."""
    at = _nearest(text, offset)
    if at is None:
        return None
    times = TimeMap(Spoken(row.start, row.end, text, words=row.words), text)
    begin = round(times.begins(at), 3)
    end = round(min(times.ends(len(text[:at].rstrip())), begin), 3)
    first = [word for word in row.words if _start(word, row.start) < begin]
    heard = _heard(row, text, at, first)
    second = row.words[len(first) :] if row.words[: len(first)] == first else [word for word in row.words if word not in first]
    return Half(row.start, end, text[:at].rstrip(), heard[0], first), Half(begin, max(row.end, begin), text[at:], heard[1], second)


def _nearest(text: str, offset: int) -> int | None:
    inside = [place for place in cuts(text) if 0 < place < len(text)]
    return min(inside, key=lambda place: abs(place - offset), default=None)


def _start(word: Sequence[Any], default: float) -> float:
    return float(word[1]) if len(word) > 1 and isinstance(word[1], int | float) else default


def _heard(row: Segment, text: str, at: int, first: Sequence[Any]) -> tuple[str, str]:
    """What was heard before and after the place: where the text is that, at the same letter; else by words; else by share."""
    heard = clean(row.heard)
    place = at if heard == text else _place_of(heard, row.words, len(first))
    if place is None:
        place = _nearest(heard, round(len(heard) * at / max(len(text), 1))) or len(heard)
    return heard[:place].rstrip(), heard[place:].lstrip()


def _place_of(heard: str, words: Sequence[Any], number: int) -> int | None:
    if not 0 < number < len(words):
        return None
    place = places(heard, words)[number]
    return place[0] if place is not None else None
