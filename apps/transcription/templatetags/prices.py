"""A price that nobody told us, and the way to enter it: `{% load prices %}`."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from apps.accounts.access import may
from apps.accounts.models import Role
from apps.providers.models import Model, Provider

register = template.Library()


@register.simple_tag(takes_context=True)
def price_not_known(context: Mapping[str, Any], provider: uuid.UUID, name: str) -> str:
    """For those who may enter it a link to the model, as long as there is one; for others the words alone."""
    words = _("price not known")
    model = _model(provider, name) if may(context.get("membership"), Role.ADMIN) else None
    if model is None:
        return words
    return format_html('<a class="link" href="{}">{}</a>', reverse("catalog:model", args=[model.pk]), words)


def _model(provider: uuid.UUID, name: str) -> Model | None:
    return Model.objects.filter(provider__in=Provider.objects.alive().filter(pk=provider), name=name).first()
