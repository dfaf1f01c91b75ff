"""What Similarity has for Home: the last rows of whoever looks."""

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.home import MOST_THINGS, Contribution, Thing
from apps.similarity.models import RowSet


def contribution(membership: Membership) -> Contribution:
    mine = visible(membership, RowSet.objects.alive().filter(person=membership.user_id))
    found = mine.only("name", "created_at").order_by("-pk")[:MOST_THINGS]
    return Contribution(
        things=[Thing(str(row), _("Similarity"), "waypoints", reverse("similarity:set", args=[row.pk]), row.created_at) for row in found]
    )
