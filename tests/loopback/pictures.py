"""Pictures that the loopback provider makes: always the same for the same words, number and size."""

import functools
import hashlib
import io
import random
import struct
import zlib

from PIL import Image, ImageDraw

Size = tuple[int, int]
SHIFT = (1.02, 4)
"""How real models change the light of what they were not asked to change: each value times the first, plus the second."""
BOMB_SIDE = 20_000
TEXT = b"This is no picture. It only says that it is one."
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="window.owned = true"><script>window.owned = true</script></svg>'


def draw(words: str, number: int, size: Size, is_transparent: bool = False) -> Image.Image:
    """Two colours running into each other, with a shape in a third; RGBA with nothing around the shape where that was asked for."""
    chance = random.Random(f"{words}|{number}")
    top, bottom, shape = (tuple(chance.randrange(256) for _ in range(3)) for _ in range(3))
    run = Image.linear_gradient("L").resize(size)
    picture = Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), run)
    box = _box(chance, size)
    ImageDraw.Draw(picture).ellipse(box, fill=shape)
    if is_transparent:
        alpha = Image.new("L", size, 0)
        ImageDraw.Draw(alpha).ellipse(box, fill=255)
        picture.putalpha(alpha)
    return picture


def _box(chance: random.Random, size: Size) -> tuple[int, int, int, int]:
    width, height = size
    left, top = chance.randrange(width // 2), chance.randrange(height // 2)
    return left, top, left + width // 3, top + height // 3


def change(source: Image.Image, coverage: Image.Image | None, words: str, number: int, size: Size, *, exact: bool = False) -> Image.Image:
    """The source with something drawn where the coverage is 255; the light outside is a little off, unless `exact`.

    Without a coverage everything changes: source and drawing lie over each other.
    """
    source = source.convert("RGB").resize(size)
    drawn = draw(words, number, size)
    if coverage is None:
        return Image.blend(source, drawn, 0.5)
    factor, more = SHIFT
    outside = source if exact else source.point(lambda value: min(255, round(value * factor) + more))
    return Image.composite(drawn, outside, coverage.resize(size, Image.Resampling.NEAREST))


def clear_of(image: Image.Image) -> Image.Image:
    """255 where the alpha is 0, which is where a service may change the picture; 0 elsewhere."""
    return image.getchannel("A").point(lambda value: 255 if value == 0 else 0)


def vary(source: Image.Image, number: int, size: Size) -> Image.Image:
    """Mirrored, turned, or both, and with other colours."""
    turns = (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_90, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.ROTATE_180)
    red, green, blue = source.convert("RGB").resize(size).transpose(turns[number % len(turns)]).split()
    return Image.merge("RGB", (green, blue, red))


def encode(image: Image.Image, kind: str = "png", quality: int = 90) -> bytes:
    """As png, jpeg or webp."""
    target = io.BytesIO()
    image = image.convert("RGB") if kind == "jpeg" else image
    image.save(target, kind, **({"compress_level": 1} if kind == "png" else {"quality": max(quality, 1)}))
    return target.getvalue()


def sketch(body: bytes, step: int, steps: int) -> bytes:
    """What is seen of a picture before it is finished: the same size, coarse at first."""
    with Image.open(io.BytesIO(body)) as image:
        part = 2 ** (steps - step + 3)
        small = image.resize((max(1, image.width // part), max(1, image.height // part)))
        return encode(small.resize(image.size, Image.Resampling.NEAREST))


@functools.cache
def bomb() -> bytes:
    """A small PNG of 400 million pixels."""
    row, packer = b"\0" * (1 + BOMB_SIDE // 8), zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(BOMB_SIDE)) + packer.flush()
    head = struct.pack(">IIBBBBB", BOMB_SIDE, BOMB_SIDE, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def padded(body: bytes, size: int, seed: int) -> bytes:
    """The same PNG with a chunk that nobody reads, so that it has about so many bytes."""
    missing, block = max(0, size - len(body)), random.Random(seed).randbytes(65_536)
    more = (block * (missing // len(block) + 1))[:missing]
    return body[:-12] + _chunk(b"loOp", more) + body[-12:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
