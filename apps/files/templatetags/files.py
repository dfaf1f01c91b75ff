"""How files are told on pages."""

from collections.abc import Mapping
from typing import Any

from django import template

from apps.files import telling
from apps.files.models import File
from apps.files.purposes import title_of
from apps.files.removing import KEPT

register = template.Library()
register.filter("purpose_title", title_of)
register.filter("place", telling.place_of)
register.filter("file_icon", telling.icon_of)
register.filter("file_line", telling.line_of)
register.filter("is_resting", telling.is_resting)


@register.filter
def status(file: File, sent: Mapping[Any, int] | str = "") -> telling.Status:
    """`sent`: bytes that providers have, by file."""
    return telling.status_of(file, sent.get(file.pk) if isinstance(sent, Mapping) else None)


@register.filter
def percent_arrived(file: File) -> int:
    return 100 * file.received // file.size if file.size else 0


@register.filter
def is_here(file: File) -> bool:
    """Whether all of it is on this server."""
    return file.copy in KEPT


@register.filter
def comes_from_browser(file: File) -> bool:
    """Whether somebody is bringing it now, and may cancel that."""
    return file.copy == "coming" and not file.remote_id
