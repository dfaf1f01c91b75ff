"""The list of files: narrowed by filters that live in the address, sorted, in pages by key, with totals.

A page begins behind the last row of the one before, so nothing is counted to find it and what is written meanwhile shifts nothing.
"""

import datetime
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict
from django.utils import timezone

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.listing import LONGEST_SEARCH, as_id
from apps.files.models import Copy, File, Kind, Remote
from apps.files.purposes import BY_WORD
from apps.files.telling import AT_PROVIDER, NOT_THERE, REFUSED, STATES, soon

ON_A_PAGE: Final = 50
HERE: Final = "here"
NOT_SEEN: Final = ("check_report",)  # can be long, and no list shows it
MOST_IDS: Final = 50
# Name in the address -> its field, and whether the largest comes first where nobody says otherwise.
SORTS: Final = {"name": ("name", False), "size": ("size", True), "added": ("added_at", True)}
FIELDS: Final = ("q", "place", "purpose", "status", "kind", "person")

_MOVING: Final = (Remote.SENDING, Remote.STOPPING, Remote.DELETING)


def is_status(name: str) -> Q:
    """The rule of `telling.status_of` for these words, each row in one of them."""
    is_here, is_coming, is_looked_at = Q(copy=Copy.READY), Q(copy=Copy.COMING), Q(copy=Copy.LOOKING)
    at_rest = ~is_coming & ~is_looked_at
    is_flawed = Q(flaws__gt=0) & ~Q(remote__in=_MOVING)
    sound = at_rest & (Q(flaws=None) | Q(flaws=0))
    is_leaving = Q(remote=Remote.THERE, expires_at__lte=soon(), expires_at__gt=timezone.now())
    is_settled = Q(remote__in=[Remote.NONE, Remote.THERE, Remote.GONE])
    is_gone = Q(remote=Remote.GONE) & ~is_here
    is_refused = Q(remote=Remote.THERE, remote_status=REFUSED)
    rules = {
        "coming": is_coming,
        "checking": is_looked_at,
        "moving": at_rest & (Q(remote__in=_MOVING) | (Q(remote=Remote.WAITING) & (Q(flaws=None) | Q(flaws=0)))),
        "fix": at_rest & is_flawed,
        "failed": sound & (Q(remote__in=[Remote.FAILED, Remote.UNCLEAR]) | is_refused),
        "gone": sound & is_gone,
        "leaving": sound & is_leaving & ~is_refused,
        "ready": sound & is_settled & ~is_gone & ~is_refused & (~Q(remote=Remote.THERE) | Q(expires_at=None) | Q(expires_at__gt=soon())),
    }
    return rules[name]


