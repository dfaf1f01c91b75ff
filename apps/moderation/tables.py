"""The rows of a check as a table: filtered, sorted, a page at a time. The team's limits are applied when somebody looks."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Case, F, FilteredRelation, IntegerField, Q, QuerySet, Value, When
from django.http import QueryDict

from apps.core.templatetags.core import count
from apps.moderation.categories import WORDS, words_for
from apps.moderation.models import Batch, Check, Judging, Row, Verdict
from apps.moderation.rules import Limits, may_have_limit
from apps.moderation.verdicts import Told, told

ON_A_PAGE: Final = 50
MOST_SILENT: Final = 2 * ON_A_PAGE  # that are looked up: a page of rows by two models
LETTERS: Final = "AB"
SHOWS: Final = ("all", "flagged", "clear", "unassessed", "missing", "differ")
FLOOR: Final = 0.005  # a score below it is shown as 0.00: nothing was found
SORTS: Final = ("row", "score", "category", "verdict")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What stands in the address. `sort` begins with "-" for the other direction."""

    show: str = "all"
    category: str = ""
    sort: str = "row"
    page: int = 1
    by: int = 0  # position of the judging that the table is sorted and filtered by

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Wanted":
        show, sort = query.get("show", ""), query.get("sort", "")
        page, by = (query.get(name, "") for name in ("page", "by"))
        return cls(
            show if show in SHOWS else "all",
            query.get("category", "")[:100].replace("\x00", ""),
            sort if sort.removeprefix("-") in SORTS else "row",
            max(1, int(page)) if page.isascii() and page.isdigit() and 0 < len(page) < 7 else 1,
            1 if by == "1" else 0,
        )

    @property
    def is_narrowing(self) -> bool:
        return self.show != "all" or bool(self.category)

    @property
    def here(self) -> str:
        """The query of this very view."""
        return self.address(page=str(self.page))

    def address(self, **changed: str) -> str:
        """The query of this view with something else in it; then it begins with the first page."""
        query = QueryDict(mutable=True)
        values = {"show": self.show, "category": self.category, "sort": self.sort, "by": str(self.by), "page": str(self.page)}
        plain = {"show": "all", "category": "", "sort": "row", "by": "0", "page": "1"}
        for name, value in {**values, "page": "1", **changed}.items():
            if value != plain[name]:
                query[name] = value
        return f"?{query.urlencode()}"


@dataclass(slots=True)
class Line:
    """A row with what each model said of it; None where it said nothing yet. `why`: for each model, why it said nothing."""

    row: Row
    told: list[Told | None]
    why: list[str]

    @property
    def said(self) -> list[tuple[Told | None, str]]:
        return list(zip(self.told, self.why, strict=True))

    @property
    def is_flagged(self) -> bool:
        return any(each is not None and each.is_flagged for each in self.told)


@dataclass(slots=True)
class Head:
    """A column that sorts: where its button leads, and its `aria-sort`."""

    words: str
    address: str
    sort: str


@dataclass(slots=True)
class Page:
    lines: list[Line]
    total: int
    wanted: Wanted
    categories: list[tuple[str, str]] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ON_A_PAGE))

    @property
    def before(self) -> str:
        return self.wanted.address(page=str(self.wanted.page - 1)) if self.wanted.page > 1 else ""

    @property
    def after(self) -> str:
        return self.wanted.address(page=str(self.wanted.page + 1)) if self.wanted.page < self.pages else ""

    @property
    def shown(self) -> str:
        first = (self.wanted.page - 1) * ON_A_PAGE + 1
        return f"{count(first)}–{count(first + len(self.lines) - 1)}" if self.lines else ""


def page_of(check: Check, judgings: Sequence[Judging], limits: Limits, wanted: Wanted, total: int, categories: Iterable[str]) -> Page:
    """`total`: how many rows there are with these filters. `categories`: those that are offered as a filter."""
    start = (wanted.page - 1) * ON_A_PAGE
    found = list(narrowed(check, judgings, limits, wanted)[start : start + ON_A_PAGE])
    return Page(lines_of(found, judgings, limits), total, wanted, _by_words({*categories, *filter(None, [wanted.category])}))


def lines_of(found: Sequence[Row], judgings: Sequence[Judging], limits: Limits) -> list[Line]:
    verdicts = {(each.judging_id, each.row_id): each for each in Verdict.objects.filter(judging__in=judgings, row__in=found)}
    said = [[verdicts.get((judging.pk, row.pk)) for judging in judgings] for row in found]
    why = _why([(judging, row) for row in found for judging in judgings if (judging.pk, row.pk) not in verdicts])
    return [
        Line(row, [told(each, limits) if each else None for each in of_row], [why.get((judging.pk, row.pk), "") for judging in judgings])
        for row, of_row in zip(found, said, strict=True)
    ]


def _why(silent: Sequence[tuple[Judging, Row]]) -> dict[tuple[uuid.UUID, int], str]:
    """Why calls brought nothing for these rows, where that is known."""
    if not silent:
        return {}
    wanted = Q()
    for judging, row in silent[:MOST_SILENT]:
        wanted |= Q(judging=judging.pk, first__lte=row.position, last__gte=row.position)
    batches = list(Batch.objects.filter(wanted).exclude(sentence=""))
    return {
        (judging.pk, row.pk): batch.sentence
        for judging, row in silent
        for batch in batches
        if batch.judging_id == judging.pk and batch.first <= row.position <= batch.last
    }


