"""What a run costs. Never silently zero: known, estimated, unknown, or "own server"."""

import time
import uuid
from decimal import Decimal

from apps.accounts.models import Team
from apps.providers.facts import Prices, facts_for
from apps.providers.models import Model, Provider
from apps.runs.models import CostKind

MILLION = Decimal(1_000_000)
CHARACTERS_PER_TOKEN = 4
MOST_REMEMBERED = 1000


REMEMBER_SECONDS = 10.0
_remembered: dict[tuple[uuid.UUID, uuid.UUID, str], tuple[float, Prices]] = {}


def prices_for(team: Team, provider: Provider, model: str) -> Prices:
    """The prices of a model, by the table of facts; also of one that is not in any list.

    Remembered for ten seconds, since every run asks twice.
    """
    now = time.monotonic()
    until, prices = _remembered.get((team.pk, provider.pk, model), (0.0, Prices()))
    if now >= until:
        prices = _read_prices(team, provider, model)
        if len(_remembered) > MOST_REMEMBERED:
            _remembered.clear()
        _remembered[team.pk, provider.pk, model] = (now + REMEMBER_SECONDS, prices)
    return prices


def _read_prices(team: Team, provider: Provider, model: str) -> Prices:
    listed = Model.objects.select_related("provider").filter(provider=provider, name=model).first()
    return facts_for(team, listed or Model(provider=provider, name=model)).prices


def cost_of(usage: dict[str, int], prices: Prices) -> tuple[Decimal | None, CostKind]:
    """The cost of counted tokens, in US dollars, and how sure it is."""
    if prices.is_free:
        return Decimal(0), CostKind.FREE
    if prices.input is None or prices.output is None or "input" not in usage:
        return None, CostKind.UNKNOWN
    cached = min(usage.get("cached", 0), usage["input"])
    cached_price = prices.input if prices.cached_input is None else prices.cached_input
    amount = (usage["input"] - cached) * prices.input + cached * cached_price + usage.get("output", 0) * prices.output
    return amount / MILLION, CostKind.KNOWN


def estimated_usage(asked: str, answered: str) -> dict[str, int]:
    """Tokens by the rule of thumb, for a stream that ended before its usage came."""
    return {"input": len(asked) // CHARACTERS_PER_TOKEN, "output": len(answered) // CHARACTERS_PER_TOKEN}


def estimated_cost(asked: str, answered: str, prices: Prices) -> tuple[Decimal | None, CostKind]:
    """What a broken or stopped answer has probably cost."""
    amount, kind = cost_of(estimated_usage(asked, answered), prices)
    return amount, CostKind.ESTIMATED if kind == CostKind.KNOWN else kind
