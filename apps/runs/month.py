"""What this month has cost so far, by day, from our own rows.

One question, of one part for each day, which an index answers alone (`run_spending`): days are found
by the time in the ids, so no row is read and no date is computed for any of them.
"""

import datetime
import time
import uuid
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
REMEMBER_SECONDS = 60.0  # for the days before today, on which little changes any more
MOST_REMEMBERED = 1000
Row = dict[str, Any]
Rows = dict[int, Row]
Key = tuple[uuid.UUID, datetime.datetime, datetime.date]
_past: dict[Key, tuple[float, Rows]] = {}


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
    """The month of the person who looks (his time zone), up to now. Days before today may be a minute old."""
    now = timezone.localtime(now)
    dates = list(_dates(now.date()))
    key = (team.pk, _midnight(dates[0]), now.date())
    past = _remembered(key)
    asked = [date for date in dates if date == now.date() or (date < now.date() and past is None)]
    rows = _ask(Run.objects.filter(team=team).order_by(), asked, _midnight(dates[0]), now)
    found: Rows = {row["part"]: row for row in rows if row["part"] > 0}
    if past is None:
        past = _remember(key, {number: row for number, row in found.items() if number < now.day})
    found.update(past)
    under_way = sum(row["unpriced"] for row in rows if row["part"] == UNDER_WAY)  # these have no price yet
    unknown = max(0, sum(row["unpriced"] for row in found.values()) - under_way)
    troubles = sum(row["calls"] for row in rows if row["part"] == TROUBLE)
    return Month(tuple(_day(date, found.get(date.day)) for date in dates), unknown, troubles)


def _ask(runs: RunQuerySet, dates: list[datetime.date], begin: datetime.datetime, now: datetime.datetime) -> list[Row]:
    """All parts as one question. One part for each state: an index has the runs of one state by time, but not of several."""
    parts = [_sum(_between(runs, date), date.day) for date in dates]
    parts += [_sum(runs.filter(status=state, pk__gte=first_id_at(begin)), UNDER_WAY) for state in ACTIVE]
    parts += [_sum(runs.filter(status=state, pk__gte=first_id_at(now - DAY)), TROUBLE) for state in TROUBLES]
    return list(parts[0].union(*parts[1:], all=True))


def _remembered(key: Key) -> Rows | None:
    until, rows = _past.get(key, (0.0, {}))
    return rows if time.monotonic() < until else None


def _remember(key: Key, rows: Rows) -> Rows:
    if len(_past) >= MOST_REMEMBERED:
        _past.clear()
    _past[key] = (time.monotonic() + REMEMBER_SECONDS, rows)
    return rows


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
