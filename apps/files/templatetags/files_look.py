"""What was found of a file, for the panel and the pages: `{% load files_look %}`."""

from collections.abc import Mapping
from typing import Any

from django import template

from apps.files import editing, pricing, reporting
from apps.files.models import File
from apps.files.previewing import Preview, preview_of
from apps.files.starters import STARTERS, Starter

register = template.Library()


@register.simple_tag(takes_context=True)
def previewed(context: Mapping[str, Any], file: File) -> Preview:
    """What of it is shown. `asked` of the context says which part, where somebody went on from the first."""
    return preview_of(file, context.get("asked"))


@register.simple_tag
def checked(file: File) -> reporting.Checked:
    """What the last check found, in words."""
    return reporting.checked(file)


@register.simple_tag(takes_context=True)
def passed(context: Mapping[str, Any], file: File) -> pricing.Pass | None:
    """What one pass over it costs, with the base model that `asked` of the context names."""
    return pricing.pass_of(file, context["membership"], (context.get("asked") or {}).get("base", ""))


@register.simple_tag
def starters() -> tuple[Starter, ...]:
    """Files that anybody may begin with."""
    return STARTERS


@register.filter
def earlier(file: File) -> str:
    """Ids of the files that it took the place of."""
    return " ".join(editing.earlier(file))
