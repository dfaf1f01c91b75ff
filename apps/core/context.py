"""What the shell of every page needs."""

import functools
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

GROUPS: Final = {"start": "", "write": _("Write"), "create": _("Create"), "analyse": _("Analyse"), "manage": _("Manage"), "team": _("Team")}
THEMES: Final = ("light", "dark")
THEME_COOKIE: Final = "theme"
MOTIONS: Final = ("reduce",)
MOTION_COOKIE: Final = "motion"
TABS: Final = 4


@dataclass(frozen=True)
class Entry:
    """One page of the navigation."""

    group: str
    title: Any
    icon: str
    url: str
    position: int
    key: str = ""  # after `g`
    words: Any = ""  # other words that people look for it by
    help: Any = ""  # what it is for, one line
    first_step: Any = ""


@dataclass(frozen=True)
class SettingsPage:
    """One page of Settings: an app names its own in `settings_pages` of its AppConfig.

    `role` is the least that sees it. `parts` are the URL names of pages that are reached from it and have no line of their own.
    """

    title: Any
    icon: str
    url_name: str
    position: int
    role: str = "viewer"
    parts: tuple[str, ...] = ()
    words: Any = ""  # other words that people look for it by
    help: Any = ""  # what it is for, one line


@functools.cache
def settings_pages() -> list[SettingsPage]:
    """The pages of Settings of all installed apps, in order."""
    found = [page for config in apps.get_app_configs() for page in getattr(config, "settings_pages", ())]
    return sorted(found, key=lambda page: page.position)


def settings_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The pages of Settings that this person may open."""
    membership: Any = getattr(request, "membership", None)
    mine = [(page, reverse(page.url_name)) for page in settings_pages() if membership and membership.has_role(page.role)]
    places = {place: url for page, url in mine for place in (url, *map(reverse, page.parts))}
    here = max((place for place in places if request.path.startswith(place)), key=len, default="")
    return [{"page": page, "url": url, "is_current": url == places.get(here)} for page, url in mine]


@functools.cache
def entries() -> list[Entry]:
    """Every installed app that has `icon`, `group` and `url_name`; `position` (50) orders within a group.

    `key`, `words`, `help` and `first_step` are for the keyboard, the jump box and the help.
    """
    configs: list[Any] = [config for config in apps.get_app_configs() if getattr(config, "group", None) in GROUPS]
    found = [
        Entry(
            config.group,
            config.verbose_name,
            config.icon,
            reverse(config.url_name),
            getattr(config, "position", 50),
            **{name: getattr(config, name, "") for name in ("key", "words", "help", "first_step")},
        )
        for config in configs
    ]
    return sorted(found, key=lambda entry: (list(GROUPS).index(entry.group), entry.position))


def current_url(path: str) -> str:
    """The address of the entry that a page belongs to: the longest one it begins with. Home is itself alone."""
    return max(
        (entry.url for entry in entries() if path == entry.url or (entry.url != "/" and path.startswith(entry.url))), key=len, default=""
    )


def navigation(request: HttpRequest) -> dict[str, Any]:
    here = current_url(request.path)
    items: list[dict[str, Any]] = [{"entry": entry, "is_current": entry.url == here} for entry in entries()]
    groups = [{"title": title, "items": [item for item in items if item["entry"].group == group]} for group, title in GROUPS.items()]
    return {
        "groups": [group for group in groups if group["items"]],
        "tabs": [item for item in items if item["entry"].group != "start"][:TABS],
    }


def chosen_theme(request: HttpRequest) -> str:
    """`light`, `dark`, or nothing for the system's own choice."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


def chosen_motion(request: HttpRequest) -> str:
    """`reduce`, or nothing for the system's own choice."""
    motion = request.COOKIES.get(MOTION_COOKIE, "")
    return motion if motion in MOTIONS else ""


@functools.cache
def manage_command() -> str:
    """What is typed on the server, in the folder of the product, before the name of a command.

    `make run` installs beside the code, where the `python` of the system finds nothing; in an image it is the only one.
    """
    is_beside = Path(sys.prefix) == settings.BASE_DIR / ".venv"
    return ".venv/bin/python manage.py" if is_beside else "python manage.py"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Asks no question of the database: `membership` is a lazy object of the middleware."""
    return {
        "product_name": settings.PRODUCT_NAME,
        "manage_command": manage_command(),
        "theme": chosen_theme(request),
        "motion": chosen_motion(request),
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "settings_navigation": SimpleLazyObject(lambda: settings_navigation(request)),
        "membership": getattr(request, "membership", None),
    }
