"""Letters as they are seen: how wide a text is, and where it may be cut.

A letter of Chinese, Japanese or Korean is two wide, a mark above or below a letter has no width. Text without blanks may be cut
between its letters, but not so that a line begins with a full stop or ends with an opening bracket.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_WIDE: Final = frozenset("WF")
_MARKS: Final = frozenset("、。，．・：；？！ー゛゜ヽヾゝゞ々〜～）］｝」』】〉》〕’”…‥%),.:;?!]}»›")
_SMALL: Final = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ")
_NOT_FIRST: Final = _MARKS | _SMALL
_NOT_LAST: Final = frozenset("（［｛「『【〈《〔‘“([{«‹¿¡$£¥€")
_JOINER: Final = "\u200d"
_CUT_AFTER: Final = re.compile(r"(?<=\w[-‐–—/_&=?])(?=\w)")  # a long word may be cut behind these
_LONG: Final = 16  # characters from which a word is cut there
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Unit:
    """What is never cut: its place in the text, its width, and the width of the blank before it."""

    begin: int
    end: int
    width: int
    gap: int


def clean(text: str) -> str:
    """One line: every kind of break and blank is one blank, what cannot be seen or written is gone."""
    text = _SURROGATES.sub("", text)
    line = " ".join(text.split())
    if line.isprintable():
        return line
    kept = "".join(letter for letter in line if letter.isprintable() or unicodedata.category(letter) in ("Cf", "Co"))
    return " ".join(kept.split())


def width(text: str) -> int:
    return len(text) if text.isascii() else sum(width_of(letter) for letter in text)


def width_of(letter: str) -> int:
    if letter.isascii():
        return 1
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in _WIDE else 1


def is_unspaced(letter: str) -> bool:
    """A letter of a writing that has no blanks between its words."""
    if letter.isascii():
        return False
    return unicodedata.east_asian_width(letter) in _WIDE or "\u0e00" <= letter <= "\u0eff" or "\u1780" <= letter <= "\u17ff"


def cuts(text: str) -> list[int]:
    """Where this text may be cut: the beginning of each unit but the first, and the end."""
    return [*(unit.begin for unit in units(text)[1:]), len(text)]


def units(text: str) -> list[Unit]:
    """The text in units, in order; blanks between them belong to none."""
    found: list[Unit] = []
    end = 0
    for word in re.finditer(r"\S+", text):
        for begin, stop in _pieces(word.group(), word.start()):
            gap = begin - end if found else 0
            found.append(Unit(begin, stop, width(text[begin:stop]), gap))
            end = stop
    return found


def _pieces(word: str, at: int) -> list[tuple[int, int]]:
    if word.isascii() and len(word) < _LONG:
        return [(at, at + len(word))]
    places = [0, *(place for place in range(1, len(word)) if _may_cut(word, place)), len(word)]
    return [(at + begin, at + end) for begin, end in pairwise(places)]


def _may_cut(word: str, at: int) -> bool:
    before, after = word[at - 1], word[at]
    if _JOINER in (before, after) or (not after.isascii() and width_of(after) == 0) or 0x1F3FB <= ord(after) <= 0x1F3FF:
        return False
    if is_unspaced(before) or is_unspaced(after):
        return after not in _NOT_FIRST and before not in _NOT_LAST and not _is_half_flag(word, at)
    return len(word) >= _LONG and _CUT_AFTER.search(word, at - 2 if at >= 2 else 0, at + 1) is not None and before in "-‐–—/_&=?"


def _is_half_flag(word: str, at: int) -> bool:
    """Two signs of a region make one flag."""
    count = 0
    while count < at and 0x1F1E6 <= ord(word[at - 1 - count]) <= 0x1F1FF:
        count += 1
    return count % 2 == 1 and 0x1F1E6 <= ord(word[at]) <= 0x1F1FF
