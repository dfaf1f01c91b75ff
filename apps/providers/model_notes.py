"""What a team knows better than the table: its own line for exactly one model at one server.

Each change reads the line again and writes only what it is about, so that two people, or a person
and a refusal that comes in the same moment, keep each other's words.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from apps.accounts.models import Team
from apps.providers.model_lines import key_of
from apps.providers.models import Model, ModelFact

LONGEST_REASON = 300


def line_of_team(team: Team, model: Model) -> ModelFact:
    """The team's own line for this model; not yet stored if it wrote none."""
    key = key_of(team, model)
    return ModelFact.objects.filter(**key).first() or ModelFact(**key)


def change_line(team: Team, model: Model, change: Callable[[ModelFact], None]) -> ModelFact:
    """Change the team's own line for this model, as it is at that moment. A line that says nothing any more is forgotten."""
    with transaction.atomic():
        line, _is_new = ModelFact.objects.select_for_update().get_or_create(**key_of(team, model))
        change(line)
        if is_empty(line):
            line.delete()
        else:
            line.save()
    return line


def is_empty(line: ModelFact) -> bool:
    """Whether the line leaves everything to those below it."""
    said = (line.endpoints, line.parameters, line.limits, line.prices, line.label, line.note, line.shutdown_date, line.replacement)
    return not any(said) and line.is_hidden is None and line.is_favourite is None


def turn_off(team: Team, model: Model, parameter: str, because: str) -> None:
    """Note that a provider refused this parameter for this model: it is not offered or sent again."""

    def change(line: ModelFact) -> None:
        learned = {"off": True, "learned": True, "because": because[:LONGEST_REASON]}
        line.parameters = {**line.parameters, parameter: {**line.parameters.get(parameter, {}), **learned}}

    change_line(team, model, change)


def turn_off_value(team: Team, model: Model, parameter: str, value: str, because: str) -> None:
    """Note that a provider refused this value of a parameter for this model. Its other values stay."""

    def change(line: ModelFact) -> None:
        bounds = line.parameters.get(parameter, {})
        refused = [*(each for each in bounds.get("refused", ()) if each != value), value]
        line.parameters = {**line.parameters, parameter: {**bounds, "refused": refused, "why_refused": because[:LONGEST_REASON]}}

    change_line(team, model, change)


def allow_again(team: Team, model: Model, parameter: str) -> None:
    """Forget what was learned of this parameter: the next call may send it. What a person wrote of it stays."""

    def change(line: ModelFact) -> None:
        bounds = dict(line.parameters.get(parameter, {}))
        forgotten = ["refused", "why_refused", *(["off", "because", "learned"] if bounds.get("learned") else [])]
        kept = {name: value for name, value in bounds.items() if name not in forgotten}
        line.parameters = {**line.parameters, parameter: kept}
        if not kept:
            del line.parameters[parameter]

    change_line(team, model, change)


def mark(team: Team, model: Model, **words: Any) -> None:
    """Set single fields of the line, for instance `is_hidden`."""

    def change(line: ModelFact) -> None:
        for name, value in words.items():
            setattr(line, name, value)

    change_line(team, model, change)


def forget(team: Team, model: Model) -> None:
    """Take back everything that the team wrote or learned of exactly this model."""
    ModelFact.objects.filter(**key_of(team, model)).delete()
