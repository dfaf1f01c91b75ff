"""What Home shows. Apps add to it in `AppConfig.ready`; this module knows none of them.

home.add_card(StartCard(_("Chat"), _("Ask something"), "message-square", "chat:home", role="editor"))
home.add_source(read)   # read(membership) -> Contribution; asks the database as little as it can
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils import timezone

MOST_THINGS: Final = 6
NEW_TEAM: Final = datetime.timedelta(days=14)  # so long the first steps are shown, unless all are done


@dataclass(frozen=True, slots=True)
class StartCard:
    """A way to begin. `role` is the least that can use it."""

    title: Any
    text: Any
    icon: str
    url_name: str
    position: int = 50
    role: str = "viewer"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something this person worked on, to go on with."""

    title: str
    kind: Any
    icon: str
    url: str
    moment: datetime.datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that needs attention: what is so, and one act. `level` is bad, warn or info."""

    level: str
    title: str
    text: str = ""
    url: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps of a team, with a tick when it is done. `role` is the least that can do it."""

    title: str
    text: str
    url: str
    is_done: bool
    position: int = 50
    role: str = "viewer"


@dataclass(frozen=True, slots=True)
class Summary:
    """A card of its own: the fragment and what it needs."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one app has for Home."""

    things: list[Thing] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    summary: Summary | None = None


Source = Callable[[Any], Contribution]
cards: list[StartCard] = []
sources: list[Source] = []
LEVELS: Final = ("bad", "warn", "info")


def add_card(card: StartCard) -> None:
    cards.append(card)


def add_source(source: Source) -> None:
    """`source` gets the membership of whoever looks."""
    sources.append(source)


def board(membership: Any) -> dict[str, Any]:
    """All that the page shows to this member."""
    found = [source(membership) for source in sources]
    things = sorted((thing for each in found for thing in each.things), key=lambda thing: thing.moment, reverse=True)
    notices = [notice for each in found for notice in each.notices]
    return {
        "cards": [card for card in sorted(cards, key=lambda card: card.position) if membership.has_role(card.role)],
        "things": things[:MOST_THINGS],
        "notices": sorted(notices, key=lambda notice: LEVELS.index(notice.level)),
        "summaries": [each.summary for each in found if each.summary],
        "steps": first_steps(membership, [step for each in found for step in each.steps]),
    }


def first_steps(membership: Any, steps: list[Step]) -> list[Step]:
    """The steps of a new team, while something is left that this member can do. Only what is left and allowed has its address."""
    is_new = timezone.now() - membership.team.created_at < NEW_TEAM
    shown = [step if not step.is_done and membership.has_role(step.role) else replace(step, url="") for step in steps]
    is_anything_left = any(step.url for step in shown)
    return sorted(shown, key=lambda step: step.position) if is_new and is_anything_left else []
