"""Providers in the jump box, by their names."""

from collections.abc import Iterator

from django.urls import reverse

from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.providers.choices import providers_of


def find_providers(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    if not text:
        return
    for provider in providers_of(membership.team).filter(name__icontains=text).order_by("name")[:most]:
        yield Hit(provider.name, reverse("providers:models", args=[provider.pk]), "plug", provider.get_dialect_display())
