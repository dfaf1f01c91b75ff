"""Small pictures for pages."""

import io
from typing import IO

from PIL import Image

from apps.images.pictures.decoding import open_upright
from apps.images.pictures.encoding import WEBP, encode

LONGEST = 512  # pixels
LONGEST_PARTIAL = 768


def thumbnail(picture: Image.Image | IO[bytes], longest: int = LONGEST) -> bytes:
    """WebP with no edge above `longest`, never larger than the picture. Raises Unusable for a file."""
    image = picture if isinstance(picture, Image.Image) else open_upright(picture, near=2 * longest)
    return encode(smaller(image, longest), WEBP, quality=80)


def preview_of_partial(body: bytes) -> bytes:
    """WebP of a picture that a stream sent before its last one. Raises Unusable."""
    return thumbnail(io.BytesIO(body), LONGEST_PARTIAL)


def smaller(image: Image.Image, longest: int) -> Image.Image:
    """The image itself, or a copy with its longest edge at `longest`."""
    if max(image.size) <= longest:
        return image
    factor = longest / max(image.size)
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
