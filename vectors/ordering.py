"""The order of rows in a table of cosines: alike beside alike, so that groups are seen as squares."""

import numpy as np
import numpy.typing as npt

from vectors.nearness import Cosines, Indices

LEAST_GAIN = 1e-5


def order(cosines: Cosines) -> list[int]:
    """A way through all rows on which neighbours are as like as possible: from row to nearest row, the best of all beginnings, then
    stretches of it turned round as long as that helps. For some tens of rows, since the time grows with the third power."""
    count = len(cosines)
    if count < 3:
        return list(range(count))
    ways = [_greedy(cosines, first) for first in range(count)]
    totals = [round(float(cosines[way[:-1], way[1:]].sum()), 5) for way in ways]
    way = _turned(cosines, ways[int(np.argmax(totals))])
    return [int(row) for row in (way if way[0] < way[-1] else way[::-1])]


def _greedy(cosines: Cosines, first: int) -> Indices:
    left = np.round(cosines, 6)
    way = [first]
    left[:, first] = -2
    for _row in range(len(cosines) - 1):
        way.append(int(np.argmax(left[way[-1]])))
        left[:, way[-1]] = -2
    return np.array(way)


def _turned(cosines: Cosines, way: Indices) -> Indices:
    for _round in range(len(way) * len(way)):
        gains = _gains(cosines, way)
        best = int(np.argmax(gains))
        start, end = divmod(best, len(way))
        if gains[start, end] < LEAST_GAIN:
            break
        way = np.concatenate([way[:start], way[start : end + 1][::-1], way[end + 1 :]])
    return way


def _gains(cosines: Cosines, way: Indices) -> npt.NDArray[np.float32]:
    """What turning round each stretch, from the line's place to the column's, adds to the likeness of neighbours."""
    along = cosines[np.ix_(way, way)]
    edge = np.zeros((1, len(way)), dtype=along.dtype)
    before, after = np.vstack([edge, along[:-1]]), np.vstack([along[1:], edge]).T  # row i: of the one before i; column j: after j
    now_before = np.concatenate([[0], np.diag(along, 1)])[:, None]
    now_after = np.concatenate([np.diag(along, 1), [0]])[None, :]
    gains = before + after - now_before - now_after
    return np.triu(gains, 1)
