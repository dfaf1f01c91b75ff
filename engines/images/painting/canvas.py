"""What is painted on: colours as numbers from 0 to 1, lengths that mean the same at every size, and chance by name."""

import contextlib
import math
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

# Nearly always 32 bits wide: twice as fast as 64, and finer than eyes.
Numbers = NDArray[np.floating[Any]]
Random = np.random.Generator
LOW, MEDIUM, HIGH = 0, 1, 2


class Canvas:
    """A picture in the making. `unit` is the length that stays the same share of the picture whatever its size."""

    def __init__(self, width: int, height: int, detail: int, seed: int) -> None:
        self.width, self.height, self.detail, self.seed = width, height, detail, seed
        self.unit = math.sqrt(width * height)
        self.rgb: Numbers = np.zeros((height, width, 3), np.float32)
        self.x: Numbers = np.arange(width, dtype=np.float32)[None, :]
        self.y: Numbers = np.arange(height, dtype=np.float32)[:, None]

    def chance(self, name: str) -> Random:
        """Random numbers of one thing, the same for each seed, whatever else is painted."""
        return np.random.default_rng([self.seed % 2**64, zlib.crc32(name.encode())])

    def cover(self, coverage: Numbers, colour: Numbers, top: int = 0) -> None:
        """Lay a colour, or one for each point, over the rows from `top` on. Coverage goes from 0 to 1."""
        part = self.rgb[top : top + len(coverage)]
        part += (colour - part) * coverage[: len(part), :, None]

    def add_light(self, strength: Numbers, colour: Numbers, top: int = 0) -> None:
        """Brighten as light does: never beyond white."""
        part = self.rgb[top : top + len(strength)]
        part += (1 - part) * (strength[: len(part), :, None] * colour)

    def below(self, line: Numbers) -> tuple[int, Numbers]:
        """The first row of, and the coverage by, what lies under a line of one height (in rows) for each column."""
        top = max(0, min(self.height - 1, int(line.min()) - 1))
        return top, np.clip(self.y[top:] - line[None, :] + 0.5, 0, 1)

    def distance(self, x: float, y: float, top: int = 0) -> Numbers:
        """How far each point is from one, in units."""
        squared: Numbers = np.square((self.x - x) / self.unit) + np.square((self.y[top:] - y) / self.unit)
        return np.sqrt(squared)

    @contextlib.contextmanager
    def pen(self, top: int = 0, bottom: int | None = None) -> Iterator["Pen"]:
        """Draw shapes with smooth edges over some rows, in points of the canvas."""
        top, bottom = max(0, top), min(self.height, self.height if bottom is None else bottom)
        if bottom <= top:
            top, bottom = 0, 1
        pen = Pen(self.width, bottom - top, 2 if self.detail == LOW else 3 if self.detail == HIGH else 2, top)
        yield pen
        colours, coverage = pen.lift()
        part = self.rgb[top:bottom]
        part *= 1 - coverage
        part += colours


class Pen:
    """Shapes on a clear sheet that is finer than the canvas."""

    def __init__(self, width: int, height: int, scale: int, top: int) -> None:
        self.scale, self.top = scale, top
        self.sheet = Image.new("RGBA", (width * scale, height * scale))
        self.draw = ImageDraw.Draw(self.sheet, "RGBA")

    def point(self, x: float, y: float) -> tuple[float, float]:
        return x * self.scale, (y - self.top) * self.scale

    def shape(self, points: list[tuple[float, float]], colour: Numbers, strength: float = 1) -> None:
        self.draw.polygon([self.point(x, y) for x, y in points], fill=ink(colour, strength))

    def line(self, points: list[tuple[float, float]], colour: Numbers, width: float, strength: float = 1) -> None:
        thick = max(1, round(width * self.scale))
        self.draw.line([self.point(x, y) for x, y in points], fill=ink(colour, strength), width=thick, joint="curve")

    def disc(self, x: float, y: float, radius: float, colour: Numbers, strength: float = 1, flat: float = 1) -> None:
        (left, upper), (right, lower) = self.point(x - radius, y - radius * flat), self.point(x + radius, y + radius * flat)
        self.draw.ellipse((left, upper, right, lower), fill=ink(colour, strength))

    def box(self, x: float, y: float, width: float, height: float, colour: Numbers, strength: float = 1) -> None:
        (left, upper), (right, lower) = self.point(x, y), self.point(x + width, y + height)
        if right > left and lower > upper:
            self.draw.rectangle((left, upper, right - 1, lower - 1), fill=ink(colour, strength))

    def lift(self) -> tuple[Numbers, Numbers]:
        """The drawn colours, already weighed with their coverage, and the coverage."""
        reduced = self.sheet.convert("RGBa").reduce(self.scale)
        drawn = np.asarray(reduced, np.float32) / 255
        return drawn[..., :3], drawn[..., 3:]


def ink(colour: Numbers, strength: float) -> tuple[int, int, int, int]:
    red, green, blue = (int(min(1.0, max(0.0, float(each))) * 255 + 0.5) for each in colour)
    return red, green, blue, int(min(1.0, max(0.0, strength)) * 255)
