"""What goes to a service of pictures and masks: files of a kind and a size that it takes.

Names are ours, so that nothing of what somebody called a file leaves this server.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.core.files.base import ContentFile
from PIL import Image

from apps.images.models import Picture
from apps.images.pictures.decoding import open_upright
from apps.images.pictures.encoding import JPEG, PNG, WEBP
from apps.images.pictures.judging import judge
from apps.images.pictures.masks import service_mask, stored
from apps.images.pictures.shrinking import Placement, SendLimits, needs, place_coverage, placement_of, shrink
from apps.providers.facts import Facts
from apps.runs.files import NewFile

MOST_BYTES: Final = 50_000_000
MOST_MASK_BYTES: Final = 4_000_000
MOST_FILES: Final = 16
TYPES: Final = {"png": PNG, "jpg": JPEG, "jpeg": JPEG, "webp": WEBP}  # as the table of facts calls them
ENDINGS: Final = {PNG: "png", JPEG: "jpg", WEBP: "webp"}


class TooLarge(Exception):
    """A picture is larger than the service takes, and nobody said yet that it may be made smaller. The text says it in numbers."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a run takes along: the picture to change first, then those to look at, then the mask.

    `placement` is there where the picture had to be made smaller or padded; then the original and its coverage go along too, unsent.
    """

    files: Sequence[NewFile]
    width: int
    height: int
    placement: dict[str, int] | None = None
    notices: Sequence[str] = ()


def most_references(facts: Facts) -> int:
    """How many pictures may go beside the one that is changed."""
    return min(facts.limits.get("files", MOST_FILES), MOST_FILES) - 1


def limits_of(facts: Facts, *, has_mask: bool) -> SendLimits:
    """With a mask the picture goes as PNG, the only kind that every service takes beside one."""
    image = facts.parameters.get("image", {})
    told = [TYPES[name] for name in image.get("values", ()) if name in TYPES]
    formats = (PNG,) if has_mask else tuple(dict.fromkeys(told)) or (PNG, JPEG, WEBP)
    most = facts.limits
    return SendLimits(
        min(most.get("bytes", MOST_BYTES), MOST_BYTES), most.get("edge"), most.get("pixels"), bool(image.get("square")), formats
    )


def pack(picture: Picture, references: Sequence[Picture], coverage: Image.Image | None, facts: Facts, *, may_shrink: bool) -> Parcel:
    """Raises TooLarge, and Unusable for a mask or a picture that cannot be sent at all."""
    limits = limits_of(facts, has_mask=coverage is not None)
    first = _packed(picture, limits, may_shrink, 1)
    others = [_packed(each, limits_of(facts, has_mask=False), may_shrink, place) for place, each in enumerate(references, 2)]
    files = [first.file, *(each.file for each in others)]
    notices: list[str] = []
    if coverage is not None:
        mask = service_mask(
            place_coverage(coverage, first.placement), most_bytes=min(facts.limits.get("mask_bytes", MOST_MASK_BYTES), MOST_MASK_BYTES)
        )
        files.append(NewFile("mask", "mask.png", PNG, ContentFile(mask.body)))
        notices += [mask.sentence] if mask.sentence else []
    if first.is_changed:
        files.append(
            NewFile("original", f"original.{ENDINGS.get(picture.content_type, 'png')}", picture.content_type, picture.file.open("rb"))
        )
        files += [NewFile("coverage", "coverage.png", PNG, ContentFile(stored(coverage)))] if coverage is not None else []
    placement = asdict(first.placement) if first.is_changed else None
    return Parcel(files, first.placement.across, first.placement.down, placement, notices)


def _unsent(picture: Picture, coverage: Image.Image | None) -> list[NewFile]:
    """What the result is put together with, where something smaller was sent."""
    name = f"original.{ENDINGS.get(picture.content_type, 'png')}"
    files = [NewFile("original", name, picture.content_type, _stored(picture))]
    return [*files, NewFile("coverage", "coverage.png", PNG, ContentFile(stored(coverage)))] if coverage is not None else files


@dataclass(frozen=True, slots=True)
class _Packed:
    file: NewFile
    placement: Placement
    is_changed: bool  # smaller, or with a margin


def _packed(picture: Picture, limits: SendLimits, may_shrink: bool, place: int) -> _Packed:
    with _stored(picture) as content:
        judged = judge(content)
        need = needs(judged, limits)
        if need is None:
            return _Packed(_file(_stored(picture), judged.content_type, place), placement_of(judged.size, limits), is_changed=False)
        if (need.is_smaller or judged.size_bytes > (limits.bytes or MOST_BYTES)) and not may_shrink:
            raise TooLarge(" ".join(need.sentences))
        sent = shrink(open_upright(content), limits)
    is_changed = sent.placement.is_padded or (sent.placement.width, sent.placement.height) != judged.size
    if is_changed and not may_shrink and not sent.placement.is_padded:
        raise TooLarge(" ".join(need.sentences))
    return _Packed(_file(ContentFile(sent.body), sent.content_type, place), sent.placement, is_changed)


def _stored(picture: Picture) -> Any:
    """The file, opened for whoever closes it: the field itself has only one that all its users share."""
    return picture.file.storage.open(str(picture.file.name), "rb")


def _file(content: Any, content_type: str, place: int) -> NewFile:
    return NewFile("input", f"image-{place}.{ENDINGS.get(content_type, 'png')}", content_type, content)
