"""From a file to pixels that stand upright, in sRGB, with nothing beside them."""

from typing import IO

from PIL import Image, ImageFile

from apps.images.pictures.colours import in_srgb
from apps.images.pictures.judging import opened, orientation_of

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_upright(file: IO[bytes], *, near: int | None = None) -> Image.Image:
    """The picture (of several the first) in mode RGB or RGBA, turned as EXIF says, without any metadata. Raises Unusable.

    `near` allows a JPEG to come smaller, with its longest edge not below so many pixels: a large photo in a tenth of the time.
    """
    image, orientation = _as_it_lies(file, near)
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def _as_it_lies(file: IO[bytes], near: int | None) -> tuple[Image.Image, int]:
    # A function of its own, so that what Pillow read is gone before the picture is turned: two copies at a time, never three.
    with opened(file) as source:
        orientation = orientation_of(source)
        if near:
            source.draft(None, _at_least(source.size, near))
        return _pixels_of(source), orientation


def _pixels_of(source: ImageFile.ImageFile) -> Image.Image:
    profile = source.info.get("icc_profile")
    source.info["depth"] = _depth_of(source)
    source.load()
    image = in_srgb(source, profile if isinstance(profile, bytes) else None)
    image.info.clear()
    image.getexif().clear()
    return image


def _depth_of(source: ImageFile.ImageFile) -> str:
    """Pillow's name of how the file counts colours, known only until the pixels are there."""
    arguments = source.tile[0].args if source.tile else ""
    return arguments if isinstance(arguments, str) else ""


def _at_least(size: tuple[int, int], near: int) -> tuple[int, int]:
    longest = max(size)
    return max(1, size[0] * near // longest), max(1, size[1] * near // longest)
