"""How alike rows are, as a table: nine steps between the least and the most that stand in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

STEPS: Final = 9
MOST_ROWS: Final = 60  # of a table that people read; above it groups are shown first


@dataclass(frozen=True, slots=True)
class Cell:
    """`step`: 1 … 9; 0 for a row with itself."""

    value: float
    step: int

    @property
    def shown(self) -> str:
        return f"{self.value:.2f}".replace("-0.00", "0.00")


@dataclass(frozen=True, slots=True)
class Line:
    """`head`: whatever the template names a line and a column by."""

    head: Any
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Heat:
    lines: list[Line]
    least: float
    most: float

    @property
    def steps(self) -> list[tuple[int, str]]:
        """For the legend: each step with the value at which it begins."""
        width = (self.most - self.least) / STEPS
        return [(step, f"{self.least + (step - 1) * width:.2f}") for step in range(1, STEPS + 1)]


def heat(heads: Sequence[Any], values: Sequence[Sequence[float]], *, with_own: bool = False) -> Heat:
    """`values[i][j]`: how alike i and j are. `with_own`: the diagonal says something too (how alike a group is in itself)."""
    said = [value for at, line in enumerate(values) for other, value in enumerate(line) if with_own or at != other]
    least, most = (min(said), max(said)) if said else (0.0, 1.0)
    lines = [
        Line(head, [Cell(value, 0 if at == other and not with_own else step_of(value, least, most)) for other, value in enumerate(line)])
        for at, (head, line) in enumerate(zip(heads, values, strict=True))
    ]
    return Heat(lines, least, most)


def step_of(value: float, least: float, most: float) -> int:
    if most <= least:
        return STEPS
    return min(STEPS, 1 + int((value - least) / (most - least) * STEPS))
