"""Which models a team can choose from, and which one a page starts with."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from apps.accounts.models import Membership, Team
from apps.providers.facts import Facts, facts_for_many
from apps.providers.model_access import barrier_for
from apps.providers.models import DefaultModel, Model, Provider

EITHER = "|"  # between parts of the API of which a page needs one: "images.variations|images.edit"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that can be chosen now, with its provider and its facts."""

    model: Model
    provider: Provider
    facts: Facts

    @property
    def id(self) -> uuid.UUID:
        return self.model.pk

    @property
    def label(self) -> str:
        return self.facts.label or self.model.name

    @property
    def is_there(self) -> bool:
        """Whether it can still be asked: its provider has it, and the day on which it is switched off is not over."""
        return (self.model.is_listed or self.model.is_typed) and not self.facts.is_retired

    def is_offered_for(self, endpoint: str) -> bool:
        """Whether pages offer it for this part of the API: it serves that, its provider has it, and nobody hid the model."""
        return self.is_there and not self.facts.is_hidden and any(self._offers(part) for part in endpoint.split(EITHER))

    def _offers(self, part: str) -> bool:
        if part == "responses" and self.facts.does("chat") and self.provider.has(part):  # a server answers chats by it or not at all
            return True
        return self.facts.does(part) and not self.provider.lacks(part)

    def serves(self, endpoint: str) -> bool:
        """Whether it is made for this part of the API, wherever it is now."""
        return any(self.facts.does(part) for part in endpoint.split(EITHER))


def models_for(team: Team, endpoint: str, member: Membership | None = None) -> list[ModelChoice]:
    """Models that serve this endpoint: by provider, favourites first, then by name; the built-in ones last.

    Leaves out what is hidden, retired, or behind a provider that has no such endpoint, and what this member may not use.
    Three questions to the database, four for a member.
    """
    # Prefetched, since a join would make a provider for each of thousands of models: half of the time.
    present = _present(team).prefetch_related("provider").order_by("provider__is_builtin", "provider__name", "provider_id", "name")
    barrier = barrier_for(member)
    offered = [choice for choice in choices_of(team, present) if choice.is_offered_for(endpoint) and barrier.lets(choice.model)]
    place = {pk: number for number, pk in enumerate(dict.fromkeys(choice.provider.pk for choice in offered))}
    return sorted(offered, key=lambda choice: (place[choice.provider.pk], not choice.facts.is_favourite))


def choices_of(team: Team, models: Iterable[Model]) -> list[ModelChoice]:
    """These models with their facts. One question to the database for all facts (fetch `provider` with the models)."""
    models = list(models)
    facts = facts_for_many(team, models)
    return [ModelChoice(model, model.provider, facts[model.pk]) for model in models]


def default_model(
    team: Team, purpose: str = DefaultModel.Purpose.WRITING, endpoint: str = "chat", member: Membership | None = None
) -> Model | None:
    """The team's choice for this purpose while it is offered; else its choice for writing; else the best of those that can do it.

    For a member only what he may use.
    """
    rows = DefaultModel.objects.filter(team=team, model__in=_present(team)).select_related("model__provider")
    of_purpose = {row.purpose: row.model for row in rows}
    chosen = [of_purpose[name] for name in (purpose, DefaultModel.Purpose.WRITING) if name in of_purpose]
    barrier = barrier_for(member if chosen else None)
    for choice in choices_of(team, chosen):
        if choice.is_offered_for(endpoint) and barrier.lets(choice.model):
            return choice.model
    best = min(models_for(team, endpoint, member), key=_how_far_from_best, default=None)
    return best.model if best else None


def _how_far_from_best(choice: ModelChoice) -> tuple[bool, bool, bool]:
    """A favourite goes first, one on this machine last, one that is not leaving before one that is."""
    return not choice.facts.is_favourite, choice.provider.is_builtin, choice.facts.shutdown_date is not None


def get_model(team: Team, id: uuid.UUID | str) -> Model | None:
    """One model of the team's living providers, also one that is no longer listed; None for any other id."""
    try:
        return _alive(team).select_related("provider").filter(pk=id).first()
    except (ValueError, TypeError, ValidationError):
        return None


def providers_of(team: Team) -> QuerySet[Provider]:
    """The providers that this team may use: its own, and those that are offered to all."""
    return Provider.objects.alive().filter(Q(team=team) | Q(team=None))


def _alive(team: Team) -> QuerySet[Model]:
    return Model.objects.filter(provider__in=providers_of(team))


def _present(team: Team) -> QuerySet[Model]:
    return _alive(team).filter(Q(is_listed=True) | Q(is_typed=True))
