"""Large pictures in strips, so that what is made in between is small."""

import math
from collections.abc import Iterator

from PIL import Image

Size = tuple[int, int]
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels; right and bottom are outside
ROWS = 256


def strips(box: Box, rows: int = ROWS) -> Iterator[Box]:
    """The box from top to bottom, `rows` at a time."""
    left, top, right, bottom = box
    for begin in range(top, bottom, rows):
        yield left, begin, right, min(begin + rows, bottom)


def part_of(image: Image.Image, box: Box, size: Size) -> Image.Image:
    """What of the image lies in the box when it is stretched to `size`."""
    if image.size == size:
        return image.crop(box)
    across, down = image.width / size[0], image.height / size[1]
    # Only the rows that the box and the filter's reach need: Pillow would look at the whole picture for each strip.
    reach = math.ceil(3 * max(down, 1)) + 1
    top, bottom = max(0, math.floor(box[1] * down) - reach), min(image.height, math.ceil(box[3] * down) + reach)
    rows = image.crop((0, top, image.width, bottom))
    part = (box[0] * across, box[1] * down - top, box[2] * across, min(box[3] * down - top, rows.height))
    return rows.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.LANCZOS, box=part)
