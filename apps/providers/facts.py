"""What a model can do and takes, what it costs, and how long its texts may be.

All of it is data: lines of `ModelFact` whose patterns match the provider and the model are laid over
each other from the least to the most specific, then what the server said itself, then the lines
that the team wrote. No model name stands in code; the lines that ship are in model_facts.json.

A provider answers to several names, and a pattern may match any of them: its host, host:port, its
dialect, and "private:<dialect>" when it stands on the team's own network.
"""

import datetime
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fnmatch import translate
from typing import Any
from urllib.parse import urlsplit

from apps.accounts.models import Team
from apps.providers.models import Model, ModelFact, Provider

WILDCARDS = re.compile(r"[*?]|\[[^]]*\]")
ESCAPED = re.compile(r"\[[*?[]\]")
WORDS = ("label", "note", "shutdown_date", "is_hidden", "is_favourite")
FINE_TUNED = re.compile(r"ft:([^:]+):")


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million tokens; None where nobody told us. `is_free`: an own server, which costs nothing per call."""

    input: Decimal | None = None
    output: Decimal | None = None
    cached_input: Decimal | None = None
    is_free: bool = False

    @property
    def is_known(self) -> bool:
        return self.is_free or (self.input is not None and self.output is not None)


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
    is_hidden: bool = False
    is_favourite: bool = False

    def does(self, endpoint: str) -> bool:
        return endpoint in self.endpoints

    def takes(self, parameter: str) -> bool:
        bounds = self.parameters.get(parameter)
        return bounds is not None and not bounds.get("off")


def facts_for(team: Team, model: Model) -> Facts:
    """The facts of one model for one team. One question to the database, two if its provider was not fetched with it."""
    return facts_for_many(team, [model])[model.pk]


def facts_for_many(team: Team, models: Iterable[Model]) -> dict[Any, Facts]:
    """Facts by model id, with one question to the database for all (fetch `provider` with the models)."""
    models = list(models)
    rows = ModelFact.objects.filter(team=team) if models else ()
    own_lines = sorted(map(_Line, rows), key=lambda line: line.rank)
    providers = {model.provider.pk: model.provider for model in models}
    own_of = {pk: _own_lines(provider, own_lines) for pk, provider in providers.items()}
    names_of = {pk: tuple(provider_names(provider)) for pk, provider in providers.items()}
    merged: dict[Any, Facts] = {}  # the hundreds of models of one provider fall under a few sets of lines
    found = {}
    for model in models:
        names = tuple(model_names(model.name))
        own = [line for line in own_of[model.provider_id] if any(map(line.model_pattern.match, names))]
        fitting = [*_shipped_fitting(names_of[model.provider_id], names), *own]
        key = (*(line.row.pk for line in fitting), model.context_tokens, model.label, model.shutdown_date, _description(model))
        if key not in merged:
            merged[key] = _merge(model, fitting)
        found[model.pk] = merged[key]
    return found


def turn_off(team: Team, model: Model, parameter: str, because: str) -> None:
    """Note that a provider refused this parameter for this model: it is not offered or sent again."""
    line = _line_of_team(team, model)
    line.parameters[parameter] = {**line.parameters.get(parameter, {}), "off": True, "because": because[:300]}
    line.save(update_fields=["parameters"])


def known_to_team(team: Team, model: Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """Prices and limits of the team's own line for exactly this model; empty if it wrote none."""
    line = ModelFact.objects.filter(**_line_key(team, model)).first()
    return (line.prices, line.limits) if line else ({}, {})


def note_of_team(team: Team, model: Model, *, prices: dict[str, str], limits: dict[str, int]) -> None:
    """What the team knows of this model's prices and room; empty ones leave the word to the table and the server."""
    line = _line_of_team(team, model)
    line.prices, line.limits = prices, limits
    line.save(update_fields=["prices", "limits"])


def provider_names(provider: Provider) -> Sequence[str]:
    """What the provider pattern of a line is held against."""
    host = urlsplit(provider.base_url).hostname or ""
    names = [host, host_of(provider), provider.dialect]
    return [*names, f"private:{provider.dialect}"] if provider.private_origin else names


def model_names(name: str) -> Sequence[str]:
    """What the model pattern of a line is held against: a tuned model takes what the model under it takes."""
    name = name.lower()
    base = FINE_TUNED.match(name)
    return (name, base[1]) if base else (name,)


