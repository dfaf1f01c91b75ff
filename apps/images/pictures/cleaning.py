"""What is kept of an upload: its pixels, made into a new file.

Nothing that stood beside them (position, camera, comments, a second file before or behind the first) has a way into it. PNG keeps
every pixel. A picture that was lossy already stays small: an upright JPEG gets its own tables again, so that packing it a second
time changes next to nothing, and a lossy WebP without transparency becomes a JPEG.
"""

import io
import tempfile
from dataclasses import dataclass
from typing import IO, Any

from PIL import ImageFile, JpegImagePlugin

from apps.images.pictures.decoding import open_upright
from apps.images.pictures.encoding import JPEG, PNG, write
from apps.images.pictures.judging import Judged, judge, length_of, opened
from apps.images.pictures.thumbnails import thumbnail

_CHUNKS = 64  # a WebP has its pixels within the first few


@dataclass(frozen=True, slots=True)
class CleanCopy:
    """`file` is a temporary one, at its beginning, gone once it is closed. `thumbnail` is WebP. `source` is what was uploaded."""

    file: IO[bytes]
    content_type: str
    width: int
    height: int
    size_bytes: int
    thumbnail: bytes
    source: Judged


def clean_copy(file: IO[bytes]) -> CleanCopy:
    """The first picture of an upload, upright, in sRGB, without metadata. Raises Unusable, and then leaves nothing behind."""
    judged = judge(file)
    settings = _jpeg_settings(file, judged)
    image = open_upright(file)
    content_type = JPEG if settings and image.mode == "RGB" else PNG
    if settings.pop("is_grey", False):
        image = image.convert("L")
    target = tempfile.TemporaryFile()  # noqa: SIM115  it is handed over
    try:
        write(image, target, content_type, **settings)
        size_bytes = length_of(target)
        return CleanCopy(target, content_type, *image.size, size_bytes, thumbnail(image), judged)
    except BaseException:
        target.close()
        raise


def _jpeg_settings(file: IO[bytes], judged: Judged) -> dict[str, Any]:
    """How to pack it as JPEG; empty for what PNG keeps better."""
    if judged.format == "WEBP":
        return {"quality": 95, "subsampling": 2} if _is_lossy_webp(file) else {}
    if judged.format != "JPEG":
        return {}
    with opened(file) as source:
        return _as_it_was_packed(source, judged)


def _as_it_was_packed(source: ImageFile.ImageFile, judged: Judged) -> dict[str, Any]:
    sampling = max(0, JpegImagePlugin.get_sampling(source))
    settings: dict[str, Any] = {"subsampling": sampling, "is_grey": judged.mode == "L"}
    tables = getattr(source, "quantization", None)
    if judged.orientation == 1 and judged.mode in ("L", "RGB") and tables:
        return {**settings, "qtables": tables}
    if judged.orientation > 4 and sampling == 1:  # colours at half width would lie across
        settings["subsampling"] = 0
    return {**settings, "quality": 95}


def _is_lossy_webp(file: IO[bytes]) -> bool:
    at = 12
    for _chunk in range(_CHUNKS):
        file.seek(at)
        head = file.read(8)
        kind, length = head[:4], int.from_bytes(head[4:], "little")
        if kind == b"ANMF":
            file.seek(16, io.SEEK_CUR)
            kind = file.read(4)
        if kind in (b"VP8 ", b"VP8L") or len(head) < 8:
            return kind == b"VP8 "
        at += 8 + length + length % 2
    return False
