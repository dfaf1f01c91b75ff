"""The places whose time a person may live by, and how the times of a page come to be in it."""

import functools
import zoneinfo
from collections.abc import Callable
from datetime import tzinfo
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User

REGIONS: Final[dict[str, Any]] = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}
UTC: Final = "UTC"


class PersonsTime:
    """Middleware: pages for members show times in the zone of the person, all else in the installation's."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        timezone.deactivate()
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        # Only behind `access.requires`, which asks who it is anyway: no question to the database for this alone.
        if hasattr(view, "required_role") and request.user.is_authenticated:
            timezone.activate(zone_of(request.user))


def zone_of(person: User) -> tzinfo:
    """The zone the person has chosen, else the installation's; also when this server does not know the chosen one any more."""
    if not person.time_zone:
        return timezone.get_default_timezone()
    try:
        return zoneinfo.ZoneInfo(person.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.get_default_timezone()


def zone_choices() -> list[tuple[Any, Any]]:
    """For a select: the installation's own, UTC, then the places by region."""
    installation = _("As this installation (%(zone)s)") % {"zone": settings.TIME_ZONE}
    regions = [(REGIONS[region], places) for region, places in _places_by_region()]
    return [("", installation), (UTC, UTC), *regions]


@functools.cache
def _places_by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    found: dict[str, list[tuple[str, str]]] = {region: [] for region in REGIONS}
    for name in zoneinfo.available_timezones():
        region, _slash, place = name.partition("/")
        if region in found and place:
            found[region].append((name, _readable(place)))
    return [(region, sorted(places, key=lambda place: place[1])) for region, places in found.items() if places]


def _readable(place: str) -> str:
    """`Argentina/Buenos_Aires` as `Buenos Aires (Argentina)`: a list is searched by its first letters."""
    land, _slash, town = place.replace("_", " ").rpartition("/")
    return f"{town} ({land})" if land else town
