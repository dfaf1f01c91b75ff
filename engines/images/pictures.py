"""Opening pictures that strangers sent, and writing our own. Judged by content, with limits before anything is decoded."""

import pathlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engines.errors import invalid
from engines.images.limits import MOST_EDGE

Pixels = NDArray[np.uint8]
FORMATS = ("PNG", "JPEG", "WEBP")
# Some PNGs have more than 8 bits for each point; Pillow gives them one of these modes.
DEEP = {"I", "I;16", "I;16B", "I;16L", "F"}
FAST_PNG = 3
BEST_JPEG = 100


def open_picture(path: pathlib.Path, param: str) -> Image.Image:
    """The picture as it is decoded, in mode RGB or, where something shows through, RGBA."""
    image = decode(path, param, FORMATS, "a PNG, JPEG or WebP picture")
    if image.mode in DEEP:
        image = flatten_deep(image)
    if "A" in image.getbands() or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("RGB")


def open_mask(path: pathlib.Path, size: tuple[int, int], param: str) -> Pixels:
    """How far each point may change: 255 where the mask is clear, 0 where it covers."""
    image = decode(path, param, ("PNG",), "a PNG picture")
    if image.size != size:
        width, height = size
        message = f"'{param}' is {image.width} x {image.height}, but the first picture is {width} x {height}. Both must be alike."
        raise invalid(message, param, "invalid_mask_image_format")
    if "A" not in image.getbands() and "transparency" not in image.info:
        raise invalid(
            f"'{param}' has no alpha channel. Make it transparent where the picture may change.", param, "invalid_mask_image_format"
        )
    return 255 - np.asarray(image.convert("RGBA"))[..., 3]


def decode(path: pathlib.Path, param: str, formats: tuple[str, ...], wanted: str) -> Image.Image:
    """All points of the first frame. What a program to look at pictures would do beside (turning, colour profiles) is left undone."""
    try:
        image = Image.open(path, formats=formats)
        if max(image.size) > MOST_EDGE:
            message = f"'{param}' is {image.width} x {image.height}; at most {MOST_EDGE} points are allowed on each side."
            raise invalid(message, param, "image_too_large")
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise invalid(f"'{param}' is not {wanted}, or it is damaged.", param, "invalid_image_file") from error
    return image


def flatten_deep(image: Image.Image) -> Image.Image:
    """The upper 8 of 16 bits, which a plain conversion would cut off."""
    values = np.asarray(image).astype(np.float64)
    eight = np.clip(values / (257 if image.mode != "F" else 1), 0, 255).round().astype(np.uint8)
    return Image.fromarray(eight)


def encode(image: Image.Image, target: pathlib.Path, output_format: str, compression: int) -> None:
    """Write the picture without any metadata. `compression` from 0 to 100 is the quality of JPEG and WebP."""
    options: dict[str, Any] = {"compress_level": FAST_PNG}
    if output_format == "jpeg":
        image, options = on_white(image), {"quality": min(BEST_JPEG, max(1, compression))}
    elif output_format == "webp":
        options = {"quality": compression, "method": 2}
    image.info.clear()
    image.save(target, output_format.upper(), **options)


def on_white(image: Image.Image) -> Image.Image:
    """JPEG has no transparency."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def is_see_through(image: Image.Image) -> bool:
    if image.mode != "RGBA":
        return False
    lowest = image.getchannel("A").getextrema()[0]
    return isinstance(lowest, int | float) and lowest < 255
