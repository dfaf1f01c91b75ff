"""Which models a team can choose from, and which one a page starts with."""

import uuid
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from apps.accounts.models import Team
from apps.providers.facts import Facts, facts_for_many
from apps.providers.models import DefaultModel, Model, Provider


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


def models_for(team: Team, endpoint: str) -> list[ModelChoice]:
    """Models that serve this endpoint: by provider and name, the built-in ones last. Two questions to the database."""
    models = list(_present(team).order_by("provider__is_builtin", "provider__name", "provider_id", "name"))
    facts = facts_for_many(team, models)
    return [ModelChoice(model, model.provider, facts[model.pk]) for model in models if facts[model.pk].does(endpoint)]


def default_model(team: Team, purpose: str = DefaultModel.Purpose.WRITING) -> Model | None:
    """The team's choice for this purpose while it is there; else its choice for writing; else the first that chats."""
    present = _present(team)
    rows = DefaultModel.objects.filter(team=team, model__in=present).select_related("model__provider")
    chosen = {row.purpose: row.model for row in rows}
    model = chosen.get(purpose) or chosen.get(DefaultModel.Purpose.WRITING)
    if model:
        return model
    choices = models_for(team, "chat")
    return choices[0].model if choices else None


def get_model(team: Team, id: uuid.UUID | str) -> Model | None:
    """One model of the team's living providers, also one that is no longer listed; None for any other id."""
    try:
        return _alive(team).filter(pk=id).first()
    except (ValueError, TypeError, ValidationError):
        return None


def providers_of(team: Team) -> QuerySet[Provider]:
    """The providers that this team may use: its own, and those that are offered to all."""
    return Provider.objects.alive().filter(Q(team=team) | Q(team=None))


def _alive(team: Team) -> QuerySet[Model]:
    return Model.objects.filter(provider__in=providers_of(team)).select_related("provider")


def _present(team: Team) -> QuerySet[Model]:
    return _alive(team).filter(Q(is_listed=True) | Q(is_typed=True))
