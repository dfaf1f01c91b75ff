"""Which units of a text stand together in a subtitle, and how its two lines are cut.

All is chosen by what it costs: as few subtitles as can be, all about as long, ending where a sentence or a clause ends, or where
somebody pauses.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from apps.transcription.subtitles.letters import Unit

SENTENCE_ENDS: Final = frozenset(".!?…。！？．؟۔।")
CLAUSE_ENDS: Final = frozenset(",;:—–，、；：،؛")
CLOSING: Final = "\"'”’»)]」』）】"
A_CUE: Final = 100.0  # what one more subtitle costs
A_PAUSE: Final = 0.6  # seconds of silence that are as good as a comma
TINY: Final = 8  # so few letters make no subtitle of their own
_SMALL: Final = """a an the of to in on at by for and or but with from der die das und oder mit von zu le la les de du et un une el los y"""
SMALL_WORDS: Final = frozenset(_SMALL.split())  # no line ends with one of these, if another end is near


class Measure:
    """Widths of any stretch of units, looked up."""

    def __init__(self, text: str, units: Sequence[Unit], width: int, prefix: int = 0) -> None:
        self.text, self.units, self.width, self.prefix = text, units, width, prefix
        self.sums = list(accumulate((unit.width + unit.gap for unit in units), initial=0))
        self.reach = self._reaches()

    def wide(self, begin: int, end: int) -> int:
        """How wide the units from one up to another are in one line."""
        if begin >= end:
            return 0
        return self.sums[end] - self.sums[begin] - self.units[begin].gap + (self.prefix if begin == 0 else 0)

    def _reaches(self) -> list[int]:
        """For each unit where a line ends that begins with it. A unit that is too long has a line of its own."""
        reach, end = [], 0
        for begin in range(len(self.units)):
            end = max(end, begin + 1)
            while end < len(self.units) and self.wide(begin, end + 1) <= self.width:
                end += 1
            reach.append(end)
        return [*reach, len(self.units)]

    def two_lines(self, begin: int) -> int:
        """Where a subtitle must end that begins with this unit."""
        return self.reach[self.reach[begin]]

    def last_letter(self, end: int) -> str:
        """The mark behind a unit, or its last letter."""
        unit = self.units[end - 1]
        return self.text[unit.begin : unit.end].rstrip(CLOSING)[-1:]

    def word(self, index: int) -> str:
        return self.text[self.units[index].begin : self.units[index].end].lower()


def grouped(measure: Measure, pauses: Sequence[float]) -> list[tuple[int, int]]:
    """Stretches of units that each fit into two lines, in order. `pauses[k]` is the silence before unit k, in seconds."""
    count = len(measure.units)
    if count == 0:
        return []
    if measure.two_lines(0) >= count:
        return [(0, count)]
    ideal = measure.wide(0, count) / _fewest(measure)
    cuts = [0.0, *(_cut(measure, end, pauses) for end in range(1, count + 1))]
    costs, ends = [0.0] * (count + 1), [count] * (count + 1)
    for begin in range(count - 1, -1, -1):
        options = range(_nearest(measure, begin, ideal), measure.two_lines(begin) + 1)
        costs[begin], ends[begin] = min((_cost(measure, begin, end, ideal) + cuts[end] + costs[end], end) for end in options)
    return _walk(ends, count)


def _walk(ends: Sequence[int], count: int) -> list[tuple[int, int]]:
    found, begin = [], 0
    while begin < count:
        found.append((begin, ends[begin]))
        begin = ends[begin]
    return found


def _fewest(measure: Measure) -> int:
    number, begin = 0, 0
    while begin < len(measure.units):
        begin = measure.two_lines(begin)
        number += 1
    return number


def _nearest(measure: Measure, begin: int, ideal: float) -> int:
    """The first end that is worth a look: a subtitle of less than a third of the usual length is none that anybody wants."""
    end = begin + 1
    while end < measure.two_lines(begin) and measure.wide(begin, end) * 3 < ideal:
        end += 1
    return end


def _cost(measure: Measure, begin: int, end: int, ideal: float) -> float:
    wide = measure.wide(begin, end)
    uneven = 40.0 * ((wide - ideal) / ideal) ** 2
    return A_CUE + uneven + (60.0 if wide < TINY else 0.0)


def _cut(measure: Measure, end: int, pauses: Sequence[float]) -> float:
    """What it costs to cut here: nothing at the end of a sentence, most behind a small word."""
    if end == len(measure.units):
        return 0.0
    last = measure.last_letter(end)
    if last in SENTENCE_ENDS:
        return 0.0
    if last in CLAUSE_ENDS:
        return 16.0
    worth = 40.0 if measure.word(end - 1) not in SMALL_WORDS else 58.0
    return worth - 24.0 * min(pauses[end] / A_PAUSE, 1.0) + (24.0 if measure.units[end].gap == 0 else 0.0)


def broken(measure: Measure, begin: int, end: int) -> list[str]:
    """The one or two lines of a subtitle: about as wide as each other, the cut behind a mark where there is one near the middle."""
    if measure.wide(begin, end) <= measure.width:
        return [_line(measure, begin, end)]
    options = [at for at in range(begin + 1, end) if at <= measure.reach[begin] and end <= measure.reach[at]]
    if not options:  # a word that is too long
        options = [min(measure.reach[begin], end - 1)] if end - begin > 1 else []
    at = min(options, key=lambda at: _uneven(measure, begin, at, end), default=None)
    return [_line(measure, begin, end)] if at is None else [_line(measure, begin, at), _line(measure, at, end)]


def _uneven(measure: Measure, begin: int, at: int, end: int) -> float:
    first, second = measure.wide(begin, at), measure.wide(at, end)
    last = measure.last_letter(at)
    mark = 0.0 if last in SENTENCE_ENDS else 0.1 if last in CLAUSE_ENDS else 0.35 if measure.word(at - 1) not in SMALL_WORDS else 0.6
    joined = 0.3 if measure.units[at].gap == 0 else 0.0
    return abs(first - second) / measure.width + mark + joined


def _line(measure: Measure, begin: int, end: int) -> str:
    return measure.text[measure.units[begin].begin : measure.units[end - 1].end]
