"""The list of models: what is shown of each, which of them, in which order, how much at once."""

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Membership
from apps.catalog.nearness import nearness
from apps.catalog.usage import NOTHING, Used, used_this_month
from apps.providers.choices import providers_of
from apps.providers.facts import Facts, facts_for_many
from apps.providers.model_access import Rule, rules_of
from apps.providers.model_words import ENDPOINT_WORDS
from apps.providers.models import DefaultModel, Model, Provider
from apps.providers.picker import price_line

SHOWN_AT_ONCE: Final = 100
TUNED: Final = "ft:"
OWNERS: Final = ("org-", "user-")  # how OpenAI names those who tuned a model
CanSync = Callable[[Provider], bool]
LAST: Final = datetime.date.max
SHOWS: Final = {
    "": _("Offered"),
    "hidden": _("Not offered"),
    "leaving": _("Leaving"),
    "tuned": _("Tuned by you"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One model. `is_default`, `is_default_for_small_jobs`: pages start with it. `rule`: who may use it, None for everybody."""

    model: Model
    facts: Facts
    used: Used
    defaults: Set[str]
    rule: Rule | None

    @property
    def label(self) -> str:
        return self.facts.label or self.model.name

    @property
    def endpoint_words(self) -> list[Any]:
        return [ENDPOINT_WORDS.get(name, name) for name in self.facts.endpoints]

    @property
    def is_default(self) -> bool:
        return DefaultModel.Purpose.WRITING in self.defaults

    @property
    def is_default_for_small_jobs(self) -> bool:
        return DefaultModel.Purpose.CHEAP in self.defaults

    @property
    def is_gone(self) -> bool:
        return not (self.model.is_listed or self.model.is_typed)

    @property
    def is_offered(self) -> bool:
        """Whether pages offer it to those who may use it."""
        return not (self.facts.is_hidden or self.facts.is_retired or self.is_gone)

    @property
    def is_leaving(self) -> bool:
        return self.facts.shutdown_date is not None and not self.facts.is_retired

    @property
    def is_tuned(self) -> bool:
        return is_tuned(self.model)

    @property
    def price(self) -> str:
        return price_line(self.facts.prices)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A provider above the list: how many models it has. `can_sync`: whether whoever looks may have it looked at."""

    provider: Provider
    models: int
    can_sync: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address says. Words that nobody knows are as if they were not there."""

    search: str = ""
    provider: uuid.UUID | None = None
    work: str = ""
    show: str = ""
    sort: str = ""
    down: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        sort = query.get("sort", "")[:40]
        name = sort.removeprefix("-")
        return cls(
            search=query.get("q", "").replace("\x00", "").strip()[:200],
            provider=_as_id(query.get("provider", "")),
            work=query.get("work", "") if query.get("work", "") in ENDPOINT_WORDS else "",
            show=query.get("show", "") if query.get("show", "") in SHOWS else "",
            sort=name if name in SORTS else "",
            down=sort.startswith("-") and name in SORTS,
        )

    @property
    def is_narrowing(self) -> bool:
        return bool(self.search or self.provider or self.work or self.show)

    def query(self, **changes: Any) -> str:
        """The address with these parts changed; the page is always the first one unless it is among them."""
        words = {
            "q": self.search,
            "provider": str(self.provider or ""),
            "work": self.work,
            "show": self.show,
            "sort": f"{'-' if self.down else ''}{self.sort}",
        } | changes
        query = QueryDict(mutable=True)
        query.update({name: str(value) for name, value in words.items() if value})
        return query.urlencode()


@dataclass(frozen=True, slots=True)
class Column:
    """A head that sorts: its address, how it stands now ("ascending", "descending", ""), and in what its numbers are ("" for none)."""

    name: str
    title: Any
    query: str
    order: str
    unit: Any


@dataclass(frozen=True, slots=True)
class Listing:
    """`page` has those shown of the `found` ones. `elsewhere`: how many the same search and filters would find among those not offered."""

    filters: Filters
    page: Page[Row]
    found: int
    total: int
    elsewhere: int
    counts: Mapping[str, int]
    works: Sequence[tuple[str, Any]]
    providers: Sequence[Provider]
    shelves: Sequence[Shelf]
    leaving_used: int

    @property
    def shows(self) -> list[tuple[str, Any, int, str]]:
        """Name, title, how many, address."""
        return [(name, title, self.counts[name], self.filters.query(show=name)) for name, title in SHOWS.items()]

    @property
    def columns(self) -> dict[str, Column]:
        return {name: self._column(name, title) for name, (title, _key, _down) in SORTS.items()}

    @property
    def previous_query(self) -> str:
        return self.filters.query(page=self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def next_query(self) -> str:
        return self.filters.query(page=self.page.next_page_number()) if self.page.has_next() else ""

    @property
    def elsewhere_query(self) -> str:
        return self.filters.query(show="hidden")

    @property
    def here(self) -> str:
        return self.filters.query(page=self.page.number if self.page.number > 1 else "")

    def _column(self, name: str, title: Any) -> Column:
        filters = self.filters
        is_it = filters.sort == name
        down = not filters.down if is_it else SORTS[name][2]
        order = ("descending" if filters.down else "ascending") if is_it else ""
        return Column(name, title, filters.query(sort=f"{'-' if down else ''}{name}"), order, UNITS.get(name, ""))


def is_tuned(model: Model) -> bool:
    """Whether somebody taught this one with examples of his own: by its name, or by whom its provider calls its owner."""
    return model.name.startswith(TUNED) or str(model.facts.get("owned_by", "")).startswith(OWNERS)


def list_models(membership: Membership, filters: Filters, page: str = "", can_sync: CanSync | None = None) -> Listing:
    """Six questions to the database, however many models there are: providers, models, what the team knows, defaults, access, use."""
    providers = list(providers_of(membership.team).order_by("is_builtin", "name", "pk"))
    rows = _rows(membership, providers)
    narrowed = [row for row in rows if _is_within(row, filters)]
    shown = [row for row in narrowed if _is_shown(row, filters.show)]
    pages = Paginator(_in_order(shown, filters, providers), SHOWN_AT_ONCE)
    counts = {name: sum(_is_shown(row, name) for row in narrowed) for name in SHOWS}
    works = {name for row in rows for name in row.facts.endpoints}
    return Listing(
        filters=filters,
        page=pages.get_page(page),
        found=len(shown),
        total=len(rows),
        elsewhere=0 if filters.show else counts["hidden"],
        counts=counts,
        works=[(name, title) for name, title in ENDPOINT_WORDS.items() if name in works],
        providers=providers,
        shelves=_shelves(providers, rows, filters, can_sync),
        leaving_used=sum(1 for row in rows if row.is_leaving and (row.used.calls or row.defaults)),
    )


def models_of(providers: Sequence[Provider], *wanted: Q) -> list[Model]:
    """All that they have, with their providers; without what was deleted there. One question."""
    by_id = {provider.pk: provider for provider in providers}
    models = list(Model.objects.filter(*wanted, provider__in=by_id, deleted_at=None).order_by("name"))
    for model in models:
        model.provider = by_id[model.provider_id]
    return models


def _rows(membership: Membership, providers: Sequence[Provider]) -> list[Row]:
    models = models_of(providers)
    facts = facts_for_many(membership.team, models)
    used, rules = used_this_month(membership.team), rules_of(membership.team_id)
    defaults: dict[uuid.UUID, set[str]] = {}
    for model, purpose in DefaultModel.objects.filter(team=membership.team).values_list("model", "purpose"):
        defaults.setdefault(model, set()).add(purpose)
    return [
        Row(model, facts[model.pk], used.get(key, NOTHING), defaults.get(model.pk, frozenset()), rules.get(key))
        for model in models
        for key in ((model.provider_id, model.name),)
    ]


def _is_within(row: Row, filters: Filters) -> bool:
    if filters.provider and row.model.provider_id != filters.provider:
        return False
    if filters.work and filters.work not in row.facts.endpoints:
        return False
    search = filters.search.lower()
    return not search or any(search in text.lower() for text in (row.model.name, row.facts.label, row.facts.note))


def _is_shown(row: Row, show: str) -> bool:
    shows = {"": row.is_offered, "hidden": not row.is_offered, "leaving": row.is_leaving, "tuned": row.is_tuned}
    return shows[show]


def _by_name(row: Row) -> Any:
    return row.label.lower()


def _by_price(row: Row) -> Any:
    """Own servers first, what nobody knows last."""
    prices = row.facts.prices
    if prices.is_free:
        return Decimal(-1)
    return prices.output if prices.output is not None else prices.input if prices.input is not None else Decimal("Infinity")


def _by_room(row: Row) -> Any:
    return row.facts.limits.get("context", 0)


def _by_use(row: Row) -> Any:
    return row.used.calls, row.used.cost


def _by_day(row: Row) -> Any:
    return row.facts.shutdown_date or LAST


# The head of the column, what it sorts by, and whether the first click begins with the largest.
SORTS: dict[str, tuple[Any, Callable[[Row], Any], bool]] = {
    "name": (_("Model"), _by_name, False),
    "price": (_("Price"), _by_price, False),
    "room": (_("Room"), _by_room, True),
    "used": (_("Used this month"), _by_use, True),
    "leaves": (_("Leaves on"), _by_day, False),
}
UNITS: Final[Mapping[str, Any]] = {"price": _("per million tokens"), "room": _("tokens")}


def _in_order(rows: list[Row], filters: Filters, providers: Sequence[Provider]) -> list[Row]:
    """Without a wish what is nearest to the search, then by provider, favourites first; the names stand in order already."""
    if filters.sort:
        return sorted(rows, key=SORTS[filters.sort][1], reverse=filters.down)
    place = {provider.pk: number for number, provider in enumerate(providers)}

    def key(row: Row) -> Any:
        near = nearness(filters.search, (row.model.name, row.facts.label)) if filters.search else 0
        return near, place[row.model.provider_id], not row.facts.is_favourite

    return sorted(rows, key=key)


def _shelves(providers: Sequence[Provider], rows: Sequence[Row], filters: Filters, can_sync: CanSync | None) -> list[Shelf]:
    counts: dict[uuid.UUID, int] = {}
    for row in rows:
        if row.is_offered:
            counts[row.model.provider_id] = counts.get(row.model.provider_id, 0) + 1
    shown = [provider for provider in providers if filters.provider in {None, provider.pk}]
    return [Shelf(provider, counts.get(provider.pk, 0), can_sync is not None and can_sync(provider)) for provider in shown]


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
