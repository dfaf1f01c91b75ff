"""Models in the jump box, by their names."""

from collections.abc import Iterator

from django.db.models import Case, Q, When
from django.urls import reverse

from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.providers.choices import providers_of
from apps.providers.models import Model


def find_models(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    """Models that are listed or were typed in, those whose name begins with it first; each leads to its own page."""
    if not text:
        return
    present = Model.objects.filter(Q(is_listed=True) | Q(is_typed=True), provider__in=providers_of(membership.team))
    named = present.filter(Q(name__icontains=text) | Q(label__icontains=text)).select_related("provider")
    begins = Case(When(Q(name__istartswith=text) | Q(label__istartswith=text), then=0), default=1)
    for model in named.order_by(begins, "provider__is_builtin", "name")[:most]:
        yield Hit(model.label or model.name, reverse("catalog:model", args=[model.pk]), "box", model.provider.name)
