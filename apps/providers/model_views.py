"""The models of one provider: which there are, which one pages start with, what the team knows of them."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.providers import services
from apps.providers.listing import list_models
from apps.providers.model_forms import ModelKnowledgeForm, ModelNameForm
from apps.providers.models import DefaultModel, Model, Provider


@require_GET
@requires("viewer")
def list_provider_models(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    return _list_page(request, _provider(request, pk), ModelNameForm())


@require_POST
@requires("admin")
def add(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Add a model by its name, for servers that do not list theirs."""
    provider = _provider(request, pk)
    form = ModelNameForm(request.POST)
    if not form.is_valid():
        return _list_page(request, provider, form)
    model = services.add_model(provider, form.cleaned_data["name"], form.cleaned_data["label"])
    messages.success(request, _("%(model)s can be chosen now.") % {"model": model})
    return redirect("providers:models", pk)


@require_http_methods(["GET", "POST"])
@requires("admin")
def edit(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> HttpResponseBase:
    """What the team knows better than the table: the name for people, the prices, the room."""
    model = _model(request, pk, model_pk)
    form = ModelKnowledgeForm(request.POST or None, team=request.membership.team, model=model)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved for %(model)s.") % {"model": model})
        return redirect("providers:models", pk)
    context = {"provider": model.provider, "model": model, "form": form}
    return render(request, "providers/model.html", context, status=422 if form.errors else 200)


@require_POST
@requires("admin")
def make_default(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> HttpResponseBase:
    model = _model(request, pk, model_pk)
    purpose = request.POST.get("purpose", DefaultModel.Purpose.WRITING)
    if purpose not in DefaultModel.Purpose.values:
        raise Http404
    services.set_default(request.membership.team, purpose, model)
    messages.success(request, _("Pages start with %(model)s now.") % {"model": model})
    return redirect("providers:models", pk)


@require_POST
@requires("admin")
def remove(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> HttpResponseBase:
    """Take back a model that was typed in."""
    model = _model(request, pk, model_pk)
    if not model.is_typed:
        raise Http404
    services.remove_model(model)
    messages.success(request, _("%(model)s is removed.") % {"model": model})
    return redirect("providers:models", pk)


def _provider(request: TeamRequest, pk: uuid.UUID) -> Provider:
    return get_visible(request.membership, Provider.objects.alive(), pk)


def _model(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> Model:
    return get_object_or_404(Model.objects.select_related("provider"), pk=model_pk, provider=_provider(request, pk))


def _list_page(request: TeamRequest, provider: Provider, form: ModelNameForm) -> HttpResponse:
    listing = list_models(request.membership.team, provider, request.GET.get("q", ""), show_all=request.GET.get("all") == "1")
    context = {"provider": provider, "listing": listing, "form": form, "can_edit": may(request.membership, "admin")}
    return render(request, "providers/models.html", context, status=422 if form.errors else 200)
