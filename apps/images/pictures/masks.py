"""Where a picture may change.

A coverage is a picture in mode L with the size of the picture it belongs to: 255 may change, 0 stays, in between is a soft edge.
Only `service_mask` turns it into what a service wants.
"""

import enum
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageChops

from apps.images.pictures.decoding import open_upright
from apps.images.pictures.encoding import PNG, write
from apps.images.pictures.judging import opened
from apps.images.pictures.strips import Box, Size
from apps.images.pictures.unusable import Unusable, damaged, measure

MOST_SERVICE_BYTES = 4_000_000  # what OpenAI and the servers after it take
# How many steps the soft edge keeps, if the mask is too large with all of them. 2 is a hard edge.
_STEPS = (256, 32, 8, 2)
# What an eye takes for black and white: pictures that were saved as JPEG have neither.
_BLACK, _WHITE = 16, 239
_COLOURED = 32  # how far apart two channels are in what an eye takes for colour
_EXTREMES = [0 if value <= _BLACK else 255 if value >= _WHITE else value for value in range(256)]
_INVERTED = [255 - value for value in range(256)]
_HALVES = [0 if value < 128 else 255 for value in range(256)]


class MaskKind(enum.StrEnum):
    ALPHA = "alpha"
    BLACK_AND_WHITE = "black_and_white"
    PLAIN = "plain"  # neither: nothing tells what may change


@dataclass(frozen=True, slots=True)
class MaskLook:
    """What an uploaded mask would cover, in percent, in each way to read it."""

    kind: MaskKind
    width: int
    height: int
    if_transparent_changes: float
    if_opaque_changes: float
    if_white_changes: float
    if_black_changes: float


@dataclass(frozen=True, slots=True)
class ServiceMask:
    """`body` is PNG. `steps` of the soft edge were kept: 256 are all, 2 make it hard."""

    body: bytes
    steps: int
    content_type: str = "image/png"

    @property
    def is_coarser(self) -> bool:
        return self.steps < _STEPS[0]

    @property
    def sentence(self) -> str:
        """For a person; empty where nothing was changed."""
        if not self.is_coarser:
            return ""
        if self.steps == _STEPS[-1]:
            return _("The soft edge was made hard, because the mask was larger than the service takes.")
        return _("The soft edge was made coarser, because the mask was larger than the service takes.")


def coverage_of_painted(file: IO[bytes], size: Size) -> Image.Image:
    """What the painter sent: its alpha is the coverage. Raises Unusable when it has no alpha or another size, before it is decoded."""
    with opened(file) as image:
        if image.mode not in ("LA", "RGBA"):
            raise Unusable("no_alpha", _("The painted mask arrived without its transparent parts. Paint it again."))
        if image.size != size:
            told = {"mask": measure(image.size), "picture": measure(size)}
            raise Unusable("other_size", _("The painted mask has %(mask)s pixels, the picture %(picture)s. Load the page again.") % told)
        image.load()
        return image.getchannel("A")


def looks_like(file: IO[bytes]) -> MaskLook:
    """How an uploaded mask can be read. Raises Unusable."""
    image = open_upright(file)
    alpha = image.getchannel("A") if image.mode == "RGBA" else Image.new("L", image.size, 255)
    transparent, white = percent(alpha.point(_INVERTED)), percent(_luminance(image))
    return MaskLook(_kind_of(image, alpha), *image.size, transparent, 100 - transparent, white, 100 - white)


def coverage_of_alpha(file: IO[bytes], transparent_changes: bool = True) -> Image.Image:
    """By transparency. A mask without any has no hole: everything stays, or everything may change."""
    image = open_upright(file)
    alpha = image.getchannel("A") if image.mode == "RGBA" else Image.new("L", image.size, 255)
    return alpha.point(_INVERTED) if transparent_changes else alpha


def coverage_of_luminance(file: IO[bytes], white_changes: bool = True) -> Image.Image:
    """By brightness. What is nearly black or nearly white counts as such, so that a JPEG has edges too."""
    bright = _luminance(open_upright(file))
    return bright if white_changes else bright.point(_INVERTED)


def fit(coverage: Image.Image, size: Size) -> Image.Image:
    """Stretched to `size`. Hard edges stay hard."""
    if coverage.size == size:
        return coverage
    fitted = coverage.resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0)
    return fitted.point(_HALVES) if is_hard(coverage) else fitted


def is_same_shape(size: Size, other: Size) -> bool:
    """Whether one is the other made larger or smaller, within one in a hundred."""
    return abs(size[0] * other[1] - size[1] * other[0]) * 100 <= size[0] * other[1]


