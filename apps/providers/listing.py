"""The models page of a provider: what is shown of each model, how much at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator

from apps.accounts.models import Team
from apps.providers.facts import Facts, facts_for_many
from apps.providers.model_words import ENDPOINT_WORDS
from apps.providers.models import DefaultModel, Model, Provider

SHOWN_AT_ONCE = 100
MOST_FOLDED = 200


@dataclass(frozen=True, slots=True)
class Row:
    model: Model
    facts: Facts
    is_default: bool
    is_default_for_small_jobs: bool

    @property
    def label(self) -> str:
        return self.facts.label or self.model.name

    @property
    def endpoint_words(self) -> list[Any]:
        return [ENDPOINT_WORDS.get(name, name) for name in self.facts.endpoints]

    @property
    def is_gone(self) -> bool:
        return not (self.model.is_listed or self.model.is_typed)

    @property
    def is_folded(self) -> bool:
        """Whether no page offers it: it stands at the end, folded."""
        return self.facts.is_hidden or self.facts.is_retired or self.is_gone


@dataclass(frozen=True, slots=True)
class Listing:
    """`found` models match `search`, `page` has those shown of them, `folded` the hidden, retired and unlisted ones, `more` of them not."""

    page: Page[Row]
    folded: Sequence[Row]
    more: int
    found: int
    search: str

    def query(self, number: int) -> str:
        return urlencode({**({"q": self.search} if self.search else {}), "page": number})

    @property
    def previous_query(self) -> str:
        return self.query(self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def next_query(self) -> str:
        return self.query(self.page.next_page_number()) if self.page.has_next() else ""


def list_models(team: Team, provider: Provider, search: str = "", page: str = "") -> Listing:
    """The provider's models: favourites first, then by name. Three questions to the database, however many there are."""
    search = search.replace("\x00", "").strip()[:200]
    models = list(Model.objects.filter(provider=provider).order_by("name"))
    for model in models:
        model.provider = provider
    facts = facts_for_many(team, models)
    defaults = {(row.model_id, row.purpose) for row in DefaultModel.objects.filter(team=team)}
    writing, cheap = DefaultModel.Purpose.WRITING, DefaultModel.Purpose.CHEAP
    found = [model for model in models if _fits(model, facts[model.pk], search.lower())]
    rows = [Row(model, facts[model.pk], (model.pk, writing) in defaults, (model.pk, cheap) in defaults) for model in found]
    rows.sort(key=lambda row: not row.facts.is_favourite)
    folded = [row for row in rows if row.is_folded]
    pages = Paginator([row for row in rows if not row.is_folded], SHOWN_AT_ONCE)
    return Listing(pages.get_page(page), folded[:MOST_FOLDED], max(0, len(folded) - MOST_FOLDED), len(rows), search)


def _fits(model: Model, facts: Facts, search: str) -> bool:
    return not search or any(search in text.lower() for text in (model.name, facts.label, facts.note))
