"""The answer of a service put into the original, so that everything outside the mask is the original's, byte for byte."""

from dataclasses import dataclass

from PIL import Image

from apps.images.pictures.masks import box_of
from apps.images.pictures.strips import Box, Size, part_of, strips

_SOLID = 250  # alpha from here on is meant to be solid
_UNTOUCHED = [255 if value == 0 else 0 for value in range(256)]


@dataclass(frozen=True, slots=True)
class Recomposed:
    """`scaled_from` is the result's size where it was not the original's."""

    image: Image.Image
    scaled_from: Size | None


def keep_outside(original: Image.Image, result: Image.Image, coverage: Image.Image) -> Recomposed:
    """`result` where the coverage is 255, `original` where it is 0, and both by their share in between.

    The original is RGB or RGBA and keeps its mode; an RGB one becomes RGBA only where the result brings transparency into what
    may change. Pixels with coverage 0 stay as they are in every byte, also in the colour of pixels that cannot be seen.
    Only a file without loss (PNG) keeps that promise.
    """
    if coverage.size != original.size:
        raise ValueError(f"a mask of {coverage.size} for a picture of {original.size}")
    box = box_of(coverage)
    becomes_rgba = original.mode == "RGB" and box is not None and _is_seen_through(result, coverage, box)
    image = original.convert("RGBA") if becomes_rgba else original.copy()
    for strip in strips(box) if box else ():
        new = part_of(result, strip, image.size).convert(image.mode)
        _blend(image, new, coverage.crop(strip), strip)
    return Recomposed(image, None if result.size == original.size else result.size)


def _is_seen_through(result: Image.Image, coverage: Image.Image, box: Box) -> bool:
    if result.mode != "RGBA":
        return False
    alpha = part_of(result.getchannel("A"), box, coverage.size)
    return any(alpha.histogram(coverage.crop(box))[:_SOLID])


def _blend(image: Image.Image, new: Image.Image, mask: Image.Image, box: Box) -> None:
    """`new` into the box of `image`. Between a pixel that is seen and one that is not, a soft edge has the colour of the first."""
    old = image.crop(box) if image.mode == "RGBA" else None
    if old is None or (_is_opaque(old) and _is_opaque(new)):
        image.paste(new, box, mask)
        return
    blend = Image.composite(new.convert("RGBa"), old.convert("RGBa"), mask).convert("RGBA")
    blend.paste(old, mask=mask.point(_UNTOUCHED))
    image.paste(blend, box)


def _is_opaque(image: Image.Image) -> bool:
    return image.getchannel("A").getextrema() == (255, 255)
