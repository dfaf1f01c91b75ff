"""The models of one provider: which there are, which one pages start with, what the team knows of them."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.audit import record
from apps.accounts.models import Role
from apps.providers import model_notes, services
from apps.providers.access import get_own_provider, get_provider, may_change
from apps.providers.choices import ModelChoice
from apps.providers.facts import facts_for, facts_without_note
from apps.providers.listing import list_models
from apps.providers.model_forms import ModelKnowledgeForm, ModelNameForm
from apps.providers.model_list import clean_text
from apps.providers.model_words import ENDPOINT_WORDS
from apps.providers.models import DefaultModel, Model, Provider

MARKS = {  # what the buttons of the list say: the field, its value, and the word for the book of changes
    "hide": ("is_hidden", True, gettext_lazy("hidden")),
    "show": ("is_hidden", False, gettext_lazy("offered")),
    "favour": ("is_favourite", True, gettext_lazy("first in lists")),
    "unfavour": ("is_favourite", False, gettext_lazy("in its place")),
}


@require_GET
@requires("viewer")
def list_provider_models(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    return _list_page(request, get_provider(request.membership, pk), ModelNameForm())


@require_POST
@requires("admin")
def add(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Add a model by its name, for servers that do not list theirs."""
    provider = get_own_provider(request.membership, pk)
    form = ModelNameForm(request.POST)
    if not form.is_valid():
        return _list_page(request, provider, form)
    with transaction.atomic():
        model = services.add_model(provider, form.cleaned_data["name"], form.cleaned_data["label"])
        _note(request, model, [_("added by hand")])
    messages.success(request, _("%(model)s can be chosen now.") % {"model": model})
    return redirect("providers:models", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("viewer")
def edit(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> HttpResponseBase:
    """What is known of the model, and for admins what the team knows better. Everybody may read it."""
    model = _model(request, pk, model_pk)
    if request.method == "POST" and not may(request.membership, Role.ADMIN):
        raise PermissionDenied(Role.ADMIN)
    form = ModelKnowledgeForm(request.POST or None, team=request.membership.team, model=model)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            _note(request, model, form.changed_words())
        messages.success(request, _("Saved for %(model)s.") % {"model": _label(request, model)})
        return redirect("providers:edit_model", pk, model_pk)
    choice = _choice(request, model)
    context = {
        "provider": model.provider,
        "model": model,
        "choice": choice,
        "endpoint_words": [ENDPOINT_WORDS.get(name, name) for name in choice.facts.endpoints],
        "form": form,
        "can_edit": may(request.membership, Role.ADMIN),
        "can_choose": choice.is_offered_for("chat"),
        "can_remove": model.is_typed and may_change(request.membership, model.provider),
    }
    return render(request, "providers/model.html", context, status=422 if form.errors else 200)


@require_POST
@requires("admin")
def mark(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> HttpResponseBase:
    """Hide or show a model, put it first or back: the buttons of the list."""
    model = _model(request, pk, model_pk)
    if request.POST.get("mark") in MARKS:
        name, value, word = MARKS[request.POST["mark"]]
        # Where the table says the same, the team has nothing to say of its own.
        is_same = getattr(facts_without_note(request.membership.team, model), name) == value
        with transaction.atomic():
            model_notes.mark(request.membership.team, model, **{name: None if is_same else value})
            _note(request, model, [str(word)])
    query = request.POST.get("query", "")[:400]
    return redirect(f"{reverse('providers:models', args=[pk])}{'?' if query else ''}{query}")


@require_POST
@requires("admin")
def allow(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> HttpResponseBase:
    """Let a setting be sent again that the server once refused."""
    model = _model(request, pk, model_pk)
    setting = clean_text(request.POST.get("setting", ""), 200)
    with transaction.atomic():
        model_notes.allow_again(request.membership.team, model, setting)
        _note(request, model, [setting])
    messages.success(request, _("%(setting)s is sent again when somebody sets it.") % {"setting": setting})
    return redirect("providers:edit_model", pk, model_pk)


@require_POST
@requires("admin")
def forget(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> HttpResponseBase:
    """Everything back to what the table says."""
    model = _model(request, pk, model_pk)
    with transaction.atomic():
        model_notes.forget(request.membership.team, model)
        _note(request, model, [_("back to what the table says")])
    messages.success(request, _("%(model)s is as the table says.") % {"model": _label(request, model)})
    return redirect("providers:edit_model", pk, model_pk)


@require_POST
@requires("admin")
def make_default(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> HttpResponseBase:
    model = _model(request, pk, model_pk)
    purpose = request.POST.get("purpose", DefaultModel.Purpose.WRITING)
    if purpose not in DefaultModel.Purpose.values:
        raise Http404
    with transaction.atomic():
        services.set_default(request.membership.team, purpose, model)
        _note(request, model, [_("default: %(purpose)s") % {"purpose": DefaultModel.Purpose(purpose).label}])
    messages.success(request, _("Pages start with %(model)s now.") % {"model": _label(request, model)})
    return redirect("providers:models", pk)


@require_POST
@requires("admin")
def remove(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> HttpResponseBase:
    """Take back a model that was typed in."""
    model = _model(request, pk, model_pk)
    if not may_change(request.membership, model.provider):
        raise PermissionDenied("installation")
    if not model.is_typed:
        raise Http404
    with transaction.atomic():
        _note(request, model, [_("removed")])
        services.remove_model(model)
    messages.success(request, _("%(model)s is removed.") % {"model": model})
    return redirect("providers:models", pk)


def _model(request: TeamRequest, pk: uuid.UUID, model_pk: uuid.UUID) -> Model:
    provider = get_provider(request.membership, pk)
    return get_object_or_404(Model.objects.select_related("provider"), pk=model_pk, provider=provider)


def _choice(request: TeamRequest, model: Model) -> ModelChoice:
    return ModelChoice(model, model.provider, facts_for(request.membership.team, model))


def _label(request: TeamRequest, model: Model) -> str:
    return _choice(request, model).label


def _note(request: TeamRequest, model: Model, changed: list[str]) -> None:
    if changed:
        record(request.membership, "model.changed", target=model.name, provider=model.provider.name, changed=changed)


def _list_page(request: TeamRequest, provider: Provider, form: ModelNameForm) -> HttpResponse:
    listing = list_models(request.membership.team, provider, request.GET.get("q", ""), request.GET.get("page", ""))
    context: dict[str, Any] = {
        "provider": provider,
        "listing": listing,
        "form": form,
        "can_edit": may(request.membership, Role.ADMIN),
        "can_change_provider": may_change(request.membership, provider),
        "query": request.GET.urlencode(),
    }
    return render(request, "providers/models.html", context, status=422 if form.errors else 200)
