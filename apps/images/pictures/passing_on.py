"""A picture as it is passed on to a model that looks at it: a new file that holds its pixels and nothing else, no larger than needed.

What was without loss stays PNG while that is small; a photo is a JPEG, and so is everything that would be large.
"""

from dataclasses import dataclass
from typing import IO

from apps.images.pictures.decoding import open_upright
from apps.images.pictures.encoding import JPEG, PNG, encode
from apps.images.pictures.judging import judge
from apps.images.pictures.thumbnails import smaller, thumbnail

MOST_PNG = 2 * 1024 * 1024  # bytes
QUALITY = 90


@dataclass(frozen=True, slots=True)
class PassedOn:
    """`frames`: how many pictures the file holds; the first was taken. `thumbnail` is WebP."""

    body: bytes
    content_type: str
    width: int
    height: int
    thumbnail: bytes
    frames: int


def pass_on(file: IO[bytes], longest: int) -> PassedOn:
    """Upright, in sRGB, without metadata, with no edge above `longest` pixels. Raises Unusable."""
    judged = judge(file)
    image = smaller(open_upright(file, near=longest), longest)
    body, content_type = b"", JPEG
    if judged.format != "JPEG":
        body, content_type = encode(image, PNG), PNG
    if not body or len(body) > MOST_PNG:
        body, content_type = encode(image, JPEG, QUALITY), JPEG
    return PassedOn(body, content_type, *image.size, thumbnail(image), judged.frames)
