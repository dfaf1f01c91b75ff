"""The search box that leads to everything by its name.

Each app registers what of its own can be found. A source gets the membership of whoever looks, so that it
gives only what this person may open, and looks at names alone, within bounds: it is asked at every key.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.core.pages import pages_for

MOST_OF_A_GROUP = 8
LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the results. `note` tells it from others of the same name."""

    title: Any
    url: str
    icon: str
    note: Any = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: Any
    hits: Sequence[Hit]


# Membership, what was typed ("" at the start), how many at most.
Find = Callable[[Any, str, int], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Source:
    title: Any
    position: int
    find: Find


_sources: dict[str, Source] = {}


def register(name: str, title: Any, position: int, find: Find) -> None:
    """Adds a group to the results. `position`: Pages 10, then what people made, then what they set up, History last."""
    _sources[name] = Source(title, position, find)


def search(membership: Any, text: str) -> list[Group]:
    """What this member finds by a text, in groups that are not empty."""
    text = " ".join(text.replace("\x00", "").split())[:LONGEST_TEXT]
    groups = []
    for source in sorted(_sources.values(), key=lambda source: source.position):
        hits = list(source.find(membership, text, MOST_OF_A_GROUP))[:MOST_OF_A_GROUP]
        if hits:
            groups.append(Group(source.title, hits))
    return groups


def find_pages(membership: Any, text: str, most: int) -> list[Hit]:
    """Pages by their names and by other words for them; those whose name begins with it first."""
    words = text.lower().split()
    found = [page for page in pages_for(membership) if page.fits(words)]
    if words:
        found.sort(key=lambda page: not str(page.title).lower().startswith(words[0]))
    return [Hit(page.title, page.url, page.icon, page.place) for page in found[:most]]
