"""Pictures that are to be checked: judged by their content, and written anew, so that nothing else goes along.

What is stored is what is sent and what is shown: upright, without places and names, at most EDGE pixels long.
"""

import io
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_PIXELS: Final = 60_000_000
EDGE: Final = 2048
QUALITY: Final = 90
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
JPEG: Final = "image/jpeg"


class Unusable(Exception):
    """This picture cannot be checked. The text is a sentence that names it."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A JPEG."""

    content: ContentFile  # type: ignore[type-arg]
    width: int
    height: int


def ready(file: "File[Any]", name: str) -> Ready:
    """Raises Unusable."""
    told = {"name": name[:80]}
    if not file.size:
        raise Unusable(_("The file “%(name)s” is empty.") % told)
    if file.size > MOST_BYTES:
        raise Unusable(_("The file “%(name)s” is larger than 20 MB. Make it smaller and choose it again.") % told)
    try:
        file.seek(0)
        with Image.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unusable(_("The picture “%(name)s” has more than 60 million pixels. Make it smaller and choose it again.") % told)
            picture.draft("RGB", (EDGE, EDGE))  # JPEG is decoded no larger than needed
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((EDGE, EDGE))
            return _written(_on_white(upright))
    except Unusable:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError) as error:
        sentence = _("The file “%(name)s” is no picture that can be read. PNG, JPEG, WebP and GIF can be checked.")
        raise Unusable(sentence % told) from error


def _on_white(picture: Image.Image) -> Image.Image:
    """A picture that can be seen through stands on white, as on a page."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        page = Image.new("RGBA", seen.size, "white")
        page.alpha_composite(seen)
        return page.convert("RGB")
    return picture.convert("RGB")


def _written(picture: Image.Image) -> Ready:
    page = io.BytesIO()
    picture.save(page, "JPEG", quality=QUALITY)
    return Ready(ContentFile(page.getvalue()), picture.width, picture.height)
