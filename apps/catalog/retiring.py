"""Models that their providers switch off: when, what of the team is touched, and what may take their place."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Q

from apps.accounts.audit import record
from apps.accounts.models import Membership
from apps.catalog.listing import models_of
from apps.catalog.operations import COMPARING, LIMIT, AskBoth
from apps.catalog.usage import called_lately
from apps.providers.choices import ModelChoice, choices_of, models_for, providers_of
from apps.providers.model_lines import matched, own_lines, shipped_lines
from apps.providers.models import Model, Provider
from apps.providers.uses import NOTHING, Touched, sources, touched_by
from apps.runs.models import Run
from apps.runs.services import start_run

MOST_TOKENS: Final = 1_000  # of each answer


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody who knows suggests instead. `choice` is None where the team has no model of that name."""

    name: str
    choice: ModelChoice | None


@dataclass(frozen=True, slots=True)
class Leaving:
    """A model with its last day. `calls`: of the last thirty days."""

    choice: ModelChoice
    touched: Touched
    calls: int
    suggestions: Sequence[Suggestion]

    @property
    def day(self) -> datetime.date:
        return self.choice.facts.shutdown_date or datetime.date.max

    @property
    def is_past(self) -> bool:
        return self.choice.facts.is_retired

    @property
    def is_used(self) -> bool:
        return bool(self.touched.total or self.calls)


@dataclass(frozen=True, slots=True)
class Retirements:
    """Those to come, soonest first, and those that are over, the last one first."""

    to_come: Sequence[Leaving]
    past: Sequence[Leaving]


def retirements_of(membership: Membership) -> Retirements:
    """A few questions to the database, however many models leave."""
    found = _leaving(membership)
    return Retirements([each for each in found if not each.is_past], [each for each in reversed(found) if each.is_past])


def suggestions_for(choice: ModelChoice, choices: Iterable[ModelChoice]) -> list[Suggestion]:
    """The names that are suggested instead of it, each with the model that the team has of it, of the same provider first."""
    return _suggestions(choice, _by_name(choices))


def replacements_for(membership: Membership, choice: ModelChoice) -> list[ModelChoice]:
    """What may take its place: models for the same work that this member may use, the suggested ones first."""
    work = choice.facts.endpoints[0] if choice.facts.endpoints else "chat"
    others = [each for each in models_for(membership.team, work, membership) if each.id != choice.id]
    suggested = [each.choice.id for each in suggestions_for(choice, others) if each.choice]
    return sorted(others, key=lambda each: suggested.index(each.id) if each.id in suggested else len(suggested))


def replace_everywhere(by: Membership, old: Model, new: Model) -> list[str]:
    """Put the new one wherever the old one was chosen. What was changed, in words; all of it or nothing, and in the audit."""
    with transaction.atomic():
        changed = [(source, source.replace(by, old, new)) for source in sources()]
        told = [source.words(number) for source, number in changed if number]
        if told:
            record(by, "model.replaced", target=old.name, provider=old.provider.name, replaced_by=new.name, changed=told)
    return told


# --- One question to both ----------------------------------------------------------------------
def params_of(question: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": question}], LIMIT: MOST_TOKENS}


def cost_of_both(choices: Sequence[ModelChoice], characters: int) -> Decimal | None:
    """The most that it can cost for a question of so many characters; None where a price is not known."""
    params = params_of("x" * characters)
    costs = [AskBoth().estimate(params, (), choice.facts.prices).cost for choice in choices]
    return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))


def ask_both(by: Membership, old: ModelChoice, new: ModelChoice, question: str, key: str) -> None:
    """Two runs or none, of one key each: a form that is sent twice is paid once. Raises as `start_run`."""
    with transaction.atomic():
        for choice, run_key in zip((old, new), keys_of(key), strict=True):
            start_run(
                team=by.team,
                person=by.user,
                operation=AskBoth.name,
                provider=choice.provider,
                model=choice.model.name,
                model_label=choice.label,
                params=params_of(question),
                key=run_key,
                parent=(COMPARING, old.id),
            )


def keys_of(key: str) -> tuple[str, str]:
    return f"{key}-old", f"{key}-new"


def pair_of(runs: "Iterable[Run]", key: str) -> list[Run]:
    """The two answers of one form, the old model's first; nothing where there are not both."""
    found = {run.key: run for run in runs}
    pair = [found[each] for each in keys_of(key) if each in found]
    return pair if len(pair) == 2 else []


def _leaving(membership: Membership) -> list[Leaving]:
    """All with a last day, by that day."""
    providers = list(providers_of(membership.team))
    choices = choices_of(membership.team, _with_a_day(membership, providers))
    leaving = [choice for choice in choices if choice.facts.shutdown_date]
    touched = touched_by(membership, [choice.id for choice in leaving])
    calls = called_lately(membership.team, [choice.model for choice in leaving])
    instead = _by_name(_suggested(membership, providers, leaving))
    found = [
        Leaving(
            choice,
            touched.get(choice.id, NOTHING),
            calls.get((choice.provider.pk, choice.model.name), 0),
            _suggestions(choice, instead),
        )
        for choice in leaving
    ]
    return sorted(found, key=lambda each: (each.day, each.choice.label.lower()))


def _with_a_day(membership: Membership, providers: Sequence[Provider]) -> list[Model]:
    """Models of which the server, or a line of the table, tells a day. So facts are made of a few, and not of thousands."""
    lines = [line for line in (*shipped_lines(), *own_lines(membership.team)) if line.row.shutdown_date]
    models = models_of(providers)
    fitting = {model.pk for model, _shipped, own in matched(lines, models) if own}
    return [model for model in models if model.shutdown_date or model.pk in fitting]


def _suggested(membership: Membership, providers: Sequence[Provider], leaving: Sequence[ModelChoice]) -> list[ModelChoice]:
    """The models that are suggested instead of these, as far as the team has them."""
    names = {name for choice in leaving for name in _names(choice)}
    return choices_of(membership.team, models_of(providers, Q(name__in=names))) if names else []


def _names(choice: ModelChoice) -> list[str]:
    return [name.strip() for name in choice.facts.replacement.split(",") if name.strip()]


def _by_name(choices: Iterable[ModelChoice]) -> dict[str, list[ModelChoice]]:
    found: dict[str, list[ModelChoice]] = {}
    for choice in choices:
        if choice.is_there:
            found.setdefault(choice.model.name, []).append(choice)
    return found


def _suggestions(choice: ModelChoice, by_name: Mapping[str, Sequence[ModelChoice]]) -> list[Suggestion]:
    return [Suggestion(name, _nearest(by_name.get(name, ()), choice.provider.pk)) for name in _names(choice)]


def _nearest(choices: Sequence[ModelChoice], provider: uuid.UUID) -> ModelChoice | None:
    return min(choices, key=lambda choice: choice.provider.pk != provider, default=None)