def narrowed(check: Check, judgings: Sequence[Judging], limits: Limits, wanted: Wanted) -> "QuerySet[Row]":
    """The rows that are wanted, in their order. `v0` and `v1` are the verdicts of the first and the second model."""
    rows: Any = Row.objects.filter(check_of=check)
    for number, judging in enumerate(judgings):
        rows = rows.annotate(**{f"v{number}": FilteredRelation("verdicts", condition=Q(verdicts__judging=judging.pk))})
    if not judgings:
        return rows.order_by("position") if wanted.show in {"all", "missing"} else rows.none()
    by = min(wanted.by, len(judgings) - 1)
    flagged = [where_flagged(f"v{number}", judging, limits) for number, judging in enumerate(judgings)]
    silent = [unassessed(f"v{number}", judging, limits) for number, judging in enumerate(judgings)]
    rows = rows.filter(_shown(wanted.show, flagged, silent, by))
    if wanted.category:
        rows = rows.filter(
            _flagged_for(wanted.category, f"v{by}", limits) | Q(**{f"v{by}__top": wanted.category, f"v{by}__score__gte": FLOOR})
        )
    return rows.order_by(*_order(wanted.sort, f"v{by}", flagged[by]))


def _shown(show: str, flagged: Sequence[Q], silent: Sequence[Q], by: int) -> Q:
    is_there = Q(**{f"v{by}__isnull": False})
    found = {
        "flagged": is_there & flagged[by],
        "clear": is_there & ~flagged[by] & ~silent[by],
        "unassessed": is_there & silent[by],
        "missing": ~is_there,
    }
    if len(flagged) > 1:
        both = Q(v0__isnull=False, v1__isnull=False) & ~silent[0] & ~silent[1]
        found |= {"both": both, "differ": both & ((flagged[0] & ~flagged[1]) | (~flagged[0] & flagged[1]))}
    return found.get(show, Q())


def _order(sort: str, alias: str, flagged: Q) -> list[Any]:
    name, is_backwards = sort.removeprefix("-"), sort.startswith("-")
    if name == "row":
        return ["-position" if is_backwards else "position"]
    if name == "verdict":
        told_first = Case(When(flagged, then=Value(0)), default=Value(1), output_field=IntegerField())
        return [told_first.desc() if is_backwards else told_first.asc(), "position"]
    field = F(f"{alias}__score" if name == "score" else f"{alias}__top")
    goes_down = (name == "score") != is_backwards  # scores begin with the highest
    return [field.desc(nulls_last=True) if goes_down else field.asc(nulls_last=True), "position"]


def where_flagged(alias: str, judging: Judging, limits: Limits) -> Q:
    """Verdicts that count as flagged: by the team's limits, else by what the model said. `alias`: "" for a query of verdicts."""
    before = f"{alias}__" if alias else ""
    if not limits:
        return Q(**{f"{before}is_flagged": True})
    found = Q(**{f"{before}is_flagged": True, f"{before}flags": "|"})  # without a name no limit can be meant
    for name in dict.fromkeys([*filter(may_have_limit, limits), *names_of(judging)]):
        found |= _flagged_for(name, alias, limits)
    return found


def _flagged_for(name: str, alias: str, limits: Limits) -> Q:
    """What was not looked for is not flagged, whatever number stands there."""
    before = f"{alias}__" if alias else ""
    if name not in limits:
        return Q(**{f"{before}flags__contains": f"|{name}|"})
    return Q(**{f"{before}scores__{name}__gte": limits[name]}) & ~Q(**{f"{before}applied__{name}": []})


def unassessed(alias: str, judging: Judging, limits: Limits) -> Q:
    """Verdicts of which no category was looked for: they tell nothing, so they are neither flagged nor clear."""
    before = f"{alias}__" if alias else ""
    there = Q(**{f"{before}score": None, f"{before}id__isnull": False}) & ~Q(**{f"{before}scores": {}})
    return there & ~where_flagged(alias, judging, limits)


def names_of(judging: Judging) -> list[str]:
    """The categories that this model tells of."""
    return list(dict.fromkeys([*WORDS, *judging.categories]))


def _by_words(names: Iterable[str]) -> list[tuple[str, str]]:
    return sorted(((name, words_for(name)) for name in names), key=lambda pair: pair[1])


def heads(wanted: Wanted, words: Mapping[str, str], by: int | None = None) -> dict[str, Head]:
    """The columns that sort: a click turns the one by which it is sorted round. `by`: of which model they are, None for none."""
    made = {}
    for name, text in words.items():
        is_here = wanted.sort.removeprefix("-") == name and by in {None, wanted.by}
        is_backwards = wanted.sort.startswith("-")
        goes_down = (name == "score") != is_backwards
        sort = ("descending" if goes_down else "ascending") if is_here else "none"
        of_model = {} if by is None else {"by": str(by)}
        made[name] = Head(text, wanted.address(sort=f"-{name}" if is_here and not is_backwards else name, **of_model), sort)
    return made
