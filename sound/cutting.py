"""Parts of a recording: where to cut, and the parts as files."""

import pathlib
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from sound.formats import TO_SEND
from sound.reading import Samples, opened
from sound.writing import write

Span = tuple[float, float]
SHORTEST_REST: Final = 5.0  # seconds: the last part is not shorter than that if the one before can give some of its own
SEARCHED: Final = 1 / 3  # of a part, from its end, in which a pause is looked for
LONG_PAUSE: Final = 1.0  # seconds: longer ones are no better


def plan_spans(seconds: float, pauses: Sequence[Span], *, longest: float) -> list[Span]:
    """Parts from 0 to the end, none longer than `longest`, cut in pauses where there are any.

    The parts are about equally long, so that none is left for the end that is hardly worth a call.
    """
    spans: list[Span] = []
    start = 0.0
    while seconds - start > longest:
        parts = -(-(seconds - start) // longest)
        wanted = (seconds - start) / parts
        latest = min(start + longest, seconds - min(SHORTEST_REST, longest / 2))
        end = _best_cut(pauses, max(start + wanted * (1 - SEARCHED), start + longest * 0.1), latest, start + wanted)
        spans.append((start, end))
        start = end
    spans.append((start, seconds))
    return spans


def _best_cut(pauses: Sequence[Span], earliest: float, latest: float, wanted: float) -> float:
    """The middle of a pause between two moments: a long one, and near to where a cut is wanted. Without any, where it is wanted."""
    middles = [((start + end) / 2, end - start) for start, end in pauses if earliest <= (start + end) / 2 <= latest]
    if not middles:
        return min(wanted, latest)
    width = max(latest - earliest, 0.001)
    return max(middles, key=lambda each: min(each[1], LONG_PAUSE) - abs(each[0] - wanted) / width * 0.5)[0]


def cut(path: pathlib.Path, spans: Sequence[Span], targets: Sequence[pathlib.Path]) -> None:
    """Each span as a file of TO_SEND, in one reading of the source. Spans are in order and do not overlap. Raises Unusable."""
    rate = TO_SEND.rate
    with opened(path) as reading:
        tape = Tape(reading.blocks(rate))
        for (start, end), target in zip(spans, targets, strict=True):
            write(tape.between(round(start * rate), round(end * rate)), rate, target, TO_SEND)


class Tape:
    """Blocks that are read once, from the beginning on."""

    def __init__(self, blocks: Iterator[Samples]) -> None:
        self.blocks = blocks
        self.at = 0
        self.block = np.zeros(0, dtype=np.float32)

    def between(self, start: int, end: int) -> Iterator[Samples]:
        """From one sample to another, or to the end of the tape; not from before where the last stretch ended."""
        while self.at < end:
            if not len(self.block):
                block = next(self.blocks, None)
                if block is None:
                    return
                self.block = block
            here, taken, self.block = self.at, *np.split(self.block, [end - self.at])
            self.at += len(taken)
            if self.at > start:
                yield taken[max(0, start - here) :]
