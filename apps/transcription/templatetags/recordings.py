"""How lengths and amounts of recordings are written."""

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from apps.transcription.models import Recording

register = template.Library()
KILOBYTE, MEGABYTE = 1024, 1024 * 1024


@register.filter
def arrived(recording: Recording) -> str:
    """`24 of 38 MB`; of a recording whose end nobody knows `24 MB`."""
    if recording.expected is None:
        return filesizeformat(recording.received)
    unit, word = (MEGABYTE, _("MB")) if recording.expected >= MEGABYTE else (KILOBYTE, _("KB"))
    have, all_of_it = recording.received // unit, -(-recording.expected // unit)
    return _("%(have)s of %(all)s %(unit)s") % {"have": f"{have:,}", "all": f"{all_of_it:,}", "unit": word}


@register.filter
def percent_arrived(recording: Recording) -> int:
    return 100 * recording.received // recording.expected if recording.expected else 0
