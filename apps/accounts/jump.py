"""Colleagues in the jump box, by name and e-mail."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.jump import Hit


def find_people(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    """Members of the team; each leads to the page of people."""
    if not text:
        return
    here = visible(membership, Membership.objects.alive()).filter(Q(user__name__icontains=text) | Q(user__email__icontains=text))
    for member in here.select_related("user").order_by("user__name", "user__email")[:most]:
        yield Hit(str(member.user), f"{reverse('accounts:people')}#member-{member.pk}", "user", member.get_role_display())
