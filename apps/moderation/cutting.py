"""Rows into calls: as few as the service takes. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from apps.providers.facts import Facts
from apps.runs.costs import CHARACTERS_PER_TOKEN

ENTRIES: Final = 128  # where nobody told how many texts go into a call; a service that takes fewer is asked with half of them
MOST_ENTRIES: Final = 2_048
CHARACTERS: Final = 200_000  # of all texts of a call: more is heard later and lost together


class Sized(NamedTuple):
    """A row as the plan sees it."""

    position: int
    characters: int
    has_picture: bool


def entries_of(facts: Facts) -> int:
    return min(facts.limits.get("inputs") or ENTRIES, MOST_ENTRIES)


def characters_of(facts: Facts) -> int:
    tokens = facts.limits.get("total")
    return min(CHARACTERS, tokens * CHARACTERS_PER_TOKEN) if tokens else CHARACTERS


def parts_of(text: str, facts: Facts) -> list[str]:
    """A text that is longer than the model takes in parts, cut between words where there are any; as it is where nobody told a limit."""
    most, parts = facts.limits.get("characters") or 0, list[str]()
    while most and len(text) > most:
        at = text.rfind(" ", most // 2, most) + 1 or most
        parts.append(text[:at])
        text = text[at:]
    return [*parts, text]


def spans(rows: Iterable[Sized], facts: Facts) -> Iterator[tuple[int, int]]:
    """First and last position of each call. A picture is one by itself, since a service gives one verdict for all its parts; so is
    a text that is longer than the model takes, so that no other is refused with it."""
    entries, characters, longest = entries_of(facts), characters_of(facts), facts.limits.get("characters")
    first = last = held = 0
    for row in rows:
        is_alone = row.has_picture or bool(longest and row.characters > longest)
        is_full = is_alone or last - first + 1 >= entries or held + row.characters > characters
        if first and is_full:
            yield first, last
            first = 0
        if not first:
            first, held = row.position, 0
        last, held = row.position, held + row.characters
        if is_alone:
            yield first, last
            first = 0
    if first:
        yield first, last
