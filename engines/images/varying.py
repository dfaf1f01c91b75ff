"""More pictures like one: other cuts, mirrored, in other colours. Nothing new is drawn."""

import numpy as np
from PIL import Image, ImageOps

from engines.images.recolouring import turned


def vary(image: Image.Image, size: tuple[int, int], seed: int) -> Image.Image:
    """One variation of that size."""
    rng = np.random.default_rng([seed % 2**64, 7])
    part = cut(image, size[0] / size[1], rng)
    if rng.random() < 0.5:
        part = ImageOps.mirror(part)
    return turned(part.resize(size, Image.Resampling.LANCZOS), rng)


def cut(image: Image.Image, ratio: float, rng: np.random.Generator) -> Image.Image:
    """Most of the picture, in the shape that is wanted, from a place that chance decides."""
    width, height = min(image.width, image.height * ratio), min(image.height, image.width / ratio)
    share = rng.uniform(0.68, 0.94)
    wide, high = max(1, round(width * share)), max(1, round(height * share))
    left, top = (int(rng.integers(0, room + 1)) for room in (image.width - wide, image.height - high))
    return image.crop((left, top, left + wide, top + high))
