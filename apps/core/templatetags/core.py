"""How numbers, money and times are written on every page."""

import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()
MINUTES_FROM = 90
SMALLEST_COST = Decimal("0.0001")


@register.filter
def duration(seconds: float | datetime.timedelta | None) -> str:
    """`under 0.1 s`, `3.4 s`, `42 s`, `1 min 42 s`."""
    if seconds is None:
        return ""
    value = max(0.0, seconds.total_seconds() if isinstance(seconds, datetime.timedelta) else float(seconds))
    if 0 < value < 0.05:
        return _("under 0.1 s")
    if value < 9.95:
        return _("%(seconds)s s") % {"seconds": formats.number_format(round(value, 1), 1)}
    whole = round(value)
    if whole <= MINUTES_FROM:
        return _("%(seconds)s s") % {"seconds": whole}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": whole // 60, "seconds": whole % 60}


@register.filter
def clock(seconds: float | None) -> str:
    """`0:07`, `18:42`, `1:02:03`."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


@register.filter
def money(dollars: Any) -> str:
    """`under $0.0001`, two significant digits below a cent, else two decimals. Never `$0.00`."""
    try:
        value = Decimal(str(dollars))
    except InvalidOperation:
        return _("price not known")
    if value <= 0:
        return _("no cost")
    if value < SMALLEST_COST:
        return _("under $0.0001")
    if value < Decimal("0.01"):
        return f"${float(value):.2g}"
    return f"${value:,.2f}"


@register.filter
def count(number: Any) -> str:
    """`1,962`."""
    return "" if number is None else f"{int(number):,}"


@register.filter
def when(moment: datetime.datetime | None) -> SafeString | str:
    """`Today, 14:20`, `Yesterday, 09:05`, `18 Nov`, `18 Nov 2025`, in a `<time>` that has the full date."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    full = formats.date_format(local, "j F Y, H:i")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), full, short_date(local))


def short_date(local: datetime.datetime) -> str:
    today = timezone.localdate()
    if local.date() == today:
        return _("Today, %(time)s") % {"time": formats.date_format(local, "H:i")}
    if local.date() == today - datetime.timedelta(days=1):
        return _("Yesterday, %(time)s") % {"time": formats.date_format(local, "H:i")}
    return formats.date_format(local, "j M" if local.year == today.year else "j M Y")


@register.filter
def initials(name: Any) -> str:
    """Two letters for a round or square badge."""
    words = [word for word in str(name).replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"
