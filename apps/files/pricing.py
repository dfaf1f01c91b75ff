"""What one pass over a checked file would cost: training by the price of a base model for it, a batch by half of what its model asks."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.core.listing import as_id
from apps.files.checking import TUNING
from apps.files.models import File
from apps.providers.choices import ModelChoice, choices_of, providers_of
from apps.providers.model_access import barrier_for
from apps.providers.models import Model

TRAINING: Final = "training"  # the name of the price for a million tokens that are learned from
BATCH_SHARE: Final = Decimal("0.5")
MOST: Final = 400  # models to choose from
MOST_READ: Final = 2_000


@dataclass(frozen=True, slots=True)
class Price:
    """`cost`: US dollars, None where nobody told a price; then `url` is where it is entered. `is_free`: an own server.

    `room`: tokens that the model reads at once, where the longest example has more; else 0.
    """

    label: str
    cost: Decimal | None
    url: str
    is_free: bool = False
    room: int = 0


@dataclass(frozen=True, slots=True)
class Pass:
    """`price`: None where no base model is chosen yet. `bases`: id and words of each that can be, empty for a batch."""

    price: Price | None = None
    bases: Sequence[tuple[uuid.UUID, str]] = field(default_factory=list)
    base: uuid.UUID | None = None
    is_batch: bool = False


def pass_of(file: File, member: Membership, asked: str = "") -> Pass | None:
    """None where nothing can be said. `asked`: id of the base model; without it the first one whose price for training is known."""
    report = file.check_report
    if not report.get("tokens"):
        return None
    if report.get("method") == "batch":
        return Pass(_of_batch(file, member, next(iter(report.get("models", {})), "")), is_batch=True)
    return _of_training(file, member, asked) if report.get("method") in TUNING else None


def _of_batch(file: File, member: Membership, name: str) -> Price:
    choices = _choices(file, member, name) if name else []
    if not choices:
        return Price(name or _("No model is named"), None, reverse("catalog:list"))
    prices = choices[0].facts.prices
    cost = prices.cost_of(file.check_report["tokens"], prices.input)
    return Price(choices[0].label, None if cost is None else cost * BATCH_SHARE, _page(choices[0]), prices.is_free)


def _of_training(file: File, member: Membership, asked: str) -> Pass:
    barrier = barrier_for(member)
    found = [choice for choice in _choices(file, member) if _may_learn(choice) and barrier.lets(choice.model)]
    bases = sorted(found, key=lambda choice: TRAINING not in choice.facts.prices.others)[:MOST]
    wanted = as_id(asked)
    chosen = next((choice for choice in bases if choice.id == wanted), None)
    if chosen is None and bases and TRAINING in bases[0].facts.prices.others:
        chosen = bases[0]
    several = len({choice.provider.pk for choice in bases}) > 1
    words = [(choice.id, f"{choice.label} · {choice.provider}" if several else choice.label) for choice in bases]
    return Pass(_of_base(file, chosen) if chosen else None, words, chosen.id if chosen else None)


def _of_base(file: File, choice: ModelChoice) -> Price:
    """What a team says that training costs counts on an own server too."""
    prices, report = choice.facts.prices, file.check_report
    told = prices.others.get(TRAINING)
    cost = prices.cost_of(report["tokens"], None) if told is None else report["tokens"] * told / 1_000_000
    room, longest = choice.facts.limits.get("context", 0), (report.get("longest") or {}).get("tokens", 0)
    return Price(choice.label, cost, _page(choice), prices.is_free and told is None, room if longest > room else 0)


def _may_learn(choice: ModelChoice) -> bool:
    """No list says which models can be trained: those that write."""
    return choice.is_offered_for("chat") or (TRAINING in choice.facts.prices.others and choice.is_there and not choice.facts.is_hidden)


def _page(choice: ModelChoice) -> str:
    return reverse("catalog:model", args=[choice.id]) + "#line-prices"


def _choices(file: File, member: Membership, name: str = "") -> list[ModelChoice]:
    """Of the provider that the file is for, else of all; one name of them where it is given."""
    providers = providers_of(member.team)
    if file.provider_id is not None:
        providers = providers.filter(pk=file.provider_id)
    models = Model.objects.filter(provider__in=providers, **({"name": name} if name else {})).select_related("provider")
    return [choice for choice in choices_of(member.team, models.order_by("name")[:MOST_READ]) if choice.is_there]
