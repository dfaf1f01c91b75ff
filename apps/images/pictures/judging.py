"""What an uploaded file is: told by its content, never by its name, and before a pixel is decoded.

Each call opens the file anew and leaves it open, at its beginning. Nothing is written anywhere.
"""

import contextlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, cast

from django.utils.translation import gettext as _
from PIL import BmpImagePlugin, GifImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from apps.images.pictures.kinds import CONTENT_TYPES, HEAD, kind_of, name_of, refusal
from apps.images.pictures.reading import MOST_EXIF, CountedReads, check_segments
from apps.images.pictures.unusable import Unusable, damaged, measure, too_intricate

__all__ = ["LONGEST_EDGE", "MOST_BYTES", "MOST_PIXELS", "Judged", "Unusable", "judge", "opened"]

MOST_BYTES = 50 * 1024 * 1024
MOST_PIXELS = 52_000_000  # what cameras of 50 megapixels make; 200 MB of memory
MOST_WEBP_PIXELS = MOST_PIXELS // 2  # its reader keeps two more copies of the picture
LONGEST_EDGE = 16_384
MOST_FRAMES = 9_999  # a file may say that it holds more

# Pillow's own limit holds for the whole process. It is an error from twice this number on, and a warning below, which says nothing here.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
ImageFile.LOAD_TRUNCATED_IMAGES = False
PngImagePlugin.MAX_TEXT_MEMORY = 8 * 1024 * 1024
# Imported here so that opening never loads all the other readers.
_READERS = (BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
_ORIENTATION = 0x0112
_RUN_LENGTHS = (1, 2)  # ways to pack a BMP


@dataclass(frozen=True, slots=True)
class Judged:
    """`width` and `height` in pixels as a person sees it, after turning. `mode` is Pillow's name of what the file holds."""

    format: str
    content_type: str
    mode: str
    width: int
    height: int
    frames: int  # how many pictures the file holds, as far as they were counted; the first is taken
    size_bytes: int
    has_alpha: bool
    orientation: int  # 1 to 8 as in EXIF; 1 is upright

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def is_animated(self) -> bool:
        return self.frames > 1


def judge(file: IO[bytes]) -> Judged:
    """What the file is, without decoding it. Raises Unusable. Whether its end is missing shows only when it is decoded."""
    size_bytes = length_of(file)
    with opened(file) as image:
        kind, orientation = format_of(image), orientation_of(image)
        width, height = reversed(image.size) if orientation >= 5 else image.size
        return Judged(
            kind,
            CONTENT_TYPES[kind],
            image.mode,
            width,
            height,
            frames=_frames(image),
            size_bytes=size_bytes,
            has_alpha=image.has_transparency_data,
            orientation=orientation,
        )


@contextlib.contextmanager
def opened(file: IO[bytes]) -> Iterator[ImageFile.ImageFile]:
    """The picture, judged and not yet decoded. What goes wrong inside, decoding too, is raised as Unusable."""
    kind = _kind(file)
    with _told(kind):
        if kind == "JPEG":
            check_segments(file)
        with Image.open(cast("IO[bytes]", CountedReads(file)), formats=(kind,)) as image:
            _check(image, kind)
            yield image
    file.seek(0)


def length_of(file: IO[bytes]) -> int:
    """Bytes. Leaves the file at its beginning."""
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    return length


def format_of(image: Image.Image) -> str:
    """A key of `CONTENT_TYPES`. Photos of some phones hold a second one for depth and are called MPO."""
    return "JPEG" if image.format == "MPO" else str(image.format)


def orientation_of(image: ImageFile.ImageFile) -> int:
    """1 to 8, from EXIF that stands before the pixels: browsers look nowhere else."""
    exif = image.info.get("exif")
    if not isinstance(exif, bytes) or len(exif) > MOST_EXIF:
        return 1
    tags = Image.Exif()
    try:
        tags.load(exif)
        found = tags.get(_ORIENTATION, 1)
    except Exception:  # whatever is wrong with it, the picture is not
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _kind(file: IO[bytes]) -> str:
    length = length_of(file)
    if length == 0:
        raise Unusable("empty", _("This file is empty. Upload another copy."))
    if length > MOST_BYTES:
        told = {"size": f"{length / 2**20:,.1f}", "most": f"{MOST_BYTES / 2**20:,.0f}"}
        raise Unusable("too_large", _("This file has %(size)s MB. Upload one of %(most)s MB at most.") % told)
    kind = kind_of(file.read(HEAD))
    file.seek(0)
    if kind not in CONTENT_TYPES:
        raise Unusable(kind.lower().replace(" ", "_") or "unknown", refusal(kind))
    return kind


@contextlib.contextmanager
def _told(kind: str) -> Iterator[None]:
    """Whatever Pillow raises, as Unusable."""
    try:
        yield
    except Unusable:
        raise
    except Image.DecompressionBombError:
        raise _too_many_pixels(kind) from None
    except MemoryError:
        raise Unusable("too_large", _("This picture needs more memory than there is. Make it smaller first.")) from None
    except Exception as problem:  # Pillow's readers raise nearly every kind
        raise (too_intricate() if "MAX_TEXT" in str(problem) else damaged(name_of(kind))) from problem


def _check(image: ImageFile.ImageFile, kind: str) -> None:
    if max(image.size) > LONGEST_EDGE:
        told = {"measure": measure(image.size), "most": f"{LONGEST_EDGE:,}"}
        raise Unusable("too_large", _("This picture has %(measure)s pixels. An edge may have %(most)s. Make it smaller first.") % told)
    if image.width * image.height > _most_pixels(kind):
        raise _too_many_pixels(kind)
    if kind == "BMP" and image.info.get("compression") in _RUN_LENGTHS:  # read in Python, for seconds
        raise Unusable("old_bmp", _("This BMP file is packed in a way that is not read here. Save it as PNG first."))


def _most_pixels(kind: str) -> int:
    return MOST_WEBP_PIXELS if kind == "WEBP" else MOST_PIXELS


def _too_many_pixels(kind: str) -> Unusable:
    told = {"most": _most_pixels(kind) // 1_000_000}
    return Unusable("too_large", _("This picture has more than %(most)s million pixels. Make it smaller first.") % told)


def _frames(image: ImageFile.ImageFile) -> int:
    if format_of(image) == "JPEG":
        return 1
    try:
        return min(max(1, int(getattr(image, "n_frames", 1))), MOST_FRAMES)
    except Exception:  # there is a second one, and it is damaged or one of very many
        return 2
