"""What one pass over a checked file would cost: training by the price of a model for it, a batch by half of what its model asks."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from apps.accounts.models import Team
from apps.files.models import File
from apps.providers.choices import ModelChoice, choices_of, providers_of
from apps.providers.facts import Prices
from apps.providers.models import Model

TRAINING: Final = "training"  # the name of the price for a million tokens that are learned from
BATCH_SHARE: Final = Decimal("0.5")
TUNED: Final = ("chat", "preference", "reinforcement")
MOST: Final = 4  # models that are listed


@dataclass(frozen=True, slots=True)
class Line:
    """`cost`: US dollars, None where nobody told a price. `is_free`: an own server."""

    label: str
    cost: Decimal | None
    is_free: bool = False


def prices_of(file: File, team: Team) -> list[Line]:
    """One line for each model that comes into question; empty where nothing can be said."""
    report = file.check_report
    tokens = report.get("tokens")
    if not tokens:
        return []
    if report.get("method") == "batch":
        return _of_batch(file, team, next(iter(report.get("models", {})), ""), int(tokens))
    return _of_training(file, team, int(tokens)) if report.get("method") in TUNED else []


def _of_batch(file: File, team: Team, name: str, tokens: int) -> list[Line]:
    choices = _choices(file, team, name)
    if not name or not choices:
        return [Line(name or _("No model is named"), None)]
    prices = choices[0].facts.prices
    cost = prices.cost_of(tokens, prices.input)
    return [Line(choices[0].label, None if cost is None else cost * BATCH_SHARE, prices.is_free)]


def _of_training(file: File, team: Team, tokens: int) -> list[Line]:
    priced = [choice for choice in _choices(file, team) if TRAINING in choice.facts.prices.others and not choice.facts.is_hidden]
    return [Line(choice.label, _cost(choice.facts.prices, tokens)) for choice in priced[:MOST]] or [Line("", None)]


def _cost(prices: Prices, tokens: int) -> Decimal | None:
    return prices.cost_of(tokens, prices.others.get(TRAINING))


def _choices(file: File, team: Team, name: str = "") -> list[ModelChoice]:
    """Of the provider that the file is for, else of all; one name of them where it is given."""
    providers = providers_of(team)
    if file.provider_id is not None:
        providers = providers.filter(pk=file.provider_id)
    models = Model.objects.filter(provider__in=providers, **({"name": name} if name else {})).select_related("provider")
    return [choice for choice in choices_of(team, models.order_by("name")[:2000]) if choice.is_there]
