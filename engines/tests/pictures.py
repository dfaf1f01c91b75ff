"""Pictures for the tests, and how to look at those that came back."""

import base64
import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from PIL import Image

Box = tuple[int, int, int, int]


def photo(width: int = 160, height: int = 120, mode: str = "RGB", seed: int = 1) -> Image.Image:
    """A picture of which no two parts are alike: soft colours with grain."""
    rng = np.random.default_rng(seed)
    soft = Image.fromarray(rng.integers(0, 255, (5, 6, 4), dtype=np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
    grain = rng.integers(-12, 12, (height, width, 1))
    pixels = np.clip(np.asarray(soft).astype(int) + grain, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels if mode == "RGBA" else pixels[..., :3]).convert(mode)


def mask(size: tuple[int, int], box: Box, inside: int = 0) -> Image.Image:
    """Opaque, but for a box with that alpha."""
    made = Image.new("RGBA", size, (0, 0, 0, 255))
    made.paste((0, 0, 0, inside), box)
    return made


def packed(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def data_url(image: Image.Image) -> str:
    return f"data:image/png;base64,{base64.b64encode(packed(image)).decode()}"


def opened(b64_json: str) -> Image.Image:
    """The picture of an answer, decoded to its end."""
    image = Image.open(io.BytesIO(base64.b64decode(b64_json, validate=True)))
    image.load()
    return image


def opened_all(data: Iterable[Any]) -> list[Image.Image]:
    return [opened(each.b64_json) for each in data]


def changed(before: Image.Image, after: Image.Image) -> np.ndarray:
    """Which points differ."""
    mode = before.mode
    return (np.asarray(before) != np.asarray(after.convert(mode))).reshape(before.height, before.width, -1).any(2)


def inside(size: tuple[int, int], box: Box) -> np.ndarray:
    covered = np.zeros((size[1], size[0]), bool)
    covered[box[1] : box[3], box[0] : box[2]] = True
    return covered
