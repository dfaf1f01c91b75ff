"""How lengths and amounts of recordings are written."""

from django import template
from django.template.defaultfilters import filesizeformat

from apps.core.amounts import arrived_of
from apps.transcription.models import Recording

register = template.Library()


@register.filter
def arrived(recording: Recording) -> str:
    """`24 of 38 MB`; of a recording whose end nobody knows `24 MB`."""
    if recording.expected is None:
        return filesizeformat(recording.received)
    return arrived_of(recording.received, recording.expected)


@register.filter
def percent_arrived(recording: Recording) -> int:
    return 100 * recording.received // recording.expected if recording.expected else 0
