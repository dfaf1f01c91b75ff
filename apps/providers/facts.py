"""What a model can do and takes, what it costs, how long its texts may be, and until when it is there.

All of it is data: lines of `ModelFact` whose patterns match the provider and the model are laid over
each other from the least to the most specific, then what the server said itself, then the lines
that the team wrote. No model name stands in code; the lines that ship are in model_facts.json.

Matching: `model_lines`. What a team changes: `model_notes`.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from apps.accounts.models import Team
from apps.providers import model_lines
from apps.providers.model_lines import Line, Lines, matched, model_names, own_lines, provider_names, shipped_fitting
from apps.providers.models import Model, ModelFact

WORDS = ("label", "note", "shutdown_date", "replacement", "is_hidden", "is_favourite")
MILLION = 1_000_000
TOKEN_PRICES = ("input", "output", "cached_input")


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million tokens; None where nobody told us. `is_free`: an own server, which costs nothing per call.

    `others`: what is not counted in tokens, by the name in the table ("minute" of sound, "image").
    """

    input: Decimal | None = None
    output: Decimal | None = None
    cached_input: Decimal | None = None
    is_free: bool = False
    others: dict[str, Decimal] = field(default_factory=dict)

    @property
    def is_nothing(self) -> bool:
        """Whether the provider asks nothing for it."""
        return not self.is_free and not self.others and self.input == 0 and self.output == 0

    @property
    def is_known(self) -> bool:
        return self.is_free or (self.input is not None and self.output is not None)

    def cost_of(self, amount: Decimal | int | None, price: Decimal | None, each: int = MILLION) -> Decimal | None:
        """US dollars for so much at this price for `each`; None where either is not known."""
        if self.is_free:
            return Decimal(0)
        return None if amount is None or price is None else amount * price / each

    def cost_of_tokens(self, asked: int, answered: int = 0) -> Decimal | None:
        """What is asked, with an answer where there is one: a model without answers in words needs no price for them."""
        costs = [self.cost_of(asked, self.input), *([self.cost_of(answered, self.output)] if answered else [])]
        return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class Facts:
    """The outcome for one model. `parameters`: API name -> its bounds, as described at `ModelFact`."""

    endpoints: tuple[str, ...] = ()
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    prices: Prices = Prices()
    label: str = ""
    note: str = ""
    shutdown_date: datetime.date | None = None
    replacement: str = ""
    is_hidden: bool = False
    is_favourite: bool = False

    @property
    def is_retired(self) -> bool:
        """Whether the day on which the provider switches it off is over."""
        return self.shutdown_date is not None and self.shutdown_date < timezone.localdate()

    def does(self, endpoint: str) -> bool:
        return endpoint in self.endpoints

    def takes(self, parameter: str) -> bool:
        bounds = self.parameters.get(parameter)
        return bounds is not None and not bounds.get("off")

    def values_of(self, parameter: str) -> list[Any]:
        """The values that this parameter may have; empty where the table has no list of them."""
        return list(self.parameters.get(parameter, {}).get("values", ()))


def facts_for(team: Team, model: Model) -> Facts:
    """The facts of one model for one team. One question to the database, two if its provider was not fetched with it."""
    return facts_for_many(team, [model])[model.pk]


def facts_for_many(team: Team, models: Iterable[Model]) -> dict[Any, Facts]:
    """Facts by model id, with one question to the database for all (fetch `provider` with the models)."""
    models = list(models)
    merged: dict[Any, Facts] = {}  # the hundreds of models of one provider fall under a few sets of lines
    found = {}
    for model, shipped, fitting in matched(own_lines(team) if models else (), models):
        if fitting:
            found[model.pk] = merge(shipped, fitting, model)
            continue
        if shipped not in merged:
            merged[shipped] = merge(shipped, ())
        found[model.pk] = _as_told(merged[shipped], model)
    return found


def facts_without_note(team: Team, model: Model) -> Facts:
    """What would be known of this model without the team's own line for exactly this one."""
    names, at = model_names(model.name), provider_names(model.provider)
    note = model_lines.key_of(team, model)
    own = Lines(own_lines(team), at).fitting(names)
    patterns = (note["provider_pattern"], note["model_pattern"])
    others = [line for line in own if (line.row.provider_pattern, line.row.model_pattern) != patterns]
    return merge(shipped_fitting(at, names), others, model)


def forget_shipped(**kwargs: Any) -> None:
    """Read the lines that ship anew. Receiver of the signals that tell of a change."""
    model_lines.forget()


def merge(shipped: Sequence[Line], own: Sequence[Line], model: Model | None = None) -> Facts:
    """Lay the lines over each other. What the server told of the model stands between ours and the team's own."""
    told = [_told_by_server(model)] if model is not None else []
    endpoints: list[str] = []
    parameters: dict[str, dict[str, Any]] = {}
    limits: dict[str, int] = {}
    prices: dict[str, Any] = {}
    words: dict[str, Any] = {}
    for row in (*(line.row for line in shipped), *told, *(line.row for line in own)):
        endpoints = row.endpoints or endpoints
        prices.update(row.prices)
        limits.update(_counts(row.limits))
        words.update({name: value for name in WORDS if (value := getattr(row, name)) not in {None, ""}})
        for name, bounds in row.parameters.items():
            parameters[name] = {**parameters.get(name, {}), **bounds}
    return Facts(tuple(endpoints), _without_refused(parameters), limits, _prices(prices), **words)


def _as_told(facts: Facts, model: Model) -> Facts:
    """The facts with what the server told of this model over them."""
    told: dict[str, Any] = {"label": model.label, "note": _description(model), "shutdown_date": model.shutdown_date}
    told = {name: value for name, value in told.items() if value}
    if model.context_tokens:
        told["limits"] = {**facts.limits, "context": model.context_tokens}
    return replace(facts, **told) if told else facts


def _told_by_server(model: Model) -> ModelFact:
    """What the server's own list says of a model, as a line."""
    limits = {"context": model.context_tokens} if model.context_tokens else {}
    return ModelFact(limits=limits, label=model.label, note=_description(model), shutdown_date=model.shutdown_date)


def _description(model: Model) -> str:
    return str(model.facts.get("description", ""))


def _without_refused(parameters: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for name, bounds in parameters.items():
        if bounds.get("refused") and "values" in bounds:
            parameters[name] = {**bounds, "values": [value for value in bounds["values"] if value not in bounds["refused"]]}
    return parameters


def _counts(limits: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in limits.items() if isinstance(value, int) and value > 0}


def _prices(data: dict[str, Any]) -> Prices:
    money = {name: amount for name, value in data.items() if name != "free" and (amount := _money(value)) is not None}
    tokens = {name: money.pop(name, None) for name in TOKEN_PRICES}
    return Prices(**tokens, is_free=bool(data.get("free")) and tokens["input"] is None, others=money)


def _money(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None
