"""What each app holds of a team: counted, exported, forgotten and deleted through one list.

An app registers one `Holding` when it starts. Whoever forgets, exports or deletes (`apps.accounts.data_keeping`,
`data_export`) goes through all of them, so that a new app is in all three by registering.

Every method that removes takes at most `limit` rows in one short transaction, says how many it took, and may be
called again at any time: a kill between two calls loses nothing, and two callers at once do no harm.
"""

import datetime
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson
from django.db.models import Model, QuerySet

TeamId = uuid.UUID
Counts = list[tuple[Any, int]]
Row = TypeVar("Row", bound=Model)
PAGE: Final = 200  # rows that an export has in memory at once


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an export: a path made by us, never from what somebody typed, and its bytes."""

    path: str
    chunks: Iterator[bytes]


class Holding:
    """What one app keeps for a team. Methods that an app does not need stay as they are here."""

    name: str = ""
    position: int = 50  # the order of removing: what points to other rows goes before them
    has_words: bool = False  # `strip` takes something: a team that keeps numbers only is told of it
    content: tuple[type[Model], ...] = ()  # rows that people make, with ids that begin with the time

    def count(self, team_id: TeamId, since: datetime.datetime | None = None) -> Counts:
        """Labels for people, with how much of it there is, made since a moment."""
        return []

    def count_old(self, team_id: TeamId, before: datetime.datetime) -> Counts:
        """The same of what `forget` would take."""
        return []

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        """Everything of the team, in the order of ids, a page in memory at a time. Never a key of a provider.

        `since`: when everything was deleted. Content that was made before is not there, also while `wipe` has not been at it.
        """
        yield from ()

    def forget(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        """Take the words of what nobody has touched since `before`. Numbers stay."""
        return 0

    def strip(self, team_id: TeamId, limit: int) -> int:
        """Take the words that nobody needs any more, for a team that keeps numbers only."""
        return 0

    def wipe(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        """Take the words of all that was made before a moment, also what is in use. Numbers stay."""
        return 0

    def delete(self, team_id: TeamId, limit: int) -> int:
        """Remove the rows and files of a deleted team."""
        return 0

    def left(self, team_id: TeamId, before: datetime.datetime | None = None) -> int:
        """How many rows `wipe` still has to take; without a moment, how many `delete` has."""
        return 0

    def tidy(self, limit: int) -> int:
        """Remove what is due by a rule that holds for every team."""
        return 0


_registered: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    _registered[holding.name] = holding


def all_holdings() -> list[Holding]:
    """In the order of removing."""
    return sorted(_registered.values(), key=lambda holding: holding.position)


def is_content(model: type[Model]) -> bool:
    """Whether rows of this model are taken away by "Delete everything"."""
    return any(model in holding.content for holding in _registered.values())


def as_line(value: Any) -> bytes:
    """One line of JSON. Text that is no Unicode is escaped, since a backup must not stop at it."""
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        import json

        return json.dumps(value, default=str).encode() + b"\n"


def as_lines(values: Iterable[Any]) -> Iterator[bytes]:
    return (as_line(value) for value in values)


def in_order(rows: "QuerySet[Row]", size: int = PAGE) -> Iterator[Row]:
    """All rows by their id, a page at a time, so that no query stays open while somebody downloads."""
    last: Any = None
    while True:
        page = list((rows if last is None else rows.filter(pk__gt=last)).order_by("pk")[:size])
        yield from page
        if len(page) < size:
            return
        last = page[-1].pk