def host_of(provider: Provider) -> str:
    """The host with its port, as typed: enough to tell the providers of a team apart."""
    return urlsplit(provider.base_url).netloc.rpartition("@")[2].lower()


def exact_pattern(text: str) -> str:
    """A pattern that matches this text alone, whatever characters it has."""
    return re.sub(r"([*?[])", r"[\1]", text)


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern.lower()))


class _Line:
    """One row of the table, ready to be matched against many models."""

    def __init__(self, row: ModelFact) -> None:
        self.row = row
        self.provider_pattern = _compiled(row.provider_pattern)
        self.model_pattern = _compiled(row.model_pattern)
        # A team's own line wins over all that ship; then the more a pattern pins down, the more it counts.
        self.rank = (row.team_id is not None, *_specificity(row.model_pattern), *_specificity(row.provider_pattern), row.pk)


@functools.cache
def _shipped_lines() -> list[_Line]:
    """The lines that ship. They change with an upgrade only, so each process reads them once (`forget_shipped`)."""
    return sorted(map(_Line, ModelFact.objects.filter(team=None)), key=lambda line: line.rank)


@functools.lru_cache(maxsize=4096)
def _shipped_fitting(provider_names: tuple[str, ...], model_names: tuple[str, ...]) -> list[_Line]:
    return [
        line
        for line in _shipped_lines()
        if any(map(line.provider_pattern.match, provider_names)) and any(map(line.model_pattern.match, model_names))
    ]


def forget_shipped(**kwargs: Any) -> None:
    """Read the lines that ship anew. Receiver of the signals that tell of a change."""
    _shipped_lines.cache_clear()
    _shipped_fitting.cache_clear()


def _own_lines(provider: Provider, lines: Sequence[_Line]) -> list[_Line]:
    names = provider_names(provider)
    return [line for line in lines if any(map(line.provider_pattern.match, names))]


def _line_key(team: Team, model: Model) -> dict[str, Any]:
    """The team's own line for exactly this model at this server."""
    provider = model.provider
    patterns = {"provider_pattern": exact_pattern(host_of(provider)), "model_pattern": exact_pattern(model.name)}
    return {"team": team, **patterns}


def _line_of_team(team: Team, model: Model) -> ModelFact:
    return ModelFact.objects.get_or_create(**_line_key(team, model))[0]


@functools.lru_cache(maxsize=4096)
def _specificity(pattern: str) -> tuple[bool, int]:
    """Patterns without wildcards count most, then those with more plain characters."""
    plain = ESCAPED.sub(r"x", pattern)
    fixed = WILDCARDS.sub("", plain)
    return fixed == plain, len(fixed)


def _merge(model: Model, lines: Sequence[_Line]) -> Facts:
    """Lay the lines over each other. What the server told of the model stands between ours and the team's own."""
    shipped = [line.row for line in lines if line.row.team_id is None]
    own = [line.row for line in lines if line.row.team_id is not None]
    endpoints: list[str] = []
    parameters: dict[str, dict[str, Any]] = {}
    limits: dict[str, int] = {}
    prices: dict[str, Any] = {}
    words: dict[str, Any] = {}
    for row in (*shipped, _told_by_server(model), *own):
        endpoints, prices = row.endpoints or endpoints, row.prices or prices
        limits.update(_counts(row.limits))
        words.update({name: value for name in WORDS if (value := getattr(row, name)) not in {None, ""}})
        for name, bounds in row.parameters.items():
            parameters[name] = {**parameters.get(name, {}), **bounds}
    return Facts(tuple(endpoints), parameters, limits, _prices(prices), **words)


def _told_by_server(model: Model) -> ModelFact:
    """What the server's own list says of a model, as a line."""
    limits = {"context": model.context_tokens} if model.context_tokens else {}
    return ModelFact(limits=limits, label=model.label, note=_description(model), shutdown_date=model.shutdown_date)


def _description(model: Model) -> str:
    return str(model.facts.get("description", ""))


def _counts(limits: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in limits.items() if isinstance(value, int) and value > 0}


def _prices(data: dict[str, Any]) -> Prices:
    money = {name: _money(data.get(name)) for name in ("input", "output", "cached_input")}
    return Prices(**money, is_free=bool(data.get("free")) and money["input"] is None)


def _money(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None
