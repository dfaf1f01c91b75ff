"""Every page that somebody can open by its name: for the jump box, the help, and the keys that go there.

They are the entries of the navigation, the pages of Settings, and whatever an app names in `more_pages` of its AppConfig.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.context import GROUPS, entries, settings_pages


@dataclass(frozen=True)
class MorePage:
    """A page with no entry in the navigation or in Settings. `role` is the least that may open it."""

    title: Any
    icon: str
    url_name: str
    words: Any = ""  # other words that people look for it by
    help: Any = ""  # what it is for, one line
    role: str = "viewer"
    place: Any = ""  # the heading it stands under


@dataclass(frozen=True, slots=True)
class Page:
    """One page, wherever it was registered. `place` is what it stands under: a group of the navigation, or Settings."""

    title: Any
    icon: str
    url: str
    place: Any = ""
    words: Any = ""
    help: Any = ""
    first_step: Any = ""
    key: str = ""  # after `g`
    role: str = "viewer"

    def fits(self, words: Sequence[str]) -> bool:
        """Whether each of these is the beginning of a word of its name or of another word for it."""
        own = re.split(r"\W+", f"{self.title} {self.words} {self.place}".lower())
        return all(any(each.startswith(word) for each in own) for word in words)


@functools.cache
def all_pages() -> list[Page]:
    """In the order of the navigation, then of Settings, then the others."""
    main = [
        Page(entry.title, entry.icon, entry.url, GROUPS[entry.group], entry.words, entry.help, entry.first_step, entry.key)
        for entry in entries()
    ]
    settings = [
        Page(page.title, page.icon, reverse(page.url_name), _("Settings"), page.words, page.help, role=page.role)
        for page in settings_pages()
    ]
    more = [
        Page(page.title, page.icon, reverse(page.url_name), page.place, page.words, page.help, role=page.role)
        for config in apps.get_app_configs()
        for page in getattr(config, "more_pages", ())
    ]
    return [*main, *settings, *more]


def pages_for(membership: Any) -> list[Page]:
    """The pages that this member may open."""
    return [page for page in all_pages() if membership.has_role(page.role)]
