"""Mends what can be mended without knowing what is meant: marks, line ends, empty lines, another encoding. No letter of a text changes."""

import codecs
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from jsonl.lines import wide_encoding

FIXES: Final = {
    "utf16": "UTF-16, or UTF-32, becomes UTF-8",
    "bom": "the invisible mark at the beginning goes",
    "crlf": "line ends of Windows become plain ones",
    "blank": "empty lines go, and the last line ends",
}
PIECE: Final = 256 * 1024
MOST_BLANK: Final = 64 * 1024  # more spaces than that are no empty line


@dataclass(slots=True)
class Fixed:
    """What was done, in numbers. `size`: bytes that were written."""

    utf16: int = 0
    bom: int = 0
    crlf: int = 0
    blank: int = 0
    size: int = 0


def fix(source: BinaryIO, write: Callable[[bytes], object], fixes: Collection[str] = tuple(FIXES)) -> Fixed:
    """All of `source`, which stands at its beginning, goes to `write` in pieces. Twice is the same as once.

    Raises UnicodeDecodeError for what calls itself UTF-16 and is not, and what `source` and `write` raise.
    """
    fixed = Fixed()
    for piece in _lines(_unmarked(_decoded(source, fixes, fixed), fixes, fixed), fixes, fixed):
        if piece:
            write(piece)
            fixed.size += len(piece)
    return fixed


def _decoded(source: BinaryIO, fixes: Collection[str], fixed: Fixed) -> Iterator[bytes]:
    """The bytes in pieces, in UTF-8 where that is wished."""
    piece = source.read(PIECE)
    encoding = wide_encoding(piece) if "utf16" in fixes else ""
    if encoding:
        fixed.utf16 = 1
        decoder = codecs.getincrementaldecoder(encoding)()
        while piece:
            yield decoder.decode(piece).encode()
            piece = source.read(PIECE)
        yield decoder.decode(b"", final=True).encode()
        return
    while piece:
        yield piece
        piece = source.read(PIECE)


def _unmarked(pieces: Iterator[bytes], fixes: Collection[str], fixed: Fixed) -> Iterator[bytes]:
    """Without the mark at the beginning; programs that add one to a file that has one exist."""
    for piece in pieces:
        rest = piece
        while "bom" in fixes and rest.startswith(codecs.BOM_UTF8):
            fixed.bom = 1
            rest = rest[len(codecs.BOM_UTF8) :]
        if rest:
            yield rest
            break
    yield from pieces


def _lines(pieces: Iterator[bytes], fixes: Collection[str], fixed: Fixed) -> Iterator[bytes]:
    """A line may be longer than any memory: only what may still be an empty line, or the beginning of a line end, is held back."""
    held, is_begun = b"", False  # of the line that is open: spaces that may be all of it; whether more than these came
    for piece in pieces:
        parts = (held + piece).split(b"\n")
        held = b""
        for number, part in enumerate(parts):
            is_ended = number < len(parts) - 1
            if is_ended:
                yield _ended(part, fixes, fixed, is_begun=is_begun)
                is_begun = False
            elif not part.strip() and not is_begun and len(part) <= MOST_BLANK:
                held = part
            else:
                held = part[-1:] if part.endswith(b"\r") else b""
                is_begun = is_begun or bool(part)
                yield part[: len(part) - len(held)]
    yield _last(held, fixes, fixed, is_begun=is_begun)


def _ended(part: bytes, fixes: Collection[str], fixed: Fixed, *, is_begun: bool) -> bytes:
    if "blank" in fixes and not is_begun and not part.strip():
        fixed.blank += 1
        return b""
    if "crlf" in fixes and part.endswith(b"\r"):
        fixed.crlf += 1
        return part[:-1] + b"\n"
    return part + b"\n"


def _last(held: bytes, fixes: Collection[str], fixed: Fixed, *, is_begun: bool) -> bytes:
    """What stands behind the last line end."""
    if not is_begun:
        if "blank" in fixes and held:
            fixed.blank += 1
            return b""
        return held
    if "crlf" in fixes and held == b"\r":
        fixed.crlf += 1
        held = b""
    return held + (b"\n" if "blank" in fixes else b"")
