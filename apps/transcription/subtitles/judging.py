"""What is hard to read in subtitles."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from apps.transcription.subtitles.cues import Cue, Form
from apps.transcription.subtitles.letters import clean, width
from apps.transcription.subtitles.spoken import Spoken

FAST: Final = 17.0  # characters a second; what most people read without effort
TOO_FAST: Final = 20.0  # what few people can follow
SLACK: Final = 0.05  # seconds; people do not hear so short an overlap


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of one subtitle."""

    speed: float  # characters a second
    is_long: bool  # a word is longer than a line
    overlaps: bool  # it was said while the one before it was said

    @property
    def is_fast(self) -> bool:
        return FAST < self.speed <= TOO_FAST

    @property
    def is_too_fast(self) -> bool:
        return self.speed > TOO_FAST

    @property
    def is_bad(self) -> bool:
        return self.speed > FAST or self.is_long or self.overlaps


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many of them are so."""

    cues: int = 0
    fast: int = 0
    too_fast: int = 0
    long: int = 0
    overlaps: int = 0

    @property
    def is_bad(self) -> bool:
        return any((self.fast, self.too_fast, self.long, self.overlaps))


def judged(cues: Sequence[Cue], stretches: Sequence[Spoken], form: Form) -> list[Judgement]:
    crossing = overlapping(stretches)
    firsts: set[int] = set()
    found = []
    for cue in cues:
        is_first = cue.source not in firsts
        firsts.add(cue.source)
        widths = [width(line) for line in cue.lines]
        speed = sum(widths) / max(cue.end - cue.start, 1) * 1000
        found.append(Judgement(speed, max(widths) > form.width, is_first and cue.source in crossing))
    return found


def overlapping(stretches: Sequence[Spoken]) -> set[int]:
    """Which stretches begin before one of those before them has ended."""
    order = sorted((index for index, spoken in enumerate(stretches) if clean(spoken.text)), key=lambda index: stretches[index].start)
    found, latest = set(), 0.0
    for before, after in pairwise(order):
        latest = max(latest, stretches[before].end)
        if stretches[after].start < latest - SLACK:
            found.add(after)
    return found


def verdict(judgements: Sequence[Judgement]) -> Verdict:
    return Verdict(
        cues=len(judgements),
        fast=sum(each.is_fast for each in judgements),
        too_fast=sum(each.is_too_fast for each in judgements),
        long=sum(each.is_long for each in judgements),
        overlaps=sum(each.overlaps for each in judgements),
    )
