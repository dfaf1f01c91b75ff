"""A picture that is larger than a model takes: told in numbers, made smaller, and its answer put back into the original's place."""

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image

from apps.images.pictures.encoding import JPEG, PNG, WEBP, encode
from apps.images.pictures.judging import Judged
from apps.images.pictures.masks import fit
from apps.images.pictures.strips import Size
from apps.images.pictures.unusable import Unusable, measure

_TRIES = 12
_QUALITY = 92


@dataclass(frozen=True, slots=True)
class SendLimits:
    """What a model takes; None is no limit. `formats` are content types, the first of them the one to make."""

    bytes: int | None = None
    edge: int | None = None
    pixels: int | None = None
    square: bool = False
    formats: tuple[str, ...] = (PNG, JPEG, WEBP)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture lies in what is sent: at `left`, `top` with `width` by `height`, in a canvas of `across` by `down` pixels."""

    across: int
    down: int
    left: int
    top: int
    width: int
    height: int

    @property
    def is_padded(self) -> bool:
        return (self.width, self.height) != (self.across, self.down)


@dataclass(frozen=True, slots=True)
class Need:
    """What has to be done before a picture can be sent. `sentences` say it in numbers."""

    sentences: tuple[str, ...]
    placement: Placement
    is_smaller: bool  # in pixels, as far as is known before it is packed
    is_padded: bool
    is_repacked: bool  # another format, or too many bytes


@dataclass(frozen=True, slots=True)
class Shrunk:
    """`body` is what to send, in `content_type`; `placement` is for the mask and for the answer."""

    body: bytes
    content_type: str
    placement: Placement


def needs(judged: Judged, limits: SendLimits) -> Need | None:
    """What is too large, or of the wrong kind, for a model; nothing when the picture can be sent as it is."""
    placement = placement_of(judged.size, limits)
    is_smaller = (placement.width, placement.height) != judged.size
    sentences = [*_too_large(judged, limits), *_of_wrong_kind(judged, limits)]
    if not sentences:
        return None
    is_repacked = judged.content_type not in limits.formats or (limits.bytes is not None and judged.size_bytes > limits.bytes)
    return Need(tuple(sentences), placement, is_smaller, placement.is_padded, is_repacked)


def placement_of(size: Size, limits: SendLimits) -> Placement:
    """The largest that keeps the shape and the limits on edge and pixels. On a square it lies in the middle."""
    canvas = (max(size),) * 2 if limits.square else size
    factor = min(1.0, _factor(canvas, limits))
    width, height = (max(1, math.floor(edge * factor)) for edge in size)
    return _placed((width, height), limits)


def shrink(image: Image.Image, limits: SendLimits) -> Shrunk:
    """The picture as the model takes it, as large as that allows. Raises Unusable when not even a tiny one is small enough."""
    placement = placement_of(image.size, limits)
    for _try in range(_TRIES):
        sent, body = place(image, placement), b""
        for kind in _kinds_for(sent, limits):
            body = encode(sent, kind, _QUALITY)
            if limits.bytes is None or len(body) <= limits.bytes:
                return Shrunk(body, kind, placement)
        factor = min(0.9, 0.95 * math.sqrt((limits.bytes or 1) / len(body)))
        placement = _placed((max(1, int(placement.width * factor)), max(1, int(placement.height * factor))), limits)
    raise Unusable("too_large", _("This picture cannot be made small enough for the model. Choose another picture or another model."))


def place(image: Image.Image, placement: Placement) -> Image.Image:
    """The picture as it is sent. Around it is its own mean colour, without transparency, which some models take for a mask."""
    size = placement.width, placement.height
    small = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if not placement.is_padded:
        return small
    mean = small.convert("RGB").resize((1, 1), Image.Resampling.BOX)
    canvas = mean.convert(small.mode).resize((placement.across, placement.down))
    canvas.paste(small, (placement.left, placement.top))
    return canvas


def place_coverage(coverage: Image.Image, placement: Placement) -> Image.Image:
    """The coverage for what is sent. What lies around the picture stays."""
    canvas = Image.new("L", (placement.across, placement.down), 0)
    canvas.paste(fit(coverage, (placement.width, placement.height)), (placement.left, placement.top))
    return canvas


def unplace(result: Image.Image, placement: Placement) -> Image.Image:
    """The part of an answer that is the picture, in the answer's own pixels: what was put around it is cut off."""
    if not placement.is_padded:
        return result
    across, down = result.width / placement.across, result.height / placement.down
    left, top = round(placement.left * across), round(placement.top * down)
    right, bottom = round((placement.left + placement.width) * across), round((placement.top + placement.height) * down)
    return result.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def _too_large(judged: Judged, limits: SendLimits) -> list[str]:
    told = []
    if limits.edge is not None and max(judged.size) > limits.edge:
        told.append(_("%(measure)s; the model takes %(most)s at most.") % {"measure": measure(judged.size), "most": f"{limits.edge:,}"})
    elif limits.pixels is not None and judged.width * judged.height > limits.pixels:
        numbers = {"pixels": _millions(judged.width * judged.height), "most": _millions(limits.pixels)}
        told.append(_("%(pixels)s million pixels; the model takes %(most)s million at most.") % numbers)
    if limits.bytes is not None and judged.size_bytes > limits.bytes:
        numbers = {"size": _megabytes(judged.size_bytes), "most": _megabytes(limits.bytes)}
        told.append(_("%(size)s MB; the model takes %(most)s MB at most.") % numbers)
    return told


def _of_wrong_kind(judged: Judged, limits: SendLimits) -> list[str]:
    told = []
    if limits.square and judged.width != judged.height:
        told.append(_("The model takes squares only; a margin is put around the picture, and cut off the result."))
    if judged.content_type not in limits.formats:
        name = limits.formats[0].removeprefix("image/").upper()
        told.append(_("The model does not take this kind of file; it is sent as %(name)s.") % {"name": name})
    return told


def _factor(canvas: Size, limits: SendLimits) -> float:
    by_edge = limits.edge / max(canvas) if limits.edge else 1.0
    by_pixels = math.sqrt(limits.pixels / (canvas[0] * canvas[1])) if limits.pixels else 1.0
    return min(by_edge, by_pixels)


def _placed(size: Size, limits: SendLimits) -> Placement:
    if not limits.square:
        return Placement(*size, 0, 0, *size)
    edge = max(size)
    return Placement(edge, edge, (edge - size[0]) // 2, (edge - size[1]) // 2, *size)


def _kinds_for(image: Image.Image, limits: SendLimits) -> list[str]:
    """The formats to try: without loss first, then as JPEG or WebP where nothing shines through."""
    kinds = [kind for kind in (PNG, *limits.formats) if kind in limits.formats]
    usable = [kind for kind in dict.fromkeys(kinds) if image.mode == "RGB" or kind != JPEG]
    return usable or [PNG]


def _millions(pixels: int) -> str:
    return f"{pixels / 1_000_000:,.1f}"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f}"
