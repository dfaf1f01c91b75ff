"""What Files has for Home: the last files of whoever looks."""

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.home import MOST_THINGS, Contribution, Thing
from apps.files.models import File


def contribution(membership: Membership) -> Contribution:
    mine = visible(membership, File.objects.alive().filter(person=membership.user_id))
    found = mine.only("name", "added_at").order_by("-pk")[:MOST_THINGS]
    return Contribution(things=[Thing(str(row), _("Files"), "folder", reverse("files:file", args=[row.pk]), row.added_at) for row in found])
