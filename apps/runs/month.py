"""What this month has cost so far, by day, from our own rows.

One question, of one part for each day, which an index answers alone (`run_spending`): days are found
by the time in the ids, so no row is read and no date is computed for any of them.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, IntegerField, Q, Sum, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from apps.accounts.models import Team
from apps.core.ids import first_id_at
from apps.runs.models import ACTIVE, Run
from apps.runs.transitions import RunQuerySet

UNDER_WAY, TROUBLE = 0, -1  # numbers of the parts that are no day
TROUBLES = ("failed", "interrupted", "unknown")
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    date: datetime.date
    calls: int = 0
    spent: Decimal = Decimal(0)
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """All days of the month; those to come are empty. `unknown` calls have ended without a price that we know."""

    days: tuple[Day, ...]
    unknown: int
    troubles: int  # failed, interrupted or unknown, in the last 24 hours

    @property
    def calls(self) -> int:
        return sum(day.calls for day in self.days)

    @property
    def spent(self) -> Decimal:
        return sum((day.spent for day in self.days), Decimal(0))

    @property
    def tokens(self) -> int:
        return sum(day.tokens for day in self.days)

    @property
    def dearest(self) -> Day:
        return max(self.days, key=lambda day: (day.spent, day.calls))


def month_of(team: Team, now: datetime.datetime | None = None) -> Month:
    """The month of the person who looks (his time zone), up to now."""
    now = timezone.localtime(now)
    of_team: RunQuerySet = Run.objects.filter(team=team).order_by()
    dates = list(_dates(now.date()))
    parts = [_sum(_between(of_team, date), date.day) for date in dates if date <= now.date()]
    parts.append(_sum(of_team.filter(status__in=ACTIVE, pk__gte=first_id_at(_midnight(dates[0]))), UNDER_WAY))
    parts.append(_sum(of_team.filter(status__in=TROUBLES, pk__gte=first_id_at(now - DAY)), TROUBLE))
    found: dict[int, Any] = {row["part"]: row for row in parts[0].union(*parts[1:], all=True)}
    days = tuple(_day(date, found.get(date.day)) for date in dates)
    unpriced = sum(row["unpriced"] for number, row in found.items() if number > 0)
    under_way = found.get(UNDER_WAY, {}).get("unpriced", 0)  # these have no price yet
    return Month(days, max(0, unpriced - under_way), found.get(TROUBLE, {}).get("calls", 0))


def _sum(runs: RunQuerySet, number: int) -> Any:
    tokens = [Sum(Cast(KT(f"usage__{name}"), BigIntegerField()), default=0) for name in ("input", "output")]
    figures = {
        "part": Value(number, IntegerField()),
        "calls": Count("pk"),
        "spent": Sum("cost"),
        "unpriced": Count("pk", filter=Q(cost_kind="unknown")),
        "input": tokens[0],
        "output": tokens[1],
    }
    return runs.values("team").annotate(**figures).values(*figures)


def _between(runs: RunQuerySet, date: datetime.date) -> RunQuerySet:
    return runs.filter(pk__gte=first_id_at(_midnight(date)), pk__lt=first_id_at(_midnight(date + DAY)))


def _midnight(date: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time()))


def _dates(today: datetime.date) -> Iterator[datetime.date]:
    date = today.replace(day=1)
    while date.month == today.month:
        yield date
        date += DAY


def _day(date: datetime.date, row: dict[str, Any] | None) -> Day:
    return Day(date, row["calls"], row["spent"] or Decimal(0), row["input"] + row["output"]) if row else Day(date)
