"""How a provider is doing: what its answers said of limits, how fast it was of late, what failed.

Written by whoever makes calls (`note_limits`, `note_outcome`), read for the cards of the providers.
Calls are rows of `apps.runs`, which stands above this app: they are reached through the relation.
"""

import datetime
import re
import statistics
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.core.ids import first_id_at
from apps.providers.models import Provider
from gateway import GatewayError

LIMITS_EVERY = 10.0  # seconds between two notes of limits, for each provider and process
LIMITS_LAST = datetime.timedelta(hours=1)
SPAN = datetime.timedelta(hours=1)
RECENT = 50
CHECK_AGAIN = datetime.timedelta(minutes=10)
_AWAY = frozenset({"unreachable", "timeout_connect", "tls"})
_GONE = frozenset({404, 405, 410, 501})
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|[dhms]))+")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[dhms])")
_LONGEST_DURATION = 40
_noted: dict[uuid.UUID, float] = {}
_noting = threading.Lock()


@dataclass(frozen=True, slots=True)
class Limit:
    """What is left of one limit: `name` is "requests" or "tokens"."""

    name: str
    left: int
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """How a provider did of late. `first_ms`: median until the first word of the last calls that brought one."""

    last_call_at: datetime.datetime | None = None
    first_ms: int | None = None
    errors: int = 0
    limits: Sequence[Limit] = field(default_factory=tuple)

    @property
    def first_seconds(self) -> float | None:
        return None if self.first_ms is None else self.first_ms / 1000


def health_of(providers: Sequence[Provider], team: uuid.UUID) -> dict[uuid.UUID, Health]:
    """For all cards at once: two questions to the database, however many providers there are.

    The errors are those of the team that looks: its History has them. How fast a provider is, it is for all its teams.
    """
    totals = {row["pk"]: row for row in _totals(providers, team)}
    times = _first_words(totals)
    return {provider.pk: _health(provider, totals.get(provider.pk, {}), times[provider.pk]) for provider in providers}


def _totals(providers: Sequence[Provider], team: uuid.UUID) -> Any:
    """For each provider its last call, the id of its fiftieth last one, and what failed in this hour.

    Of calls the id is asked first: PostgreSQL looks for a row of one that was never called through the calls of all others.
    """
    runs = _calls().filter(provider=OuterRef("pk")).order_by("-pk")
    failed = runs.filter(team=team, status="failed", pk__gte=first_id_at(timezone.now() - SPAN)).order_by()
    counted = failed.values("provider").annotate(number=Count("pk")).values("number")
    return (
        Provider.objects.filter(pk__in=[provider.pk for provider in providers])
        .annotate(
            last_call=Subquery(runs.values("pk")[:1]),
            last_call_at=Subquery(_calls().filter(pk=OuterRef("last_call")).values("queued_at")),
            fiftieth=Subquery(runs.values("pk")[RECENT - 1 : RECENT]),
            errors=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        )
        .values("pk", "last_call_at", "fiftieth", "errors")
    )


def _first_words(totals: Mapping[uuid.UUID, Mapping[str, Any]]) -> dict[uuid.UUID, list[int]]:
    """The times to the first word of the last calls of each provider."""
    recent = Q(pk__in=[])
    for pk, row in totals.items():
        recent |= Q(provider=pk, pk__gte=row["fiftieth"]) if row["fiftieth"] else Q(provider=pk)
    times: dict[uuid.UUID, list[int]] = defaultdict(list)
    for pk, milliseconds in _calls().filter(recent, first_ms__isnull=False).values_list("provider_id", "first_ms"):
        times[pk].append(milliseconds)
    return times


def _health(provider: Provider, row: Mapping[str, Any], times: Sequence[int]) -> Health:
    median = round(statistics.median(times)) if times else None
    return Health(row.get("last_call_at"), median, row.get("errors", 0), limits_of(provider))


def _calls() -> Any:
    return Provider.runs.rel.related_model.objects  # type: ignore[attr-defined]  # the relation that Run declares


# --- Limits ------------------------------------------------------------------------------------
def limits_of(provider: Provider) -> list[Limit]:
    """What the last answer said is left, while that is news."""
    if provider.limits_at is None or timezone.now() - provider.limits_at > LIMITS_LAST:
        return []
    kept = provider.limits_left
    return [Limit(name, kept[name], kept.get(f"{name}_limit")) for name in ("requests", "tokens") if name in kept]


def read_limits(headers: Mapping[str, str]) -> dict[str, float]:
    """{"requests", "requests_limit", "requests_reset", the same of "tokens"}: counts, and seconds until all is there again.

    Azure writes the same headers with whole seconds; LiteLLM repeats those of the server behind it under a prefix of its own.
    """
    found: dict[str, float] = {}
    names = {name.lower().removeprefix("llm_provider-"): value for name, value in headers.items()}
    for what in ("requests", "tokens"):
        left, limit = _count(names.get(f"x-ratelimit-remaining-{what}")), _count(names.get(f"x-ratelimit-limit-{what}"))
        reset = read_duration(names.get(f"x-ratelimit-reset-{what}", ""))
        told = {what: left, f"{what}_limit": limit, f"{what}_reset": reset}
        found |= {name: value for name, value in told.items() if value is not None} if left is not None else {}
    return found


def read_duration(text: str) -> float | None:
    """Seconds of "6m0s", "17ms", "1s", "1h2m3.5s" or "59"; None for anything else."""
    text = text.strip().lower()
    if len(text) > _LONGEST_DURATION:
        return None
    if _DURATION.fullmatch(text):
        return round(sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text)), 3)
    return float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text) else None


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,15}", text.strip()) else None


def note_limits(provider_id: uuid.UUID, headers: Mapping[str, str]) -> None:
    """Keep what an answer said is left. At most once in ten seconds for each provider and process."""
    limits = read_limits(headers)
    if limits and _may_note(provider_id):
        Provider.objects.filter(pk=provider_id).update(limits_left=limits, limits_at=timezone.now())


def _may_note(provider_id: uuid.UUID) -> bool:
    now = time.monotonic()
    with _noting:
        if now < _noted.get(provider_id, 0.0):
            return False
        if len(_noted) > 1000:
            _noted.clear()
        _noted[provider_id] = now + LIMITS_EVERY
        return True


# --- News for the check-up ----------------------------------------------------------------------
def note_outcome(provider_id: uuid.UUID, error: GatewayError | None) -> None:
    """A call that failed because nobody was there, or nobody at that path: the provider is looked at again soon.

    Not sooner than ten minutes after the last look, so that a hundred failing calls make one check-up.
    """
    if error is None or not _tells_of_change(error):
        return
    now = timezone.now()
    later = Q(recheck_at__isnull=True) | Q(recheck_at__gt=now + CHECK_AGAIN)
    alive = Provider.objects.alive().filter(later, pk=provider_id)
    if not alive.filter(last_check_at__gt=now - CHECK_AGAIN).update(recheck_at=F("last_check_at") + CHECK_AGAIN):
        alive.update(recheck_at=now)


def _tells_of_change(error: GatewayError) -> bool:
    is_no_path = error.status in _GONE and error.details.get("what") != "model"
    return is_no_path or error.kind in _AWAY
