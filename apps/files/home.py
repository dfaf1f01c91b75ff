"""What Files has for Home: the last files of whoever looks, and those that providers delete within days."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.home import MOST_THINGS, Contribution, Notice, Thing
from apps.files.finding import leaving
from apps.files.models import File
from apps.files.telling import SOON_DAYS


def contribution(membership: Membership) -> Contribution:
    """Two questions."""
    mine = visible(membership, File.objects.alive().filter(person=membership.user_id))
    found = mine.only("name", "added_at").order_by("-pk")[:MOST_THINGS]
    things = [Thing(str(row), _("Files"), "folder", reverse("files:file", args=[row.pk]), row.added_at) for row in found]
    return Contribution(things=things, notices=_notices(membership))


def _notices(membership: Membership) -> list[Notice]:
    places = leaving(membership)
    number = sum(n for _name, n in places)
    if not number:
        return []
    title = ngettext("%(n)s file is deleted by its provider soon", "%(n)s files are deleted by their providers soon", number)
    shown = ", ".join(_("%(provider)s: %(n)s") % {"provider": name, "n": n} for name, n in places)
    text = ngettext("Within %(days)s day. %(places)s.", "Within %(days)s days. %(places)s.", SOON_DAYS)
    address = f"{reverse('files:list')}?status=leaving"
    return [Notice("warn", title % {"n": number}, text % {"days": SOON_DAYS, "places": shown}, address, _("See which"))]
