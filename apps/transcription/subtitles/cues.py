"""From what was said to subtitles: each at most two lines, never two at once, none too short to be seen. Times are milliseconds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from math import isfinite
from typing import Final

from apps.transcription.subtitles.aligning import TimeMap
from apps.transcription.subtitles.letters import Unit, clean, units, width
from apps.transcription.subtitles.lines import Measure, broken, grouped
from apps.transcription.subtitles.spoken import Spoken

NARROWEST: Final = 20
WIDEST: Final = 80
USUAL: Final = 42  # characters in a line
AT_LEAST: Final = 1_000  # so long a subtitle stays where the next one leaves room
FLASH: Final = 200  # so long it stays in any case; the next one waits

Units = tuple[int, int]
Times = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Form:
    """How subtitles are written. `is_prefixed`: the name stands in the text, as SRT has no other place for it."""

    width: int = USUAL
    has_names: bool = False
    is_prefixed: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    start: int
    end: int
    lines: tuple[str, ...]
    speaker: str = ""  # where names are written
    source: int = 0  # which of the stretches it is from

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def cues_of(stretches: Iterable[Spoken], form: Form | None = None) -> list[Cue]:
    """In order of time. A stretch without letters gives none."""
    form = form or Form()
    found: list[Cue] = []
    named = ""
    for number, spoken in sorted(enumerate(stretches), key=lambda pair: _second(pair[1].start)):
        text = clean(spoken.text)
        if text:
            name = clean(spoken.speaker) if form.has_names else ""
            found += _of_one(replace(spoken, start=_second(spoken.start), end=_second(spoken.end)), text, name, name != named, form, number)
            named = name
    return _apart(found)


def _second(value: float) -> float:
    return max(0.0, value) if isfinite(value) else 0.0


def _of_one(spoken: Spoken, text: str, name: str, is_new: bool, form: Form, number: int) -> list[Cue]:
    prefix = f"{name}: " if name and is_new and form.is_prefixed else ""
    pieces = units(text)
    measure = Measure(text, pieces, form.width, width(prefix))
    if measure.two_lines(0) >= len(pieces):
        stretches = [(0, len(pieces))]
        times = [(spoken.start, max(spoken.start, spoken.end))]
    else:
        stretches, times = _several(spoken, text, pieces, measure)
    cues = []
    for (begin, end), (start, stop) in zip(stretches, times, strict=True):
        lines = broken(measure, begin, end)
        lines[0] = (prefix if begin == 0 else "") + lines[0]
        cues.append(Cue(round(start * 1000), round(stop * 1000), tuple(lines), name, number))
    return cues


def _several(spoken: Spoken, text: str, pieces: Sequence[Unit], measure: Measure) -> tuple[list[Units], list[Times]]:
    """Stretches of units, and from when to when each is said."""
    times = TimeMap(spoken, text)
    silences = [0.0, *(times.begins(after.begin) - times.ends(before.end) for before, after in pairwise(pieces))] if spoken.words else []
    stretches = grouped(measure, silences or [0.0] * len(pieces))
    starts = [times.start, *(times.begins(pieces[begin].begin) for begin, _end in stretches[1:])]
    ends = [*(times.ends(pieces[end - 1].end) for _begin, end in stretches[:-1]), times.end]
    return stretches, list(zip(starts, ends, strict=True))


def _apart(cues: list[Cue]) -> list[Cue]:
    """One after the other: each begins when the last is gone, and stays long enough where there is room."""
    cues = sorted(cues, key=lambda cue: cue.start)
    starts: list[int] = []
    for cue in cues:
        starts.append(max(cue.start, starts[-1] + FLASH) if starts else cue.start)
    return [_placed(cue, start, limit) for cue, start, limit in zip_longest(cues, starts, starts[1:])]


def _placed(cue: Cue, start: int, limit: int | None) -> Cue:
    end = max(cue.end, start + AT_LEAST)
    return replace(cue, start=start, end=end if limit is None else min(end, limit))
