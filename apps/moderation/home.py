"""What the safety check has for Home: the last checks of whoever looks."""

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.home import MOST_THINGS, Contribution, Thing
from apps.moderation.models import Check


def contribution(membership: Membership) -> Contribution:
    mine = visible(membership, Check.objects.alive().filter(person=membership.user_id))
    found = mine.only("name", "created_at").order_by("-pk")[:MOST_THINGS]
    return Contribution(
        things=[
            Thing(str(row), _("Safety check"), "shield-check", reverse("moderation:check", args=[row.pk]), row.created_at) for row in found
        ]
    )
