"""Rows that say almost the same. However many there are, what is held is one block of cosines."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from vectors.nearness import PLACES, Cosines, Indices, blocks_of
from vectors.packing import Units


class Above(NamedTuple):
    """The later rows that are at least so like `row`, and how much; never without any."""

    row: int
    others: Indices
    cosines: Cosines


class Alike(NamedTuple):
    """`rows` in order, so that the first is the one to keep; `cosines`: of each with the first, which has 1."""

    rows: list[int]
    cosines: list[float]


def pairs_above(units: Units, limit: float) -> Iterator[Above]:
    """Every pair once, by its earlier row."""
    least = limit - 10**-PLACES
    for start, block in blocks_of(units):
        found = block >= least
        for line in np.flatnonzero(found.sum(axis=1) > 1):  # each is like itself
            others = np.flatnonzero(found[line, line + 1 :]) + line + 1
            if len(others):
                yield Above(int(start + line), others + start, np.clip(block[line, others], -1, 1))


def sets_above(units: Units, limit: float) -> list[Alike]:
    """Rows that hang together by pairs above the limit, the largest sets first. Two of a set may themselves be less like: they are
    linked by those between them."""
    labels = np.arange(len(units))
    for row, others, _cosines in pairs_above(units, limit):
        found = np.append(labels[others], labels[row])
        if (found != found[-1]).any():
            renamed = np.arange(len(units))
            renamed[found] = labels[row]
            labels = renamed[labels]
    order = np.argsort(labels, kind="stable")
    runs = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    sets = [_alike(units, rows) for rows in runs if len(rows) > 1]
    return sorted(sets, key=lambda each: (-len(each.rows), each.rows[0]))


def _alike(units: Units, rows: Indices) -> Alike:
    found = np.clip(units[rows] @ units[rows[0]], -1, 1)
    found[0] = 1
    return Alike(rows.tolist(), found.tolist())
