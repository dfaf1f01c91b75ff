"""The map of rows as SVG: geometry only, a template writes it. Both directions have one scale, since distances are the message. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

WIDTH, HEIGHT, MARGIN = 720.0, 460.0, 26.0
COLOURS: Final = 6
MOST_NAMED: Final = 150  # points that can be reached with the keyboard; more are dots, and the nearest to each middle have names
NAMED_OF_A_GROUP: Final = 6
RADIUS: Final = 5.0
LONGEST_NAME: Final = 46
# Around 0, of about the same area.
SHAPES: Final = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",  # circle
    "M-4.5 -4.5h9v9h-9z",  # square
    "M0 -6L5.6 4.4H-5.6z",  # triangle
    "M0 -6.2L6.2 0L0 6.2L-6.2 0z",  # diamond
    "M-1.8 -5.6h3.6v3.8h3.8v3.6h-3.8v3.8h-3.6v-3.8h-3.8v-3.6h3.8z",  # plus
    "M0 6L5.6 -4.4H-5.6z",  # triangle upside down
)


@dataclass(frozen=True, slots=True)
class Look:
    """How the points of a group look: a class of colour, and a shape."""

    letter: str
    colour: str
    shape: str


@dataclass(frozen=True, slots=True)
class Point:
    """`name` stands beside it when it is pointed at: to the left of it in the right half."""

    x: float
    y: float
    look: Look
    name: str
    label: str

    @property
    def at(self) -> str:
        return f"translate({self.x:.1f} {self.y:.1f})"

    @property
    def is_right(self) -> bool:
        return self.x > WIDTH / 2

    @property
    def name_x(self) -> str:
        return "-10" if self.is_right else "10"


@dataclass(frozen=True, slots=True)
class Dots:
    """Points without names, all in one path."""

    look: Look
    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    points: list[Point]
    dots: list[Dots] = field(default_factory=list)
    width: float = WIDTH
    height: float = HEIGHT


def look_of(number: int, letter: str) -> Look:
    return Look(letter, f"g{number % COLOURS}", SHAPES[(number % COLOURS + number // COLOURS) % len(SHAPES)])


def draw(points: Sequence[Sequence[float]], looks: Sequence[Look], named: Mapping[int, Any]) -> Drawing:
    """`named`: the rows that have a name, with something that has `name` and `short`; the others are dots."""
    placed = _placed(points)
    drawn = [Point(*placed[at], looks[at], _name(line), f"{line.name}: {line.short}, {looks[at].letter}") for at, line in named.items()]
    of_look: dict[Look, list[str]] = {}
    for at, (x, y) in enumerate(placed):
        if at not in named:
            of_look.setdefault(looks[at], []).append(f"M{x:.1f} {y:.1f}h0")
    return Drawing(drawn, [Dots(look, "".join(parts)) for look, parts in of_look.items()])


def _name(line: Any) -> str:
    found = f"{line.name}: {line.short}"
    return found if len(found) <= LONGEST_NAME else f"{found[: LONGEST_NAME - 1].rstrip()}…"


def _placed(points: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """Into the picture, with its middle in the middle."""
    if not len(points):
        return []
    across, up = [float(point[0]) for point in points], [float(point[1]) for point in points]
    wide, high = max(across) - min(across), max(up) - min(up)
    scales = [room / extent for room, extent in ((WIDTH - 2 * MARGIN, wide), (HEIGHT - 2 * MARGIN, high)) if extent > 0]
    scale = min(scales, default=0.0)
    middle_x, middle_y = (max(across) + min(across)) / 2, (max(up) + min(up)) / 2
    return [(WIDTH / 2 + (x - middle_x) * scale, HEIGHT / 2 - (y - middle_y) * scale) for x, y in zip(across, up, strict=True)]
