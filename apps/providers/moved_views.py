"""Where the models of a provider stood before they had pages of their own: old addresses lead there."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, requires
from apps.providers.access import get_provider
from apps.providers.models import Model


@require_safe
@requires("viewer")
def models(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    provider = get_provider(request.membership, pk)
    return redirect(f"{reverse('catalog:list')}?provider={provider.pk}")


@require_safe
@requires("viewer")
def model(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Model, pk=model_pk, provider=get_provider(request.membership, pk))
    return redirect("catalog:model", found.pk)
