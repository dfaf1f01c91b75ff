"""Rows as points on a plane: the two directions in which they differ most (principal components), and how much of all there is to see."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vectors.directions import directions
from vectors.packing import AT_ONCE, Units

NOTHING: Final = 1e-12  # of the mean square: rows that differ by less are the same

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plane:
    """`points`: (rows, 2), around 0. `shares`: how much of all difference is along each of the two, from 0 to 1."""

    points: Points
    shares: tuple[float, float]


def flatten(units: Units) -> Plane:
    """The same rows give the same points, also their sides: along each direction, the first row that is far out is on the positive one."""
    count = len(units)
    points = np.zeros((count, 2))
    middle = units.mean(axis=0, dtype=np.float64) if count else np.zeros(units.shape[1])
    total = sum(float(np.square(units[start : start + AT_ONCE] - middle).sum()) for start in range(0, count, AT_ONCE))
    if total <= count * NOTHING:
        return Plane(points, (0.0, 0.0))
    centre: Units = middle.astype(np.float32)
    along = directions(units, 2, middle=centre)
    found = (units @ along - centre @ along).astype(np.float64)
    found -= found.mean(axis=0)
    points[:, : found.shape[1]] = found * _sides(found)
    first, second = (float(min(1.0, square / total)) for square in np.square(points).sum(axis=0))
    return Plane(points, (first, min(second, 1.0 - first)))


def _sides(found: Points) -> npt.NDArray[np.float64]:
    far = np.abs(found) >= np.abs(found).max(axis=0) / 2
    first = np.argmax(far, axis=0)
    return np.where(np.take_along_axis(found, first[None], axis=0)[0] < 0, -1.0, 1.0)
