"""Parts of a recording: where to cut, and the parts as files."""

import contextlib
import pathlib
from collections.abc import Iterator, Sequence
from typing import Final

from sound.formats import TO_SEND
from sound.reading import Samples, opened
from sound.writing import Writer

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
    edges = [(round(start * rate), round(end * rate)) for start, end in spans]
    with opened(path) as reading, contextlib.ExitStack() as stack:
        files = [stack.enter_context(target.open("wb")) for target in targets]
        part, writer = 0, Writer(files[0], rate, TO_SEND)
        for at, block in _placed(reading.blocks(rate)):
            while part < len(edges) and at + len(block) > edges[part][0]:
                start, end = edges[part]
                writer.write(block[max(0, start - at) : max(0, end - at)])
                if at + len(block) < end:
                    break
                writer.close()
                part += 1
                if part < len(edges):
                    writer = Writer(files[part], rate, TO_SEND)
        while part < len(edges):  # the source is a little shorter than it was measured
            writer.close()
            part += 1
            if part < len(edges):
                writer = Writer(files[part], rate, TO_SEND)


def _placed(blocks: Iterator[Samples]) -> Iterator[tuple[int, Samples]]:
    at = 0
    for block in blocks:
        yield at, block
        at += len(block)
