"""Numbers of settings in words: `{% load settings %}`."""

from typing import Any

from django import template

register = template.Library()
WORDS_PER_TOKEN = 0.75


@register.filter
def words(tokens: Any) -> str:
    """Tokens as words, rounded as the script does it while the slider moves."""
    return f"{round(int(tokens) * WORDS_PER_TOKEN / 10) * 10:,}"


@register.filter
def plain(number: Any) -> str:
    """A number as a form control writes it, in every language: `0.7`, `1`."""
    if isinstance(number, float):
        return f"{number:.4f}".rstrip("0").rstrip(".")
    return "" if number is None else str(number)
