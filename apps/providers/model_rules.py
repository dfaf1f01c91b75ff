"""The lines of the table as people read them: what each says, and which models it touches now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Team
from apps.providers.choices import providers_of
from apps.providers.facts import Facts
from apps.providers.model_lines import Line, own_lines, shipped_lines, touched_by
from apps.providers.model_words import ENDPOINT_WORDS
from apps.providers.models import Model, ModelFact
from apps.providers.retirement import text

NAMED = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """One line. `touches`: the models of this team that it fits."""

    line: ModelFact
    says: Sequence[str]
    touches: Sequence[Model]

    @property
    def named(self) -> str:
        """The first of the models it touches."""
        return ", ".join(model.name for model in self.touches[:NAMED])

    @property
    def unnamed(self) -> int:
        return max(0, len(self.touches) - NAMED)


@dataclass(frozen=True, slots=True)
class Rules:
    own: Sequence[Rule]
    shipped: Sequence[Rule]


def list_rules(team: Team, search: str = "") -> Rules:
    """The team's own lines and those that ship, whose patterns have the search in them. Two questions to the database."""
    own = [line for line in own_lines(team) if _fits(line.row, search)]
    shipped = [line for line in shipped_lines() if _fits(line.row, search)]
    touched = touched_by(own, _models_of(team))
    return Rules(_rules(own, touched), _rules(shipped, touched))


def touched_by_line(team: Team, row: ModelFact) -> list[Model]:
    return touched_by([Line(row)], _models_of(team)).get(row.pk, [])


def _models_of(team: Team) -> Iterable[Model]:
    """Names and providers alone: there may be thousands."""
    providers = {provider.pk: provider for provider in providers_of(team)}
    models = list(Model.objects.filter(provider__in=providers).only("name", "provider_id").order_by("name"))
    for model in models:
        model.provider = providers[model.provider_id]
    return models


def _rules(lines: Iterable[Line], touched: dict[Any, list[Model]]) -> list[Rule]:
    in_order = sorted(lines, key=lambda line: (line.row.model_pattern.lower(), line.row.provider_pattern.lower()))
    return [Rule(line.row, list(_says(line.row)), touched.get(line.row.pk, [])) for line in in_order]


def _fits(row: ModelFact, search: str) -> bool:
    return search.lower() in f"{row.provider_pattern} {row.model_pattern} {row.label}".lower()


def _says(row: ModelFact) -> Iterable[str]:
    """In a few words."""
    yield from (str(each) for each in (row.label, row.note) if each)
    if row.endpoints:
        yield _("good for: %(work)s") % {"work": ", ".join(str(ENDPOINT_WORDS.get(name, name)) for name in row.endpoints)}
    if row.shutdown_date:
        yield text(Facts(shutdown_date=row.shutdown_date))
    if row.prices:
        yield _("prices")
    if row.limits:
        yield _("room")
    if row.parameters:
        yield ngettext("%(n)s setting", "%(n)s settings", len(row.parameters)) % {"n": len(row.parameters)}
    if row.is_hidden is not None:
        yield _("hidden") if row.is_hidden else _("offered")
    if row.is_favourite is not None:
        yield _("favourite") if row.is_favourite else _("no favourite")
