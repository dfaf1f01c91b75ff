"""Numbers about a whole check: how many rows are flagged, for what, where two models agree.

They are counted over every verdict, with the team's limits. What a model said of many rows does not change once it is done, so
the numbers are kept, by its state and by the limits.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson
from django.core.cache import cache
from django.db.models import Count

from apps.moderation.categories import words_for
from apps.moderation.models import Check, Judging, Verdict
from apps.moderation.rules import Limits
from apps.moderation.tables import FLOOR, Wanted, narrowed, unassessed, where_flagged

WORTH_KEEPING: Final = 2_000  # rows; fewer are counted in no time
KEPT: Final = 86_400  # seconds
Numbers = TypeVar("Numbers")


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one judging: rows with a verdict, flagged ones, those of which nothing was assessed, and for what it flagged most often."""

    done: int
    flagged: int = 0
    unassessed: int = 0
    often: Sequence[tuple[str, int]] = ()


def sums_of(judging: Judging, check: Check, limits: Limits) -> Sums:
    """While it works only how far it is: a page asks that every two seconds."""
    if judging.state == Judging.State.WORKING:
        return Sums(judging.done)
    done, flagged, unassessed, often = kept(check, [judging], limits, "sums", lambda: _summed(judging, limits))
    return Sums(done, flagged, unassessed, [(words_for(name), n) for name, n in often])


def _summed(judging: Judging, limits: Limits) -> tuple[int, int, int, list[tuple[str, int]]]:
    there = Verdict.objects.filter(judging=judging)
    flagged = there.filter(where_flagged("", judging, limits))
    often = flagged.exclude(top="").values_list("top").annotate(n=Count("pk")).order_by("-n", "top")[:3]
    return there.count(), flagged.count(), there.filter(unassessed("", judging, limits)).count(), list(often)


def agreement(check: Check, judgings: Sequence[Judging], limits: Limits) -> tuple[int, int]:
    """On how many rows of how many two models agree whether they are flagged. Rows of which one assessed nothing do not count."""
    return kept(check, judgings, limits, "agreement", lambda: _agreed(check, judgings, limits))


def _agreed(check: Check, judgings: Sequence[Judging], limits: Limits) -> tuple[int, int]:
    both = narrowed(check, judgings, limits, Wanted(show="both")).count()
    return both - narrowed(check, judgings, limits, Wanted(show="differ")).count(), both


def total_of(check: Check, judgings: Sequence[Judging], limits: Limits, wanted: Wanted) -> int:
    """How many rows the filters leave."""
    if not wanted.is_narrowing:
        return check.total
    of = f"total-{wanted.show}-{wanted.category}-{wanted.by}"
    return kept(check, judgings, limits, of, narrowed(check, judgings, limits, wanted).count)


def categories_of(check: Check, judgings: Sequence[Judging]) -> list[str]:
    """Those that are the highest somewhere."""
    verdicts = Verdict.objects.filter(judging__in=judgings, score__gte=FLOOR).exclude(top="")
    return kept(check, judgings, {}, "categories", lambda: list(verdicts.order_by("top").values_list("top", flat=True).distinct()))


def kept(check: Check, judgings: Sequence[Judging], limits: Limits, of: str, compute: Callable[[], Numbers]) -> Numbers:
    """Counted once for many rows that do not change; each time for few, and for those that are still being checked."""
    if check.total < WORTH_KEEPING or any(judging.state == Judging.State.WORKING for judging in judgings):
        return compute()
    state: list[Any] = [[judging.pk, judging.done, judging.finished_at] for judging in judgings]
    key = hashlib.sha256(orjson.dumps([of, check.pk, state, sorted(limits.items())])).hexdigest()
    found: Numbers = cache.get_or_set(f"safety-{key}", compute, KEPT)
    return found
