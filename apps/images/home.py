"""What pictures have for Home: the last ones of whoever looks."""

from django.db.models import Q
from django.urls import reverse

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.home import MOST_THINGS, Contribution, Thing
from apps.images.models import Picture


def contribution(membership: Membership) -> Contribution:
    """One question. Of a call only its first picture, so that ten of one do not hide all else; those of a chat are found in it."""
    mine = visible(membership, Picture.objects.alive().filter(person=membership.user_id)).exclude(kind=Picture.Kind.CHAT)
    first = mine.filter(Q(output=None) | Q(output__position=0)).order_by("-pk")
    found = first.only("name", "description", "kind", "created_at")[:MOST_THINGS]
    return Contribution(things=[_thing(picture) for picture in found])


def _thing(picture: Picture) -> Thing:
    url = reverse("images:picture", args=[picture.pk])
    return Thing(str(picture), picture.get_kind_display(), "image", url, picture.created_at)
