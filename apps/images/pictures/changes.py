"""What a service changed where nothing was to change.

Colours count as they are seen: what lies under full transparency does not.
"""

import itertools
import math
from dataclasses import dataclass

from PIL import Image, ImageChops

from apps.images.pictures.encoding import encode
from apps.images.pictures.strips import ROWS, Box, part_of, strips

NOTICED = 8  # levels of 255: below, packing alone makes a difference, and no eye sees it
LONGEST = 1024
_OUTSIDE = [255 if value == 0 else 0 for value in range(256)]
_NOT_JUDGED = (128, 128, 128, 96)


@dataclass(frozen=True, slots=True)
class Changes:
    """Of the pixels whose coverage is 0. Shares are 0 to 1; a single pixel of a large picture counts."""

    outside: int  # pixels
    changed: int  # that differ at all
    noticed: int  # that differ by more than `NOTICED`
    strongest: float  # the largest difference of one channel; 1 is from black to white

    @property
    def share(self) -> float:
        return self.changed / self.outside if self.outside else 0.0

    @property
    def noticed_share(self) -> float:
        return self.noticed / self.outside if self.outside else 0.0


def changed_outside(original: Image.Image, result: Image.Image, coverage: Image.Image) -> Changes:
    """Counted in the original's pixels. A result of another size is scaled first, and that alone changes nearly every pixel a little."""
    counts = [0] * 256
    for strip in strips((0, 0, *original.size)):
        outside = coverage.crop(strip).point(_OUTSIDE)
        found = _difference(original, result, strip).histogram(outside)
        counts = [one + more for one, more in zip(counts, found, strict=True)]
    strongest = max((value for value, count in enumerate(counts) if count), default=0)
    return Changes(sum(counts), sum(counts[1:]), sum(counts[NOTICED + 1 :]), strongest / 255)


def heat_map(original: Image.Image, result: Image.Image, coverage: Image.Image, longest: int = LONGEST) -> bytes:
    """PNG to lay over the picture: nothing where nothing changed, yellow to red where much did, grey where it was allowed to.

    Each of its pixels stands for a square of the picture and shows the strongest change in it, so that none is lost.
    """
    step = math.ceil(max(original.size) / longest)
    small = Image.new("RGBA", (math.ceil(original.width / step), math.ceil(original.height / step)))
    for strip in strips((0, 0, *original.size), rows=step * max(1, ROWS // step)):
        outside = coverage.crop(strip).point(_OUTSIDE)
        heat = _strongest_of(ImageChops.darker(_difference(original, result, strip), outside), step)
        overlay = Image.merge("RGBA", [heat.point(curve) for curve in _CURVES])
        overlay.paste(_NOT_JUDGED, mask=_strongest_of(outside, step).point(_OUTSIDE))
        small.paste(overlay, (0, strip[1] // step))
    return encode(small)


def _difference(original: Image.Image, result: Image.Image, box: Box) -> Image.Image:
    """Of the box, in mode L: for each pixel the difference of the channel that differs most."""
    old, new = original.crop(box), part_of(result, box, original.size)
    if not old.mode == new.mode == "RGB":
        old, new = old.convert("RGBA").convert("RGBa"), new.convert("RGBA").convert("RGBa")
    strongest, *others = ImageChops.difference(old, new).split()
    for channel in others:
        strongest = ImageChops.lighter(strongest, channel)
    return strongest


def _strongest_of(image: Image.Image, step: int) -> Image.Image:
    """Made smaller by `step`: the largest value of each square of so many pixels."""
    if step == 1:
        return image
    size = math.ceil(image.width / step), math.ceil(image.height / step)
    strongest = Image.new("L", size, 0)
    for at in range(step * step):
        # The pixel that lies `at` in its square. What is beyond the picture's edge counts as 0.
        shift = (at % step - (step - 1) / 2, at // step - (step - 1) / 2)
        one = image.transform(size, Image.Transform.AFFINE, (step, 0, shift[0], 0, step, shift[1]), Image.Resampling.NEAREST)
        strongest = ImageChops.lighter(strongest, one)
    return strongest


def _curve(points: tuple[tuple[int, int], ...]) -> list[int]:
    """A table of 256 numbers through `points`."""
    values: list[int] = []
    for (start, low), (end, high) in itertools.pairwise(points):
        values += [round(low + (high - low) * (at - start) / (end - start)) for at in range(start, end)]
    return [*values, points[-1][1]]


_CURVES = (
    _curve(((0, 255), (96, 255), (255, 176))),  # red
    _curve(((0, 220), (48, 150), (96, 40), (255, 0))),  # green
    _curve(((0, 0), (255, 16))),  # blue
    _curve(((0, 0), (NOTICED, 0), (NOTICED + 1, 110), (64, 200), (255, 235))),  # how far it covers
)
