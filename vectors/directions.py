"""The directions along which rows lie or differ most, found by a few rounds with a thin random matrix of a fixed seed
(Halko, Martinsson, Tropp 2011): tenths of a second where the exact way takes many."""

from typing import Final

import numpy as np

from vectors.packing import Units

SEED: Final = 20_110_501
SPARE: Final = 14  # directions that are followed beside those that are wanted, so that these come out clearly


def directions(units: Units, count: int, *, middle: Units | None = None, rounds: int = 8, begin: Units | None = None) -> Units:
    """(numbers, count or fewer), at right angles, the most important first. `middle`: what is taken from every row before;
    `begin`: directions that are nearly right."""
    middle = np.zeros(units.shape[1], dtype=np.float32) if middle is None else middle
    thin = min(count + SPARE, *units.shape)
    if begin is None or begin.shape[1] < thin:
        begin = np.random.default_rng(SEED).standard_normal((units.shape[1], thin)).astype(np.float32)
    along = begin
    for _round in range(rounds):
        moved, _triangle = np.linalg.qr(units @ along - middle @ along)
        along, _triangle = np.linalg.qr((moved.T @ units).T - np.outer(middle, moved.sum(axis=0)))
    small = (units @ along - middle @ along).astype(np.float64)
    _values, turned = np.linalg.eigh(small.T @ small)
    best: Units = along @ turned[:, ::-1][:, :count].astype(np.float32)
    return best
