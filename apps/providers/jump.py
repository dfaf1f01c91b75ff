"""Models and providers in the jump box, by their names."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.providers.choices import providers_of
from apps.providers.models import Model


def find_models(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    """Models that are listed or were typed in; each leads to its line in its provider's list."""
    if not text:
        return
    present = Model.objects.filter(Q(is_listed=True) | Q(is_typed=True), provider__in=providers_of(membership.team))
    named = present.filter(Q(name__icontains=text) | Q(label__icontains=text)).select_related("provider")
    for model in named.order_by("provider__is_builtin", "name")[:most]:
        address = f"{reverse('providers:models', args=[model.provider_id])}?{urlencode({'q': model.name})}"
        yield Hit(model.label or model.name, address, "box", model.provider.name)


def find_providers(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    if not text:
        return
    for provider in providers_of(membership.team).filter(name__icontains=text).order_by("name")[:most]:
        yield Hit(provider.name, reverse("providers:models", args=[provider.pk]), "plug", provider.get_dialect_display())
