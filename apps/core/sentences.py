"""Text cut into sentences, in time that grows with its length alone, whatever stands in it. Pure."""

import re
from collections.abc import Iterator
from typing import Final

# A row of marks is tried once, from its first one: tried from each of them, a page of dots would take minutes.
_MARKS: Final = r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s|\Z)|[。！？]++[」』”]*+"
_ENDS: Final = {1: re.compile(rf"{_MARKS}|\n"), 2: re.compile(rf"{_MARKS}|\n\n")}
_BREAKS: Final = (", ", "; ", "、", "，", "\n", " ")  # where a long one may be cut, the better place first


def sentences(text: str, *, longest: int, line_breaks: int = 1) -> Iterator[str]:
    """The sentences, none of them empty or of more than `longest` characters. Joined they are the text, but for blanks between them.

    `line_breaks`: so many in a row (1 or 2) end a sentence too.
    """
    start = 0
    for end in _ENDS[line_breaks].finditer(text):
        yield from _pieces(text, start, end.end(), longest)
        start = end.end()
    yield from _pieces(text, start, len(text), longest)


def _pieces(text: str, start: int, end: int, longest: int) -> Iterator[str]:
    while end - start > longest:
        least, most = start + longest // 3, start + longest
        places = (place + len(mark) for mark in _BREAKS if (place := text.rfind(mark, least, most)) > 0)
        at = next(places, most)
        yield from _stripped(text[start:at])
        start = at
    yield from _stripped(text[start:end])


def _stripped(piece: str) -> Iterator[str]:
    if piece := piece.strip():
        yield piece
