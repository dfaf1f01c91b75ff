"""Where a team has chosen a model: what is touched when it leaves, and what another one can take the place of it in.

An app registers a `UseSource` when it starts. Ids are those of `providers.Model`, which every page keeps that has chosen one.
"""

import uuid
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Membership
from apps.providers.models import DefaultModel, Model

Counts = dict[uuid.UUID, int]


@dataclass(frozen=True, slots=True)
class Use:
    """One place: what it is, its name, and where it is looked at ("" where it has no page)."""

    kind: Any
    title: str
    url: str
    icon: str


class UseSource(ABC):
    """The places of one kind."""

    name: ClassVar[str]
    position: ClassVar[int] = 50

    @abstractmethod
    def count(self, membership: Membership, models: Collection[uuid.UUID]) -> Counts:
        """How many places have chosen each of these models, in one question. Models that nobody chose are absent."""

    @abstractmethod
    def words(self, number: int) -> str:
        """`3 chats`."""

    @abstractmethod
    def find(self, membership: Membership, model: uuid.UUID, most: int) -> Sequence[Use]:
        """Some of the places."""

    @abstractmethod
    def replace(self, membership: Membership, old: Model, new: Model) -> int:
        """Let the new one take its place. Called in a transaction. How many places were changed."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What has chosen a model, kind by kind."""

    parts: Sequence[str] = ()
    total: int = 0

    @property
    def line(self) -> str:
        """`3 chats, 2 defaults`; "" where nothing has."""
        return ", ".join(self.parts)


NOTHING = Touched()
_sources: dict[str, UseSource] = {}


def register(source: UseSource) -> None:
    _sources[source.name] = source


def sources() -> list[UseSource]:
    return sorted(_sources.values(), key=lambda source: source.position)


def touched_by(membership: Membership, models: Collection[uuid.UUID]) -> dict[uuid.UUID, Touched]:
    """What has chosen each of these models: one question for each kind of place."""
    parts: dict[uuid.UUID, list[str]] = defaultdict(list)
    totals: dict[uuid.UUID, int] = defaultdict(int)
    for source in sources() if models else ():
        for model, number in source.count(membership, models).items():
            parts[model].append(source.words(number))
            totals[model] += number
    return {model: Touched(told, totals[model]) for model, told in parts.items()}


def uses_of(membership: Membership, model: uuid.UUID, most: int) -> list[Use]:
    """Places that have chosen it, some of each kind."""
    return [use for source in sources() for use in source.find(membership, model, most)]


class DefaultUses(UseSource):
    """The models that pages start with."""

    name = "defaults"
    position = 10

    def count(self, membership: Membership, models: Collection[uuid.UUID]) -> Counts:
        counts: Counts = defaultdict(int)
        for model in DefaultModel.objects.filter(team=membership.team_id, model__in=models).values_list("model", flat=True):
            counts[model] += 1
        return counts

    def words(self, number: int) -> str:
        return ngettext("%(n)s default", "%(n)s defaults", number) % {"n": number}

    def find(self, membership: Membership, model: uuid.UUID, most: int) -> Sequence[Use]:
        rows = DefaultModel.objects.filter(team=membership.team_id, model=model).order_by("purpose")[:most]
        return [Use(_("Pages start with this"), str(row.get_purpose_display()), "", "star") for row in rows]

    def replace(self, membership: Membership, old: Model, new: Model) -> int:
        return DefaultModel.objects.filter(team=membership.team_id, model=old).update(model=new)
