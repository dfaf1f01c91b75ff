"""What Speech has for Home: the last texts of whoever looks."""

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.home import MOST_THINGS, Contribution, Thing
from apps.speech.models import Speech


def contribution(membership: Membership) -> Contribution:
    mine = visible(membership, Speech.objects.alive().filter(person=membership.user_id, is_sample=False))
    found = mine.only("name", "created_at").order_by("-pk")[:MOST_THINGS]
    return Contribution(
        things=[Thing(row.name, _("Speech"), "volume-2", reverse("speech:speech", args=[row.pk]), row.created_at) for row in found]
    )
