"""The files of the pictures that a request asks for."""

import asyncio
import functools

from PIL import Image

from tests.loopback import pictures
from tests.loopback.picture_asks import PictureAsk


async def make(ask: PictureAsk) -> list[bytes]:
    """The files of the pictures that were asked for, made off the loop."""
    return await asyncio.to_thread(make_now, ask)


def make_now(ask: PictureAsk) -> list[bytes]:
    if ask.act == "generations":
        is_transparent = ask.values.get("background") == "transparent"
        return [drawn(ask.prompt, number, ask.size, is_transparent, ask.format, quality_of(ask)) for number in range(ask.n)]
    with ask.images[0].open() as source:
        if ask.act == "variations":
            made = [pictures.vary(source, number, ask.size) for number in range(ask.n)]
        else:
            coverage = coverage_of(ask, source)
            is_exact = ask.name == "exact"
            made = [pictures.change(source, coverage, ask.prompt, number, ask.size, exact=is_exact) for number in range(ask.n)]
    return [pictures.encode(each, ask.format, quality_of(ask)) for each in made]


def quality_of(ask: PictureAsk) -> int:
    return int(ask.values.get("output_compression", 90))


def coverage_of(ask: PictureAsk, source: Image.Image) -> Image.Image | None:
    """Where the picture may change. DALL·E 2 takes the picture's own transparency for a mask."""
    if ask.mask is not None:
        with ask.mask.open() as mask:
            return pictures.clear_of(mask)
    return pictures.clear_of(source) if ask.is_legacy and source.mode in ("RGBA", "LA") else None


@functools.lru_cache(maxsize=40)
def drawn(words: str, number: int, size: pictures.Size, is_transparent: bool, kind: str, quality: int) -> bytes:
    return pictures.encode(pictures.draw(words, number, size, is_transparent), kind, quality)
