"""What the runs of a team have for Home: the month, what failed, and whether anybody works."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Membership
from apps.core.charts import Bars, bars
from apps.core.home import Contribution, Notice, Summary
from apps.core.templatetags.core import count, money
from apps.runs.heartbeats import is_anybody_here
from apps.runs.month import Day, Month, month_of


def contribution(membership: Membership) -> Contribution:
    """Three questions at the most."""
    month = month_of(membership.team)
    notices = [*_trouble_notices(month), *_worker_notices()]
    return Contribution(notices=notices, summary=Summary("runs/_month.html", month_context(month)))


def month_context(month: Month) -> dict[str, Any]:
    """The month in numbers, a picture, a sentence and a table."""
    return {
        "month": month,
        "spent": spent_words(month),
        "sentence": month_sentence(month),
        "chart": _chart(month),
        "used_days": [day for day in month.days if day.calls],
    }


def spent_words(month: Month) -> str:
    """The sum, or why there is none. Never $0.00."""
    if month.spent > 0:
        return money(month.spent)
    if month.unknown:
        return _("price not known")
    return _("no cost") if month.calls else _("nothing yet")


def month_sentence(month: Month) -> str:
    """What the picture shows, for those who do not see it."""
    day = month.dearest
    names = {"day": formats.date_format(day.date, "j F"), "calls": count(day.calls), "spent": money(day.spent)}
    if not day.calls:
        return _("No calls this month yet.")
    if month.spent > 0:
        return _("Most was spent on %(day)s: %(spent)s.") % names
    return ngettext("Most calls were made on %(day)s: %(calls)s.", "Most calls were made on %(day)s: %(calls)s.", day.calls) % names


def _chart(month: Month) -> Bars:
    """By money where any was spent, else by calls."""
    of_money = month.spent > 0
    return bars([(_day_words(day), day.spent if of_money else day.calls) for day in month.days])


def _day_words(day: Day) -> str:
    calls = ngettext("%(n)s call", "%(n)s calls", day.calls) % {"n": count(day.calls)}
    date = formats.date_format(day.date, "j M")
    return f"{date}: {calls}, {money(day.spent)}" if day.spent else f"{date}: {calls}"


def _trouble_notices(month: Month) -> list[Notice]:
    if not month.troubles:
        return []
    title = ngettext(
        "%(n)s call failed or broke off in the last 24 hours", "%(n)s calls failed or broke off in the last 24 hours", month.troubles
    )
    url = f"{reverse('runs:history')}?{urlencode({'status': 'trouble', 'period': 'day'})}"
    return [Notice("warn", title % {"n": count(month.troubles)}, url=url, act=_("See them"))]


def _worker_notices() -> list[Notice]:
    if is_anybody_here():
        return []
    return [Notice("bad", _("No worker answers"), _("What you ask is kept and waits. It starts by itself when a worker runs again."))]
