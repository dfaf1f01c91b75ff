"""What runs in the child: one job on standard input, one answer on standard output, both JSON.

    {"what": "picture" | "pdf", "path": …, "target": …}      {"width": …, "height": …, "pages": …}
                                                            {"unreadable": "damaged"}

The pipe of standard input stays open: when it closes the parent is gone, however it died, and so is this process.
"""

import contextlib
import json
import os
import pathlib
import resource
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from PIL import Image, ImageOps

POLITENESS: Final = 10
MOST_MEMORY: Final = 2 * 1024**3
MOST_SECONDS: Final = 20  # of a processor
MOST_FILE: Final = 16 * 1024**2  # that it writes
LIMITS: Final = (
    (resource.RLIMIT_AS, MOST_MEMORY),
    (resource.RLIMIT_CPU, MOST_SECONDS),
    (resource.RLIMIT_FSIZE, MOST_FILE),
    (resource.RLIMIT_CORE, 0),
)
FORMATS: Final = ("PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP")
MOST_PIXELS: Final = 52_000_000  # as the gallery takes them
LONGEST_EDGE: Final = 16_384
LONGEST: Final = 640  # pixels of what is drawn
Job = Mapping[str, Any]
Answer = dict[str, Any]


class Unreadable(Exception):
    """`args[0]` is one of the kinds of `process`."""


def main() -> int:
    _limit()
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.write(json.dumps(_answer(job)))
    sys.stdout.flush()
    return 0


def _answer(job: Job) -> Answer:
    try:
        return JOBS[job["what"]](job)
    except Unreadable as error:
        return {"unreadable": error.args[0]}
    except MemoryError:
        return {"unreadable": "too_large"}
    except Exception as error:  # readers raise nearly every kind
        return {"unreadable": "damaged", "said": f"{type(error).__name__}: {error}"[:500]}


def _limit() -> None:
    os.nice(POLITENESS)
    for what, most in LIMITS:
        _soft, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or hard > most:
            with contextlib.suppress(OSError, ValueError):  # macOS knows a limit of memory, and takes none
                resource.setrlimit(what, (most, most))


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


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
