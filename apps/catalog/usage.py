"""How much of each model a team has used, from its own calls: by model, and of one model by person.

Ids begin with the time, so a span is a range of ids. What was erased counts as before: its numbers stay.
"""

import datetime
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.core.ids import first_id_at
from apps.providers.models import Model
from apps.runs.models import FINAL, CostKind, Run

Key = tuple[uuid.UUID, str]  # provider and name
RECENTLY = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Used:
    """Calls, and what those have cost whose price we know. `unknown`: so many have ended without one; `free`: on own servers."""

    calls: int = 0
    cost: Decimal = Decimal(0)
    unknown: int = 0
    free: int = 0

    @property
    def is_free(self) -> bool:
        return bool(self.free) and not self.cost and not self.unknown


@dataclass(frozen=True, slots=True)
class Person:
    """What one member has used. `user` is None for somebody whose account is gone."""

    user: User | None
    used: Used


NOTHING = Used()
SLOW = 0.05  # seconds: what takes longer is remembered
REMEMBER_SECONDS = 60.0
MOST_REMEMBERED = 1000
_remembered: dict[tuple[uuid.UUID, datetime.datetime], tuple[float, dict[Key, Used]]] = {}
_FIGURES: dict[str, Any] = {
    "calls": Count("pk"),
    "spent": Sum("cost"),
    "unpriced": Count("pk", filter=Q(cost_kind=CostKind.UNKNOWN, status__in=FINAL)),
    "unbilled": Count("pk", filter=Q(cost_kind=CostKind.FREE)),
}


def month_begin() -> datetime.datetime:
    """The first moment of this month, where the person is who looks."""
    return timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def used_this_month(team: Team) -> dict[Key, Used]:
    """All models at once, in one question. Up to a minute old where a month has many calls: filters and sorting ask again and again."""
    begin, now = month_begin(), time.monotonic()
    until, found = _remembered.get((team.pk, begin), (0.0, {}))
    if now < until:
        return found
    rows = Run.objects.filter(team=team, pk__gte=first_id_at(begin)).order_by()
    found = {(row["provider"], row["model"]): _used(row) for row in rows.values("provider", "model").annotate(**_FIGURES)}
    if time.monotonic() - now > SLOW:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[team.pk, begin] = (now + REMEMBER_SECONDS, found)
    return found


def used_by_whom(team: Team, model: Model) -> list[Person]:
    """One model this month, by person, who used it most first."""
    rows = Run.objects.filter(team=team, provider=model.provider_id, model=model.name, pk__gte=first_id_at(month_begin())).order_by()
    found = {row["person"]: _used(row) for row in rows.values("person").annotate(**_FIGURES)}
    people = User.objects.in_bulk([pk for pk in found if pk])
    return sorted((Person(people.get(pk), used) for pk, used in found.items()), key=lambda each: -each.used.calls)


def together(parts: Collection[Used]) -> Used:
    return Used(
        sum(each.calls for each in parts),
        sum((each.cost for each in parts), Decimal(0)),
        sum(each.unknown for each in parts),
        sum(each.free for each in parts),
    )


def called_lately(team: Team, models: Collection[Model]) -> dict[Key, int]:
    """How many calls of the last thirty days went to each of these; in one question."""
    since = first_id_at(timezone.now() - RECENTLY)
    rows = Run.objects.filter(team=team, model__in={model.name for model in models}, pk__gte=since).order_by()
    counted = rows.values("provider", "model").annotate(calls=Count("pk"))
    return {(row["provider"], row["model"]): row["calls"] for row in counted} if models else {}


def _used(row: dict[str, Any]) -> Used:
    return Used(row["calls"], row["spent"] or Decimal(0), row["unpriced"], row["unbilled"])
