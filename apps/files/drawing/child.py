"""What runs in the child (`apps.core.aside_child`).

{"what": "picture" | "pdf", "path": …, "target": …}      {"width": …, "height": …, "pages": …}
                                                        {"unreadable": "damaged"}
"""

import pathlib
from collections.abc import Callable, Mapping
from typing import Final

from PIL import Image, ImageOps

from apps.core.aside_child import Answer, Job, Unreadable, serve

FORMATS: Final = ("PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP")
MOST_PIXELS: Final = 52_000_000  # as the gallery takes them
LONGEST_EDGE: Final = 16_384
LONGEST: Final = 640  # pixels of what is drawn


def main() -> int:
    return serve(lambda job: JOBS[job["what"]](job))


# --- Pictures ------------------------------------------------------------------------------------
def _picture(job: Job) -> Answer:
    Image.MAX_IMAGE_PIXELS = None  # judged below, before a pixel is decoded
    with Image.open(job["path"], formats=FORMATS) as source:
        if max(source.size) > LONGEST_EDGE or source.width * source.height > MOST_PIXELS:
            raise Unreadable("too_large")
        turned = source.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        width, height = reversed(source.size) if turned else source.size
        source.draft("RGB", (2 * LONGEST, 2 * LONGEST))
        _save(_flat(ImageOps.exif_transpose(source)), job["target"])
    return {"width": width, "height": height}


def _flat(image: Image.Image) -> Image.Image:
    has_alpha = image.has_transparency_data
    return image.convert("RGBA" if has_alpha else "RGB")


def _save(image: Image.Image, target: str) -> None:
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    image.save(target, "WEBP", quality=80)


# --- PDF -----------------------------------------------------------------------------------------
def _pdf(job: Job) -> Answer:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pathlib.Path(job["path"]))
    except pypdfium2.PdfiumError as error:
        raise Unreadable("locked" if "password" in str(error).lower() else "damaged") from None
    pages = len(document)
    if not pages:
        raise Unreadable("damaged")
    page = document[0]
    width, height = page.get_size()  # points; a page may say that it is kilometres long
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise Unreadable("too_large")
    _save(page.render(scale=LONGEST / max(width, height)).to_pil().convert("RGB"), job["target"])
    return {"pages": pages}


JOBS: Final[Mapping[str, Callable[[Job], Answer]]] = {"picture": _picture, "pdf": _pdf}
