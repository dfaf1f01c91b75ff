"""The rows of a check as a table: filtered, sorted, a page at a time. The team's limits are applied when somebody looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Case, Count, F, FilteredRelation, IntegerField, Q, QuerySet, Value, When
from django.http import QueryDict

from apps.core.templatetags.core import count
from apps.moderation.categories import WORDS, words_for
from apps.moderation.models import Check, Judging, Row, Verdict
from apps.moderation.rules import Limits, may_have_limit
from apps.moderation.verdicts import Told, told

ON_A_PAGE: Final = 50
LETTERS: Final = "AB"
SHOWS: Final = ("all", "flagged", "clear", "missing", "differ")
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

    def address(self, **changed: str) -> str:
        """The query of this view with something else in it."""
        query = QueryDict(mutable=True)
        values = {"show": self.show, "category": self.category, "sort": self.sort, "by": str(self.by), "page": str(self.page)}
        plain = {"show": "all", "category": "", "sort": "row", "by": "0", "page": "1"}
        for name, value in {**values, "page": "1", **changed}.items():
            if value != plain[name]:
                query[name] = value
        return f"?{query.urlencode()}"


@dataclass(slots=True)
class Line:
    """A row with what each model said of it; None where it said nothing yet."""

    row: Row
    told: list[Told | None]

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


def page_of(check: Check, judgings: Sequence[Judging], limits: Limits, wanted: Wanted) -> Page:
    rows = narrowed(check, judgings, limits, wanted)
    start = (wanted.page - 1) * ON_A_PAGE
    found = list(rows[start : start + ON_A_PAGE])
    return Page(lines_of(found, judgings, limits), rows.count(), wanted, _categories(judgings, wanted))


def lines_of(found: Sequence[Row], judgings: Sequence[Judging], limits: Limits) -> list[Line]:
    verdicts = {(each.judging_id, each.row_id): each for each in Verdict.objects.filter(judging__in=judgings, row__in=found)}
    said = [[verdicts.get((judging.pk, row.pk)) for judging in judgings] for row in found]
    return [Line(row, [told(each, limits) if each else None for each in of_row]) for row, of_row in zip(found, said, strict=True)]


def narrowed(check: Check, judgings: Sequence[Judging], limits: Limits, wanted: Wanted) -> "QuerySet[Row]":
    """The rows that are wanted, in their order. `v0` and `v1` are the verdicts of the first and the second model."""
    rows: Any = Row.objects.filter(check_of=check)
    for number, judging in enumerate(judgings):
        rows = rows.annotate(**{f"v{number}": FilteredRelation("verdicts", condition=Q(verdicts__judging=judging.pk))})
    if not judgings:
        return rows.order_by("position") if wanted.show in {"all", "missing"} else rows.none()
    by = min(wanted.by, len(judgings) - 1)
    flagged = [where_flagged(f"v{number}", judging, limits) for number, judging in enumerate(judgings)]
    rows = rows.filter(_shown(wanted.show, flagged, by))
    if wanted.category:
        rows = rows.filter(**{f"v{by}__top": wanted.category})
    return rows.order_by(*_order(wanted.sort, f"v{by}", flagged[by]))


def _shown(show: str, flagged: Sequence[Q], by: int) -> Q:
    is_there = Q(**{f"v{by}__isnull": False})
    if show == "flagged":
        return is_there & flagged[by]
    if show == "clear":
        return is_there & ~flagged[by] & ~_unassessed(f"v{by}")
    if show == "missing":
        return ~is_there
    if show == "differ" and len(flagged) > 1:
        both = Q(v0__isnull=False, v1__isnull=False)
        return both & ((flagged[0] & ~flagged[1]) | (~flagged[0] & flagged[1]))
    return Q()


def _unassessed(alias: str) -> Q:
    """Verdicts of which the model says that it looked for nothing: they have categories, and no score that counts."""
    return Q(**{f"{alias}__score__isnull": True, f"{alias}__is_flagged": False}) & ~Q(**{f"{alias}__scores": {}})


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
    for name, limit in limits.items():
        if may_have_limit(name):
            found |= Q(**{f"{before}scores__{name}__gte": limit})
    for name in names_of(judging):
        if name not in limits:
            found |= Q(**{f"{before}flags__contains": f"|{name}|"})
    return found


def names_of(judging: Judging) -> list[str]:
    """The categories that this model tells of."""
    return [*WORDS, *judging.names]


def _categories(judgings: Sequence[Judging], wanted: Wanted) -> list[tuple[str, str]]:
    """Those that are the highest somewhere, for the filter."""
    there = Verdict.objects.filter(judging__in=judgings).exclude(top="").order_by("top").values_list("top", flat=True).distinct()
    names = set(there) | ({wanted.category} if wanted.category else set())
    return sorted(((name, words_for(name)) for name in names), key=lambda pair: pair[1])


def heads(wanted: Wanted, words: Mapping[str, str]) -> dict[str, Head]:
    """The columns that sort: a click turns the one by which it is sorted round."""
    made = {}
    for name, text in words.items():
        is_here, is_backwards = wanted.sort.removeprefix("-") == name, wanted.sort.startswith("-")
        goes_down = (name == "score") != is_backwards
        sort = ("descending" if goes_down else "ascending") if is_here else "none"
        made[name] = Head(text, wanted.address(sort=f"-{name}" if is_here and not is_backwards else name), sort)
    return made


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one judging: rows with a verdict, flagged ones, and for what most often."""

    done: int
    flagged: int
    often: list[tuple[str, int]]


def sums_of(judging: Judging, limits: Limits) -> Sums:
    there = Verdict.objects.filter(judging=judging)
    flagged = there.filter(where_flagged("", judging, limits))
    often = flagged.exclude(top="").values_list("top").annotate(n=Count("pk")).order_by("-n", "top")[:3]
    return Sums(there.count(), flagged.count(), [(words_for(name), n) for name, n in often])


def agreement(check: Check, judgings: Sequence[Judging], limits: Limits) -> tuple[int, int]:
    """On how many rows of how many two models agree whether they are flagged."""
    both = narrowed(check, judgings, limits, Wanted()).filter(v0__isnull=False, v1__isnull=False).count()
    return both - narrowed(check, judgings, limits, Wanted(show="differ")).count(), both
