"""A file, one line after the other, with constant memory."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

LONGEST: Final = 16 * 1024 * 1024  # bytes of a line: ten pictures are links, or they are too many
SKIP: Final = 1024 * 1024
# How a file begins whose letters have two or four bytes: with a mark, or with a bracket that has a zero beside it.
WIDE: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: it begins alike
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"{\x00", "utf-16-le"),
    (b"\x00{", "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts from 1, `start` is the place of its first byte. `body` is without its end; None for one that is too long."""

    number: int
    start: int
    size: int
    body: bytes | None
    is_crlf: bool = False
    has_bom: bool = False


def wide_encoding(head: bytes) -> str:
    """A name that Python knows, or "" for what is written in single bytes or UTF-8."""
    return next((name for beginning, name in WIDE if head.startswith(beginning)), "")


def lines(source: BinaryIO, longest: int = LONGEST) -> Iterator[Line]:
    """All lines, also empty ones. `source` has a `readline`, and stands at its beginning."""
    start, number = 0, 0
    while raw := source.readline(longest + 2):
        number += 1
        if len(raw) > longest and not raw.endswith(b"\n"):
            size = len(raw) + _skip(source)
            yield Line(number, start, size, None)
        else:
            size = len(raw)
            yield _line(number, start, raw)
        start += size


def _line(number: int, start: int, raw: bytes) -> Line:
    body = raw[:-1] if raw.endswith(b"\n") else raw
    is_crlf = body.endswith(b"\r")
    has_bom = number == 1 and body.startswith(codecs.BOM_UTF8)
    if is_crlf:
        body = body[:-1]
    while has_bom and body.startswith(codecs.BOM_UTF8):
        body = body[len(codecs.BOM_UTF8) :]
    return Line(number, start, len(raw), body, is_crlf, has_bom)


def _skip(source: BinaryIO) -> int:
    """To the end of the line; how many bytes that was."""
    size = 0
    while piece := source.readline(SKIP):
        size += len(piece)
        if piece.endswith(b"\n"):
            break
    return size