def percent(coverage: Image.Image) -> float:
    """0 to 100: how much of the picture may change. Soft edges count by their share."""
    weighed = sum(value * count for value, count in enumerate(coverage.histogram()))
    return weighed * 100 / (255 * coverage.width * coverage.height)


def is_empty(coverage: Image.Image) -> bool:
    """Whether all stays."""
    return box_of(coverage) is None


def is_full(coverage: Image.Image) -> bool:
    """Whether all may change."""
    return coverage.getextrema()[0] == 255


def is_hard(coverage: Image.Image) -> bool:
    """Whether there is no soft edge."""
    return not any(coverage.histogram()[1:255])


def box_of(coverage: Image.Image) -> Box | None:
    """The smallest box with all that may change; nothing where all stays."""
    return coverage.getbbox()


def rectangle(size: Size, box: Box) -> Image.Image:
    """A coverage that is one rectangle."""
    coverage = Image.new("L", size, 0)
    coverage.paste(255, box)
    return coverage


def service_mask(coverage: Image.Image, size: Size | None = None, most_bytes: int = MOST_SERVICE_BYTES) -> ServiceMask:
    """The mask as a service takes it: RGBA, alpha 0 where it may change, in `size` (the sent picture's), read back and compared.

    Raises Unusable for an empty coverage, and for one that stays larger than `most_bytes` with a hard edge.
    """
    if size is not None and coverage.size != size:
        raise ValueError(f"a mask of {coverage.size} for a picture of {size}")
    if is_empty(coverage):
        raise Unusable("empty_mask", _("Nothing is marked, so nothing may change. Paint over what is to change."))
    for steps in _STEPS[:1] if is_hard(coverage) else _STEPS:
        alpha = coverage.point(_alphas(steps))
        body = _with_alpha(alpha)
        if len(body) <= most_bytes:
            _compare(body, alpha)
            return ServiceMask(body, steps)
    raise Unusable("too_large", _("This mask is too finely cut to be sent. Paint it with larger strokes."))


def _alphas(steps: int) -> Sequence[int]:
    """What stays is exactly 255, what may change exactly 0, and between them are `steps` in all."""
    widest = steps - 1
    return [255 - round(round(value * widest / 255) * 255 / widest) for value in range(256)]


def _with_alpha(alpha: Image.Image) -> bytes:
    nothing = Image.new("L", alpha.size, 0)
    return _packed(Image.merge("RGBA", (nothing, nothing, nothing, alpha)))


def _packed(image: Image.Image) -> bytes:
    """PNG, smaller than of a picture: masks are nearly all one value."""
    body = io.BytesIO()
    write(image, body, PNG, compress_level=6)
    return body.getvalue()


def _compare(body: bytes, alpha: Image.Image) -> None:
    with opened(io.BytesIO(body)) as image:
        image.load()
        is_same = (image.format, image.mode, image.size) == ("PNG", "RGBA", alpha.size) and not _differ(image.getchannel("A"), alpha)
    if not is_same:
        raise RuntimeError("the mask that was made is not the one that was meant")


def _differ(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is not None


def stored(coverage: Image.Image) -> bytes:
    """A small PNG in mode L."""
    return _packed(coverage)


def read_stored(file: IO[bytes]) -> Image.Image:
    """What `stored` wrote. Raises Unusable when it is something else."""
    with opened(file) as image:
        if image.mode != "L":
            raise damaged("PNG")
        image.load()
        return image.copy()


def for_painter(coverage: Image.Image) -> bytes:
    """PNG whose alpha is the coverage, as the painter reads and writes it."""
    return _packed(Image.merge("LA", (Image.new("L", coverage.size, 255), coverage)))


def _luminance(image: Image.Image) -> Image.Image:
    return image.convert("L").point(_EXTREMES)


def _kind_of(image: Image.Image, alpha: Image.Image) -> MaskKind:
    if not is_full(alpha):
        return MaskKind.ALPHA
    pixels = image.width * image.height
    shades = image.convert("L").histogram()
    black, white = sum(shades[: _BLACK + 1]), sum(shades[_WHITE:])
    is_two_toned = black > 0 and white > 0 and black + white >= pixels / 4
    return MaskKind.BLACK_AND_WHITE if is_two_toned and _coloured(image) <= pixels / 100 else MaskKind.PLAIN


def _coloured(image: Image.Image) -> int:
    """How many pixels are visibly not grey."""
    red, green, blue = image.getchannel("R"), image.getchannel("G"), image.getchannel("B")
    apart = ImageChops.lighter(ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return sum(apart.histogram()[_COLOURED:])
