"""The day on which a provider switches a model off, in the words of a badge."""

import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from apps.providers.facts import Facts

SOON = datetime.timedelta(days=30)


def badge(facts: Facts) -> str:
    """`until 26 Feb`, red in its last thirty days, `retired 23 Oct` after it, as HTML; "" without a date."""
    day = facts.shutdown_date
    if day is None:
        return ""
    is_soon = day - timezone.localdate() < SOON
    return format_html('<span class="badge {}" title="{}">{}</span>', "bad" if is_soon else "warn", hint(facts), text(facts))


def text(facts: Facts) -> str:
    """`until 26 Feb`, `until 26 Feb 2028`, `retired 23 Oct`; "" without a date."""
    day = facts.shutdown_date
    if day is None:
        return ""
    written = date_format(day, "j M" if day.year == timezone.localdate().year else "j M Y")
    return (_("retired %(day)s") if facts.is_retired else _("until %(day)s")) % {"day": written}


def hint(facts: Facts) -> str:
    """The whole sentence, with what to take instead where somebody knows."""
    day = facts.shutdown_date
    if day is None:
        return ""
    sentence = _("Switched off on %(day)s.") if facts.is_retired else _("The provider switches it off on %(day)s.")
    parts = [sentence % {"day": date_format(day, "j F Y")}]
    if facts.replacement:
        parts.append(_("Suggested instead: %(models)s.") % {"models": facts.replacement})
    return " ".join(parts)
