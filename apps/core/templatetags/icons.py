"""Icons, each drawn once in a process: the package copies and writes XML for every one of the hundreds on a long page."""

import functools

from django import template
from lucide.templatetags.lucide import lucide as draw

register = template.Library()
drawn = functools.lru_cache(maxsize=2000)(draw)


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: str) -> str:
    """`{% lucide "plus" size=16 class="i" aria_hidden="true" %}`, as the tag of the package."""
    return drawn(name, size=size, **attributes)
