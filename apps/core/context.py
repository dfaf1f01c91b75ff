"""What the shell of every page needs."""

import functools
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

GROUPS: Final = {"write": _("Write"), "create": _("Create"), "analyse": _("Analyse"), "manage": _("Manage"), "team": _("Team")}
THEMES: Final = ("light", "dark")
THEME_COOKIE: Final = "theme"
TABS: Final = 4


@dataclass(frozen=True)
class Entry:
    """One page of the navigation."""

    group: str
    title: Any
    icon: str
    url: str
    position: int


@functools.cache
def entries() -> list[Entry]:
    """Every installed app that has `icon`, `group` and `url_name`; `position` (50) orders within a group."""
    configs: list[Any] = [config for config in apps.get_app_configs() if getattr(config, "group", None) in GROUPS]
    found = [
        Entry(config.group, config.verbose_name, config.icon, reverse(config.url_name), getattr(config, "position", 50))
        for config in configs
    ]
    return sorted(found, key=lambda entry: (list(GROUPS).index(entry.group), entry.position))


def current_url(path: str) -> str:
    """The address of the entry that a page belongs to: the longest one it begins with."""
    return max((entry.url for entry in entries() if path.startswith(entry.url)), key=len, default="")


def navigation(request: HttpRequest) -> dict[str, Any]:
    here = current_url(request.path)
    items: list[dict[str, Any]] = [{"entry": entry, "is_current": entry.url == here} for entry in entries()]
    groups = [{"title": title, "items": [item for item in items if item["entry"].group == group]} for group, title in GROUPS.items()]
    return {"groups": [group for group in groups if group["items"]], "tabs": items[:TABS]}


def chosen_theme(request: HttpRequest) -> str:
    """`light`, `dark`, or nothing for the system's own choice."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Asks no question of the database: `membership` is a lazy object of the middleware."""
    return {
        "product_name": settings.PRODUCT_NAME,
        "theme": chosen_theme(request),
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "membership": getattr(request, "membership", None),
    }
