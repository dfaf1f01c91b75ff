"""What a run costs. Never silently zero: known, estimated, unknown, or "own server"."""

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum

from apps.accounts.models import Team
from apps.providers.facts import Facts, Prices, facts_for
from apps.providers.models import Model, Provider
from apps.runs.models import FINAL, CostKind

if TYPE_CHECKING:
    from apps.runs.transitions import RunQuerySet

MILLION = Decimal(1_000_000)
CHARACTERS_PER_TOKEN = 4  # of letters without marks; other signs are counted as one each
# From the least certain on: how sure a sum of costs is.
KINDS = (CostKind.UNKNOWN, CostKind.ESTIMATED, CostKind.KNOWN, CostKind.FREE, CostKind.NONE)
# Usage by its name: the price that it goes by, and for how many that price is.
COUNTED = {"images": ("image", Decimal(1)), "seconds": ("minute", Decimal(60)), "characters": ("million_characters", MILLION)}
MOST_REMEMBERED = 1000
REMEMBER_SECONDS = 10.0
_remembered: dict[tuple[uuid.UUID, uuid.UUID, str], tuple[float, Facts]] = {}


@dataclass(frozen=True, slots=True)
class Spent:
    """What several calls cost together, of those that have ended.

    `kind`: the least certain of theirs, "" before one has ended. `cost`: None where one is not known.
    """

    kind: str
    cost: Decimal | None

    @property
    def is_free(self) -> bool:
        """Whether they went to an own server."""
        return self.kind == CostKind.FREE


def prices_for(team: Team, provider: Provider, model: str) -> Prices:
    """The prices of a model, by the table of facts; also of one that is not in any list."""
    return facts_by_name(team.pk, provider.pk, model).prices


def facts_by_name(team_id: uuid.UUID, provider_id: uuid.UUID, model: str) -> Facts:
    """The facts of a model, also of one that is not in any list. Remembered for ten seconds: every run and its card asks again."""
    now = time.monotonic()
    key = (team_id, provider_id, model)
    until, facts = _remembered.get(key, (0.0, Facts()))
    if now >= until:
        facts = _read_facts(team_id, provider_id, model)
        if len(_remembered) > MOST_REMEMBERED:
            _remembered.clear()
        _remembered[key] = (now + REMEMBER_SECONDS, facts)
    return facts


def _read_facts(team_id: uuid.UUID, provider_id: uuid.UUID, name: str) -> Facts:
    model = Model.objects.select_related("provider").filter(provider=provider_id, name=name).first()
    return facts_for(Team(pk=team_id), model or Model(provider=Provider.objects.get(pk=provider_id), name=name))


def cost_of(usage: dict[str, int], prices: Prices) -> tuple[Decimal | None, CostKind]:
    """The cost of what was counted, in US dollars, and how sure it is.

    Pictures, minutes of sound and spoken characters go by their own prices where they have one, everything else by tokens.
    """
    if prices.is_free:
        return Decimal(0), CostKind.FREE
    counted = _counted_cost(usage, prices)
    if counted is not None:
        return counted, CostKind.KNOWN
    if prices.input is None or "input" not in usage or (prices.output is None and usage.get("output", 1)):
        return None, CostKind.UNKNOWN
    cached = min(usage.get("cached", 0), usage["input"])
    cached_price = prices.input if prices.cached_input is None else prices.cached_input
    amount = (usage["input"] - cached) * prices.input + cached * cached_price + usage.get("output", 0) * (prices.output or 0)
    return amount / MILLION, CostKind.KNOWN


def _counted_cost(usage: dict[str, int], prices: Prices) -> Decimal | None:
    """What was not counted in tokens and has a price for each; None where that is nothing."""
    for name, (price, so_many) in COUNTED.items():
        if usage.get(name) and price in prices.others:
            return usage[name] * prices.others[price] / so_many
    return None


def estimated_usage(asked: str, answered: str) -> dict[str, int]:
    """Tokens by the rule of thumb, for a stream that ended before its usage came."""
    return {"input": tokens_in(asked), "output": tokens_in(answered)}


def tokens_in(text: str) -> int:
    """About how many tokens."""
    plain = len(text) if text.isascii() else len(text.encode("ascii", "ignore"))
    return -(-plain // CHARACTERS_PER_TOKEN) + len(text) - plain


def estimated_cost(asked: str, answered: str, prices: Prices) -> tuple[Decimal | None, CostKind]:
    """What a broken or stopped answer has probably cost."""
    amount, kind = cost_of(estimated_usage(asked, answered), prices)
    return amount, CostKind.ESTIMATED if kind == CostKind.KNOWN else kind


def spent_on(runs: "RunQuerySet") -> Spent:
    """In one question, also of many calls."""
    ended = runs.filter(status__in=FINAL).order_by().values_list("cost_kind").annotate(sum=Sum("cost"))
    return together(ended)


def together(costs: Iterable[tuple[str, Decimal | None]]) -> Spent:
    """Kind and cost of each call that has ended, or of several of the same kind."""
    known = list(costs)
    kinds = {kind for kind, _cost in known}
    least = next((str(kind) for kind in KINDS if kind in kinds), "")
    is_unknown = least in {"", CostKind.UNKNOWN}
    return Spent(least, None if is_unknown else sum((cost for _kind, cost in known if cost is not None), Decimal(0)))
