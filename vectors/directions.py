"""The directions along which rows lie or differ most, found by a few rounds with a thin random matrix of a fixed seed
(Halko, Martinsson, Tropp 2011): tenths of a second where the exact way takes many."""

from typing import Final

import numpy as np

from vectors.packing import Units

SEED: Final = 20_110_501
SPARE: Final = 14  # directions that are followed beside those that are wanted, so that these come out clearly
FLAT: Final = 1e-12  # of the largest square: what float32 cannot tell from nothing


def directions(units: Units, count: int, *, middle: Units | None = None, rounds: int = 8) -> Units:
    """(numbers, count or fewer), at right angles, the most important first. `middle`: what is taken from every row before."""
    middle = np.zeros(units.shape[1], dtype=np.float32) if middle is None else middle
    thin = min(count + SPARE, *units.shape)
    along: Units = np.random.default_rng(SEED).standard_normal((units.shape[1], thin)).astype(np.float32)
    for _round in range(rounds):
        moved = _straight(units @ along - middle @ along)
        along = _straight((moved.T @ units).T - np.outer(middle, moved.sum(axis=0)))
    small = (units @ along - middle @ along).astype(np.float64)
    _values, turned = np.linalg.eigh(small.T @ small)
    best: Units = along @ turned[:, ::-1][:, :count].astype(np.float32)
    return best


def _straight(columns: Units) -> Units:
    """Columns at right angles that span the same, without those that say nothing new. By their products: the usual way (QR) makes
    thousands of small steps, each a meeting of all threads, and takes seconds on a machine that is busy."""
    wide = columns.astype(np.float64)
    values, turned = np.linalg.eigh(wide.T @ wide)
    kept = values > max(float(values[-1]) * FLAT, np.finfo(np.float64).tiny)
    straight: Units = (wide @ (turned[:, kept] / np.sqrt(values[kept]))).astype(np.float32)
    return straight