MANY: Final = 5_000  # files: more are not counted while a page waits


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all files. `there` and `here`: how many lie at providers and on this server, None where nobody asks, as in the bin.

    Where there are more than `MANY` and nobody can wait, only that is known: `size` is None.
    """

    files: int
    size: int | None  # bytes
    there: int | None = None
    here: int | None = None

    @property
    def is_counted(self) -> bool:
        return self.size is not None


class Filters:
    """What an address asks for. What is not understood is left out, since an address is no form to be refused."""

    def __init__(self, query: QueryDict, membership: Membership) -> None:
        self.membership = membership
        told = {name: query.get(name, "").replace("\x00", "").strip()[:LONGEST_SEARCH] for name in (*FIELDS, "sort", "after")}
        self.q, self.status, self.kind, self.purpose = (
            told["q"],
            _one_of(told["status"], STATES),
            _one_of(told["kind"], Kind.values),
            told["purpose"],
        )
        self.place = told["place"] if told["place"] == HERE else _id(told["place"])
        self.person = _id(told["person"])
        self.sort = _sort_of(told["sort"])
        self.after = query.get("after", "").replace("\x00", "")[: 2 * LONGEST_SEARCH + 255]
        self.is_bin = query.get("show") == "deleted"

    @property
    def chosen(self) -> dict[str, str]:
        return {name: value for name in FIELDS if (value := getattr(self, name))}

    @property
    def is_narrowing(self) -> bool:
        return bool(self.chosen)

    @property
    def purpose_words(self) -> dict[str, Any]:
        """What can be chosen: what is known, and what the address has."""
        known = {word: purpose.title for word, purpose in BY_WORD.items()}
        return known if not self.purpose or self.purpose in known else {**known, self.purpose: self.purpose}

    def own_rows(self) -> "QuerySet[File]":
        """All of the team, or of its bin, before anything is chosen."""
        rows = visible(self.membership, File.objects.all())
        # What was on its way when it was deleted cannot be brought back: nothing of it is whole.
        return rows.filter(deleted_at__isnull=False, copy__in=[Copy.READY, Copy.LOOKING]) if self.is_bin else rows.filter(deleted_at=None)

    def narrowed(self, rows: "QuerySet[File]") -> "QuerySet[File]":
        if self.place == HERE:
            rows = rows.exclude(copy=Copy.NONE)
        elif self.place:
            rows = rows.filter(provider=self.place).exclude(remote__in=NOT_THERE)
        exact = {name: value for name, value in (("purpose", self.purpose), ("kind", self.kind), ("person", self.person)) if value}
        rows = rows.filter(**exact)
        if self.status:
            rows = rows.filter(is_status(self.status))
        return self._searched(rows) if self.q else rows

    def _searched(self, rows: "QuerySet[File]") -> "QuerySet[File]":
        """By its id where that is what was typed, else by words of its name."""
        ids = [as_id(self.q)] if _id(self.q) else list(rows.filter(remote_id__startswith=self.q).values_list("pk", flat=True)[:MOST_IDS])
        if ids and len(self.q) > 3:
            return rows.filter(pk__in=ids)
        return rows.filter(name__icontains=self.q)

    @cached_property
    def rows(self) -> "QuerySet[File]":
        return self.narrowed(self.own_rows())

    def page(self, size: int = ON_A_PAGE) -> tuple[list[File], str]:
        """One page, and what the next one begins after ("" on the last)."""
        name, is_down = self._order
        rows = self.rows.defer(*NOT_SEEN).prefetch_related("provider", "person")  # few of them for many rows: each is read once
        if self.after:
            rows = _behind(rows, name, is_down, self.after)
        sign = "-" if is_down else ""
        found = list(rows.order_by(f"{sign}{name}", f"{sign}pk")[: size + 1])
        return found[:size], _key_of(found[size - 1], name) if len(found) > size else ""

    @property
    def _order(self) -> tuple[str, bool]:
        if self.is_bin:
            return "deleted_at", True
        return SORTS[self.sort.lstrip("-")][0], self.sort.startswith("-")

    def count(self) -> int:
        return self.rows.order_by().count()

    def totals(self, *, is_patient: bool = False) -> Totals:
        """Of all that the team has, or has in its bin. A page does not wait for the count of many: a connection begins with nothing in its
        memory, and so reads the whole index from the disk."""
        rows = self.own_rows().order_by()
        if not is_patient and rows[MANY : MANY + 1].exists():
            return Totals(MANY, None)
        lies = {} if self.is_bin else {"there": Q(remote__in=AT_PROVIDER), "here": Q(copy__in=[Copy.READY, Copy.LOOKING])}
        found = rows.aggregate(files=Count("*"), size=Sum("size"), **{name: Count("pk", filter=rule) for name, rule in lies.items()})
        return Totals(**found | {"size": found["size"] or 0})


def leaving(membership: Membership) -> list[tuple[str, int]]:
    """How many files each provider deletes within some days, by its name: those that the filter of that status finds."""
    rows = visible(membership, File.objects.alive()).filter(is_status("leaving"))
    return list(rows.order_by().values_list("provider__name").annotate(n=Count("*")).order_by("provider__name"))


def _behind(rows: "QuerySet[File]", name: str, is_down: bool, after: str) -> "QuerySet[File]":
    """Rows that come after this key. The first condition alone names where an index is entered."""
    text, _sign, pk = after.rpartition("~")
    if not _id(pk):  # no key of ours
        return rows
    value, way = _value_of(text, name), "lt" if is_down else "gt"
    beyond = Q(**{f"{name}__{way}": value}) | Q(**{name: value, f"pk__{way}": as_id(pk)})
    return rows.filter(beyond, **{f"{name}__{way}e": value})


def _key_of(file: File, name: str) -> str:
    value = getattr(file, name)
    return f"{value.isoformat() if isinstance(value, datetime.datetime) else value}~{file.pk}"


def _value_of(text: str, name: str) -> Any:
    if name == "size":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    if name == "name":
        return text
    try:
        moment = datetime.datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def _sort_of(text: str) -> str:
    return text if text.lstrip("-") in SORTS and text.count("-") <= 1 else "-added"


def _one_of(text: str, known: Any) -> str:
    return text if text in known else ""


def _id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""
