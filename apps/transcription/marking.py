"""Text with marks in it as HTML: words that a model was not sure of, and what somebody looks for. And places as scripts count them."""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any, Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.transcription.subtitles.aligning import places

UNSURE: Final = 0.5  # a likelihood below it
Span = tuple[int, int]
Doubt = tuple[int, int, float]  # from, up to, how sure the model was: 0 to 1


def finder(words: str) -> re.Pattern[str] | None:
    """What is looked for, in any case and with any blanks; None where nothing is."""
    parts = words.split()
    return re.compile(r"\s+".join(map(re.escape, parts)), re.IGNORECASE) if parts else None


def unsure_in(text: str, words: Sequence[Sequence[Any]]) -> list[Doubt]:
    """Words that the model was not sure of and that nobody has changed."""
    if not any(_is_unsure(word) for word in words):
        return []
    spans = zip(places(text, words), words, strict=True)
    return [(*place, float(word[3])) for place, word in spans if place is not None and _is_unsure(word)]


def _is_unsure(word: Sequence[Any]) -> bool:
    return len(word) > 3 and isinstance(word[3], int | float) and word[3] < UNSURE


def marked(text: str, unsure: Iterable[Doubt], hits: Iterable[Span]) -> SafeString:
    """Escaped. Marks may cross: each piece has those that it is in."""
    doubts, found = list(unsure), list(hits)
    if not doubts and not found:
        return escape(text)
    spans = [*found, *((begin, end) for begin, end, _sure in doubts)]
    edges = sorted({0, len(text), *(edge for span in spans for edge in span)})
    pieces = []
    for begin, end in pairwise(edges):
        sure = next((sure for left, right, sure in doubts if left <= begin and end <= right), None)
        is_hit = any(left <= begin and end <= right for left, right in found)
        pieces.append(_piece(escape(text[begin:end]), sure, is_hit=is_hit))
    return mark_safe("".join(pieces))  # noqa: S308 -- every piece is escaped


def _piece(text: str, sure: float | None, *, is_hit: bool) -> str:
    if sure is not None:
        text = f'<u class="unsure" title="{escape(_sure_words(sure))}">{text}</u>'
    return f'<mark class="hit">{text}</mark>' if is_hit else text


def _sure_words(sure: float) -> str:
    """`43 % sure`. The style sheet gives it to screen readers too, which costs no node for each word."""
    percent = round(100 * sure)
    return _("%(n)s %% sure") % {"n": percent} if percent > 0 else _("under 1 % sure")


def word_times(text: str, words: Sequence[Sequence[Any]], start: float) -> str:
    """Where each word begins and when, each as a step from the one before: letters as scripts count them, and hundredths of a second.

    `0 0 4 25 6 31`: the first word at once, the second four letters and a quarter of a second later.
    """
    found = [(place[0], float(word[1])) for place, word in zip(places(text, words), words, strict=True) if place is not None]
    count = _units(text)
    steps, at, time = [], 0, round(start * 100)
    for offset, second in found:
        here, now = (count[offset] if count else offset), max(round(second * 100), time)
        steps.append(f"{here - at} {now - time}")
        at, time = here, now
    return " ".join(steps)


def _units(text: str) -> list[int]:
    """For each letter how many units of UTF-16 stand before it; empty where each is one."""
    if text.isascii() or all(letter <= "\uffff" for letter in text):
        return []
    return list(accumulate((2 if letter > "\uffff" else 1 for letter in text), initial=0))
