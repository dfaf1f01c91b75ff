"""Which rows are near to which. A cosine is 1 for the same direction, 0 for nothing in common, -1 for the opposite.

Sums of float32 differ in the seventh place with the place of a row in its block, so cosines are compared to six places and the row
that comes first wins: twins stay in order, and the same rows give the same answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vectors.packing import Units, unpacked_blocks

Indices = npt.NDArray[np.int64]
Cosines = npt.NDArray[np.float32]
PLACES: Final = 6
HELD: Final = 4 << 20  # cosines at once, 16 MiB
LIKE: Final = 1e-4  # cosines that differ by less are the same for people, and for what is stored
ASKED: Final = 2_000  # rows that stand for all when two models are compared


class Pair(NamedTuple):
    first: int
    second: int
    cosine: float


class Alone(NamedTuple):
    """`cosine`: with the row that is nearest to it."""

    row: int
    cosine: float


@dataclass(frozen=True, slots=True)
class Standouts:
    """None where there is none: of one row, or where all are equally far from each other."""

    pair: Pair | None
    alone: Alone | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """`same` of `of` nearest rows are nearest with both models. `rows`: how many were asked for theirs."""

    same: int
    of: int
    rows: int


def cosines(units: Units) -> Cosines:
    """Every row with every row; for a table that people read, so for some tens of rows."""
    found: Cosines = np.clip(units @ units.T, -1, 1)
    found = np.maximum(found, found.T)
    np.fill_diagonal(found, 1)
    return found


def closest(query: Units, units: Units, k: int) -> list[tuple[int, float]]:
    """The k rows nearest to `query`, a single unit vector, with their cosines; nearest first."""
    return _nearest(units @ query, k)


def closest_packed(query: Units, packed: Iterable[bytes], k: int) -> list[tuple[int, float]]:
    """The same of rows as they are stored, without holding all of them. Raises Refused.

    Without BLAS, whose threads would meet at each block: on a busy machine that takes longer than the sums.
    """
    found = [np.einsum("ij,j->i", block, query) / lengths for block, lengths in unpacked_blocks(packed, len(query))]
    return _nearest(np.concatenate(found) if found else np.zeros(0, dtype=np.float32), k)


def _nearest(found: Cosines, k: int) -> list[tuple[int, float]]:
    found = np.clip(found, -1, 1)
    order = np.argsort(-np.round(found, PLACES), kind="stable")[:k]
    return [(int(index), float(found[index])) for index in order]


def neighbours(units: Units, k: int, rows: Indices | None = None) -> tuple[Indices, Cosines]:
    """Of each row the k nearest others and their cosines, both (rows, k); nearest first. `rows`: only of these."""
    asked = np.arange(len(units)) if rows is None else rows
    k = max(0, min(k, len(units) - 1))
    indices, found = np.empty((len(asked), k), dtype=np.int64), np.empty((len(asked), k), dtype=np.float32)
    step = max(1, HELD // max(1, len(units)))
    for start in range(0, len(asked) if k else 0, step):
        some = asked[start : start + step]
        block = units[some] @ units.T
        block[np.arange(len(some)), some] = -2
        nearest = _largest(block, k)
        indices[start : start + step] = nearest
        found[start : start + step] = np.take_along_axis(block, nearest, axis=1)
    return indices, np.clip(found, -1, 1)


def _largest(block: Cosines, k: int) -> Indices:
    """Where the k largest of each line are, largest first; of equal ones the first. For small k."""
    left, lines = np.round(block, PLACES), np.arange(len(block))
    found = np.empty((len(block), k), dtype=np.int64)
    for place in range(k):
        found[:, place] = np.argmax(left, axis=1)
        left[lines, found[:, place]] = -3
    return found


def standouts(units: Units, nearest_rows: tuple[Indices, Cosines] | None = None) -> Standouts:
    """The two rows that are most alike, and the one that is like no other. `nearest_rows`: `neighbours(units, 1)`, where it is there."""
    if len(units) < 2:
        return Standouts(None, None)
    indices, found = nearest_rows or neighbours(units, 1)
    nearest = np.round(found[:, 0], PLACES)
    first, lonely = int(np.argmax(nearest)), int(np.argmin(nearest))
    second = int(indices[first, 0])
    pair = Pair(min(first, second), max(first, second), float(found[first, 0]))
    stands_out = len(units) > 2 and nearest.max() - nearest.min() > LIKE
    return Standouts(pair, Alone(lonely, float(found[lonely, 0])) if stands_out else None)


def agreement(some: Units, others: Units, k: int = 1) -> Agreement:
    """Of two models on the same rows. A row counts as nearest for a model when none of its k nearest is nearer by more than LIKE."""
    count = len(some)
    assert count == len(others), "not the same rows"
    asked = np.unique(np.linspace(0, max(0, count - 1), min(count, ASKED)).round().astype(np.int64))
    k = max(0, min(k, count - 1))
    if not k:
        return Agreement(0, 0, len(asked))
    mine, theirs = neighbours(some, k, asked), neighbours(others, k, asked)
    same = min(_shared(mine[0], theirs[1], others, asked), _shared(theirs[0], mine[1], some, asked))
    return Agreement(same, len(asked) * k, len(asked))


def _shared(chosen: Indices, limits: Cosines, units: Units, asked: Indices) -> int:
    """How many of the rows that one model chose are as near for the other as its own."""
    shared = 0
    for row, choice, limit in zip(asked, chosen, limits[:, -1], strict=True):
        shared += int(np.count_nonzero(units[choice] @ units[row] >= limit - LIKE))
    return shared


def blocks_of(units: Units) -> Iterator[tuple[int, Cosines]]:
    """The upper half of all cosines, some lines at a time: the first row of each block, and it with itself and all that follow."""
    step = max(1, HELD // max(1, len(units)))
    for start in range(0, len(units), step):
        yield start, units[start : start + step] @ units[start:].T
