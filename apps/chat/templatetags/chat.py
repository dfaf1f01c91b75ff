"""Numbers of the chat's settings in words: `{% load chat %}`."""

from typing import Any

from django import template

register = template.Library()
WORDS_PER_TOKEN = 0.75
WORDS_PER_PAGE = 500


def rounded(number: float) -> int:
    """Two digits that count: an estimate does not look like a measurement."""
    whole = int(number)
    unit: int = 10 ** max(0, len(str(whole)) - 2)
    return round(whole / unit) * unit


@register.filter
def words(tokens: Any) -> str:
    """Tokens as words, rounded as the script does it while the slider moves."""
    return f"{round(int(tokens) * WORDS_PER_TOKEN / 10) * 10:,}"


@register.filter
def pages(tokens: int) -> str:
    return f"{max(1, rounded(tokens * WORDS_PER_TOKEN / WORDS_PER_PAGE)):,}"


@register.filter
def plain(number: Any) -> str:
    """A number as a form control writes it, in every language: `0.7`, `1`."""
    if isinstance(number, float):
        return f"{number:.4f}".rstrip("0").rstrip(".")
    return "" if number is None else str(number)
