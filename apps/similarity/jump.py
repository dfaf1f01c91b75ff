"""Compared rows in the jump box: by their names, among the newest ones."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.core.templatetags.core import short_date
from apps.similarity.models import RowSet

LOOKED_THROUGH = 5_000  # names have no index


def find_sets(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    if not text:
        return
    rows = visible(membership, RowSet.objects.alive()).order_by("-pk")
    oldest = rows.values_list("pk", flat=True)[LOOKED_THROUGH - 1 : LOOKED_THROUGH].first()
    named = rows.filter(name__icontains=text, **({"pk__gte": oldest} if oldest else {}))
    for pk, name, created_at in named.values_list("pk", "name", "created_at")[:most]:
        yield Hit(name, reverse("similarity:set", args=[pk]), "waypoints", short_date(timezone.localtime(created_at)))
