"""Rows in groups: k-means for directions, begun far apart (k-means++), with a fixed seed.

How many groups: for each count up to MOST the rows of a sample say how much nearer they are to their own group than to the next one
(the mean silhouette, from -1 to 1); the count with the largest is taken, and one group when even that is below LEAST_APART.
The beginnings are found on a sample and along its THIN main directions, then all rows have their say in full.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vectors.directions import directions
from vectors.nearness import PLACES, Cosines, Indices
from vectors.packing import Units

SEED: Final = 19_570_101
MOST: Final = 20
SAMPLE: Final = 1_000  # rows that say how many groups there are
FROM: Final = 2_000  # rows from which the middles are begun
EACH: Final = 20  # or so many for each group
TRIES: Final = 3
THIN: Final = 48
ROUNDS: Final = 50
LEAST_APART: Final = 0.03
SAME: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Group:
    """`rows`: nearest to the middle first. `closeness`: the mean cosine with the middle."""

    rows: list[int]
    closeness: float

    @property
    def middle(self) -> int:
        """The row that stands for the group."""
        return self.rows[0]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups, the largest first. `labels`: for each row, which. `apart`: the mean silhouette, where it chose how many there are."""

    groups: list[Group]
    labels: Indices
    apart: float | None


def groups(units: Units, k: int | None = None) -> Grouping:
    """k groups, or as many as fit. Fewer than k when fewer rows are different."""
    if not len(units):
        return Grouping([], np.zeros(0, dtype=np.int64), None)
    apart = None
    if k is None:
        k, apart = _count(units)
    sample = _some(units, max(FROM, k * EACH))
    begun, _middles_of_thin = _begin(_thinned(sample, max(THIN, 2 * k)), k)
    names, begun = np.unique(begun, return_inverse=True)
    labels, middles = _settle(units, _middles(sample, begun, len(names)))
    return _told(units, labels, middles, apart)


def _count(units: Units) -> tuple[int, float | None]:
    sample = _some(units, SAMPLE)
    most = min(MOST, max(2, len(sample) // 2))
    if len(sample) < 3:
        return 1, None
    likeness, thin = sample @ sample.T, _thinned(sample, THIN)
    scores = {k: _silhouette(likeness, _begin(thin, k)[0]) for k in range(2, most + 1)}
    best = max(scores, key=lambda k: (round(scores[k], 4), -k))
    return (best if scores[best] >= LEAST_APART else 1), scores[best]


def _some(units: Units, most: int) -> Units:
    if len(units) <= most:
        return units
    chosen = np.random.default_rng(SEED).choice(len(units), most, replace=False)
    return units[np.sort(chosen)]


def _thinned(units: Units, count: int) -> Units:
    """The rows by their main directions only, again one long: groups are seen there as well, in a fraction of the time."""
    if units.shape[1] <= count or len(units) <= count:
        return units
    thin = units @ directions(units, count, rounds=3)
    return _one_long(thin)


def _begin(units: Units, k: int) -> tuple[Indices, Units]:
    """Labels and middles of k groups, the best of some tries; fewer when there are not so many different rows."""
    chance = np.random.default_rng(SEED)
    tries = [_settle(units, _far_apart(units, k, chance)) for _try in range(TRIES if k > 1 else 1)]
    nearness = [round(float((units @ middles.T).max(axis=1).mean()), PLACES) for _labels, middles in tries]
    return tries[nearness.index(max(nearness))]


def _far_apart(units: Units, k: int, chance: np.random.Generator) -> Units:
    """Rows to begin from: each the best of some that were drawn, those far from all before more often."""
    chosen = [int(chance.integers(len(units)))]
    distance = np.maximum(1 - units @ units[chosen[0]], 0)
    while len(chosen) < k:
        distance[distance < SAME] = 0
        sums = np.cumsum(distance, dtype=np.float64)
        if not sums[-1]:
            break
        drawn = np.minimum(np.searchsorted(sums, chance.random(2 + k // 4) * sums[-1], side="right"), np.flatnonzero(distance)[-1])
        left = np.minimum(distance, np.maximum(1 - units[drawn] @ units.T, 0))
        best = int(np.argmin(np.round(left.sum(axis=1), 4)))
        chosen.append(int(drawn[best]))
        distance = left[best]
    return units[chosen]


def _settle(units: Units, middles: Units) -> tuple[Indices, Units]:
    """Each row to its nearest middle, each middle into its rows, until nothing changes."""
    labels = np.full(len(units), -1)
    for _round in range(ROUNDS):
        likeness = units @ middles.T
        found = np.argmax(np.round(likeness, PLACES), axis=1)
        _fill_empty(found, likeness)
        if (found == labels).all():
            break
        labels = found
        middles = _middles(units, labels, len(middles))
    return labels, middles


def _fill_empty(labels: Indices, likeness: Cosines) -> None:
    """A group without rows takes the one that is served worst, from a group that has others."""
    counts = np.bincount(labels, minlength=likeness.shape[1])
    for empty in np.flatnonzero(counts == 0):
        served = np.where(counts[labels] > 1, likeness[np.arange(len(labels)), labels], np.inf)
        worst = int(np.argmin(np.round(served, PLACES)))
        if served[worst] >= 1 - SAME:  # also where none has others
            return
        counts[labels[worst]] -= 1
        labels[worst] = empty
        counts[empty] = 1


def _middles(units: Units, labels: Indices, count: int) -> Units:
    """Each one long; but zero of opposites, which have none."""
    belongs = (labels == np.arange(count)[:, None]).astype(np.float32)
    sums = belongs @ units
    return _one_long(sums)


def _one_long(rows: Units) -> Units:
    long: Units = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), SAME)
    return long


def _silhouette(likeness: Cosines, labels: Indices) -> float:
    """Of each row: how much farther the next group is than its own, as a share of the farther; 0 for one that is alone."""
    belongs = (labels[:, None] == np.unique(labels)).astype(np.float32)
    sizes = belongs.sum(axis=0)
    if len(sizes) < 2:
        return -1.0
    own = belongs.astype(bool)
    sums = np.maximum(sizes - likeness @ belongs, 0)  # distances to each group
    inside = sums[own] / np.maximum(sizes[np.argmax(own, axis=1)] - 1, 1)
    outside = np.where(own, np.inf, sums / sizes).min(axis=1)
    scores = (outside - inside) / np.maximum(np.maximum(outside, inside), SAME)
    return float(np.where(sizes[np.argmax(own, axis=1)] > 1, scores, 0).mean())


def _told(units: Units, labels: Indices, middles: Units, apart: float | None) -> Grouping:
    nearness = np.round(np.einsum("ij,ij->i", units, middles[labels]), PLACES)
    found = []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        rows = rows[np.argsort(-nearness[rows], kind="stable")]
        found.append(Group(rows.tolist(), float(min(1.0, nearness[rows].mean()))))
    found.sort(key=lambda group: (-len(group.rows), group.middle))
    renamed = np.empty(len(units), dtype=np.int64)
    for number, group in enumerate(found):
        renamed[group.rows] = number
    return Grouping(found, renamed, apart)
