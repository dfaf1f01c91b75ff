"""The part of a text where words begin to stand, with the words to be marked as they are written there."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from apps.chat.words import DENSE, JOINERS, LONGEST_WORD, NO_LETTER_BEFORE, NO_LETTER_BEHIND, fold, is_whole

BEFORE, EXCERPT = 60, 220  # characters
STRETCH = 4000


def excerpt(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """Cut into pieces that are one of the words or not."""
    flat = unicodedata.normalize("NFC", " ".join(text.split()))
    marks = re.compile("|".join(_mark(word) for word in sorted(words, key=len, reverse=True)))
    first = next(_marked(flat, marks, 0, len(flat)), (0, 0))[0]
    begin = max(0, first - BEFORE)
    begin = flat.find(" ", begin) + 1 if begin and 0 <= flat.find(" ", begin) < first else begin
    end = min(len(flat), begin + EXCERPT)
    pieces, at = [("…", False)] if begin else [], begin
    for start, stop in _marked(flat, marks, begin, end):
        pieces += [(flat[at:start], False), (flat[start:stop], True)]
        at = stop
    pieces += [(flat[at:end], False), ("…" if end < len(flat) else "", False)]
    return [piece for piece in pieces if piece[0]]


def _marked(text: str, marks: re.Pattern[str], begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where words stand between two places, one stretch after the other: most long texts have one near their beginning."""
    at = begin
    for start in range(begin, end, STRETCH):
        around = max(0, start - LONGEST_WORD)  # a word may begin in the stretch before
        folded, places = with_places(text[around : min(end, start + STRETCH)])
        for mark in marks.finditer(folded):
            first, stop = around + places[mark.start()], around + max(places[mark.end() - 1] + 1, places[mark.end()])
            if first >= at:
                yield first, stop
                at = stop


def with_places(text: str) -> tuple[str, Sequence[int]]:
    """The text as words are compared, and for each of its letters, and its end, the place in the text that it comes from.

    Some letters fall apart ("ß"), and marks on letters go: so it is longer or shorter than the text.
    """
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    left_out = {joiner.start() for joiner in JOINERS.finditer(text)}
    parts = [(place, _letter(letter)) for place, letter in enumerate(text) if place not in left_out]
    places = [place for place, part in parts for _letter_of in part]
    return "".join(part for _place, part in parts), [*places, len(text)]


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    return fold(letter)


def _mark(word: str) -> str:
    """Dense scripts are found anywhere, others where a word begins, and a single letter as a word."""
    if re.match(f"[{DENSE}]", word):
        return re.escape(word)
    return NO_LETTER_BEFORE + re.escape(word) + (NO_LETTER_BEHIND if is_whole(word) else "")
