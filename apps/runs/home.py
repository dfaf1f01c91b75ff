"""What the runs of a team have for Home: the month, what failed, models that leave, and whether anybody works."""

import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Membership, Team
from apps.core.charts import Bars, bars
from apps.core.home import Contribution, Notice, Summary
from apps.core.ids import first_id_at
from apps.core.templatetags.core import count, money
from apps.providers.choices import providers_of
from apps.providers.facts import facts_for_many
from apps.providers.models import DefaultModel, Model
from apps.runs.heartbeats import is_anybody_here
from apps.runs.models import Run
from apps.runs.month import Day, Month, month_of

LEAVES_WITHIN: Final = datetime.timedelta(days=60)
IN_USE: Final = datetime.timedelta(days=30)
MOST_MODELS: Final = 3  # named one by one; a longer list hides the rest


def contribution(membership: Membership) -> Contribution:
    """Five questions at the most."""
    month = month_of(membership.team)
    notices = [*_trouble_notices(month), *_worker_notices(), *_model_notices(membership.team)]
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


def _model_notices(team: Team) -> list[Notice]:
    leaving = models_that_leave(team)
    names = [_("%(model)s, until %(date)s") % {"model": model, "date": formats.date_format(date, "j M")} for model, date in leaving]
    shown = ", ".join(names[:MOST_MODELS])
    more = len(names) - MOST_MODELS
    if more > 0:
        shown = ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % {"names": shown, "n": more}
    title = ngettext("%(n)s model that you use leaves soon", "%(n)s models that you use leave soon", len(names)) % {"n": len(names)}
    return [Notice("warn", title, shown, reverse("providers:list"), _("Choose another in time"))] if names else []


def models_that_leave(team: Team) -> list[tuple[str, datetime.date]]:
    """Models that are switched off within 60 days, or were, and that the team used in the last 30 or starts with; soonest first."""
    since = first_id_at(timezone.now() - IN_USE)
    # Asked for the last one, since PostgreSQL would look for any one without the index, through all runs for each model.
    last = Run.objects.filter(team=team, model=OuterRef("name")).order_by("-pk").values("pk")
    chosen = Exists(DefaultModel.objects.filter(team=team, model=OuterRef("pk")))
    named = Model.objects.alias(last=Subquery(last[:1])).filter(Q(last__gte=since) | chosen, provider__in=providers_of(team))
    limit = timezone.localdate() + LEAVES_WITHIN
    dates = {pk: facts.shutdown_date for pk, facts in facts_for_many(team, named.select_related("provider")).items()}
    leaving = {pk: date for pk, date in dates.items() if date is not None and date <= limit}
    if not leaving:
        return []
    with_provider = last.filter(provider=OuterRef("provider"))  # in no index, so it is asked of the few that leave
    used = Model.objects.alias(last=Subquery(with_provider[:1])).filter(Q(last__gte=since) | chosen, pk__in=leaving)
    return sorted(((str(model), leaving[model.pk]) for model in used), key=lambda each: each[1])
