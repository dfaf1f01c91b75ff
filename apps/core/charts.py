"""Geometry of our own charts. A template writes it as SVG: no script, no inline style."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH, GAP, HEIGHT = 10.0, 2.0, 60.0
SMALLEST: Final = 1.5  # what is not nothing can be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in units of the picture. `label` is what a pointer is told."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars side by side on one ground line."""

    bars: tuple[Bar, ...]
    width: float
    height: float = HEIGHT


def bars(values: Sequence[tuple[str, Any]]) -> Bars:
    """Labels and amounts, in order. The highest fills the picture; nothing is nothing."""
    most = max((float(amount) for _label, amount in values), default=0.0)
    drawn = []
    for place, (label, amount) in enumerate(values):
        height = max(SMALLEST, float(amount) / most * HEIGHT) if amount > 0 else 0.0
        drawn.append(Bar(place * WIDTH + GAP / 2, round(HEIGHT - height, 2), WIDTH - GAP, round(height, 2), label))
    return Bars(tuple(drawn), len(values) * WIDTH)
