"""What the jump box finds by name: colleagues, and for the other apps the newest rows of their own."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.core.templatetags.core import short_date

LOOKED_THROUGH: Final = 5_000  # names have no index; the pages of the apps look through all


def find_people(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    """Members of the team; each leads to the page of people."""
    if not text:
        return
    here = visible(membership, Membership.objects.alive()).filter(Q(user__name__icontains=text) | Q(user__email__icontains=text))
    for member in here.select_related("user").order_by("user__name", "user__email")[:most]:
        yield Hit(str(member.user), f"{reverse('accounts:people')}#member-{member.pk}", "user", member.get_role_display())


def by_name(
    membership: Membership, rows: Any, url_name: str, icon: str, text: str, most: int, *, name: str = "name", moment: str = "created_at"
) -> Iterator[Hit]:
    """Those of the team, among the newest ones, that have this in their name, each with its day. `name`, `moment`: the fields of both."""
    if not text:
        return
    named = newest(visible(membership, rows)).filter(**{f"{name}__icontains": text})
    for pk, title, day in named.values_list("pk", name, moment)[:most]:
        yield Hit(title, reverse(url_name, args=[pk]), icon, short_date(timezone.localtime(day)))


def newest(rows: Any, most: int = LOOKED_THROUGH) -> Any:
    """So many, newest first, as rows that can be narrowed on."""
    rows = rows.order_by("-pk")
    oldest = rows.values_list("pk", flat=True)[most - 1 : most].first()
    return rows.filter(pk__gte=oldest) if oldest else rows
