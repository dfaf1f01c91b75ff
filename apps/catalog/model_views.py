"""One model: what it takes, costs and is used for, and for admins what the team knows better."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.audit import record
from apps.accounts.models import Role
from apps.catalog.forms import AccessForm, ModelKnowledgeForm
from apps.catalog.listing import is_tuned
from apps.catalog.operations import DELETING, OF_MODEL, TryModel, params_to_try, work_to_try
from apps.catalog.trying import last_run
from apps.catalog.usage import called_lately, together, used_by_whom
from apps.providers import model_notes, services
from apps.providers.access import get_provider, may_change
from apps.providers.answer_ways import ANSWERING
from apps.providers.choices import ModelChoice
from apps.providers.facts import facts_for
from apps.providers.model_access import Rule, barrier_for, names_of, rule_of, words_of
from apps.providers.model_list import clean_text
from apps.providers.model_words import ENDPOINT_WORDS
from apps.providers.models import DefaultModel, Model
from apps.providers.uses import NOTHING, touched_by, uses_of

USES_OF_A_KIND = 5


@require_http_methods(["GET", "HEAD", "POST"])
@requires("viewer")
def edit(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """All about it. Everybody may read it."""
    model = get_model(request, pk)
    if request.method == "POST" and not may(request.membership, Role.ADMIN):
        raise PermissionDenied(Role.ADMIN)
    form = ModelKnowledgeForm(request.POST or None, team=request.membership.team, model=model)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            note(request, model, form.changed_words())
        messages.success(request, _("Saved for %(model)s.") % {"model": _label(request, model)})
        return redirect("catalog:model", pk)
    return model_page(request, model, form=form)


@require_POST
@requires("admin")
def allow(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Let a setting be sent again that the server once refused."""
    model = get_model(request, pk)
    setting = clean_text(request.POST.get("setting", ""), 200)
    with transaction.atomic():
        model_notes.allow_again(request.membership.team, model, setting)
        note(request, model, [setting])
    messages.success(request, _("%(setting)s is sent again when somebody sets it.") % {"setting": setting})
    return redirect("catalog:model", pk)


@require_POST
@requires("admin")
def forget(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Everything back to what the table says."""
    model = get_model(request, pk)
    with transaction.atomic():
        model_notes.forget(request.membership.team, model)
        note(request, model, [_("back to what the table says")])
    messages.success(request, _("%(model)s is as the table says.") % {"model": _label(request, model)})
    return redirect("catalog:model", pk)


@require_POST
@requires("admin")
def make_default(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    model = get_model(request, pk)
    purpose = request.POST.get("purpose", DefaultModel.Purpose.WRITING)
    if purpose not in DefaultModel.Purpose.values:
        raise Http404
    with transaction.atomic():
        services.set_default(request.membership.team, purpose, model)
        note(request, model, [_("default: %(purpose)s") % {"purpose": DefaultModel.Purpose(purpose).label}])
    messages.success(request, _("Pages start with %(model)s now.") % {"model": _label(request, model)})
    return redirect("catalog:model", pk)


@require_POST
@requires("admin")
def remove(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Take back a model that was typed in."""
    model = get_model(request, pk)
    if not may_change(request.membership, model.provider):
        raise PermissionDenied("installation")
    if not model.is_typed:
        raise Http404
    with transaction.atomic():
        note(request, model, [_("removed")])
        services.remove_model(model)
    messages.success(request, _("%(model)s is removed.") % {"model": model})
    return redirect(f"{reverse('catalog:list')}?provider={model.provider_id}")


def get_model(request: TeamRequest, pk: uuid.UUID) -> Model:
    """One of a provider that this member may use, or 404. `InAnotherTeam` as `get_visible` says."""
    model = get_object_or_404(Model.objects.select_related("provider"), pk=pk)
    model.provider = get_provider(request.membership, model.provider_id)
    return model


def choice_of(request: TeamRequest, model: Model) -> ModelChoice:
    return ModelChoice(model, model.provider, facts_for(request.membership.team, model))


def note(request: TeamRequest, model: Model, changed: list[str]) -> None:
    if changed:
        record(request.membership, "model.changed", target=model.name, provider=model.provider.name, changed=changed)


def model_page(request: TeamRequest, model: Model, **shown: Any) -> HttpResponse:
    """The page; `shown`: a form that was refused, or what its provider told of it."""
    team, choice = request.membership.team, choice_of(request, model)
    rule = rule_of(team.pk, model.provider_id, model.name)
    forms = {
        "form": shown.get("form") or ModelKnowledgeForm(team=team, model=model),
        "access_form": shown.get("access_form") or AccessForm(None, team=team, rule=rule),
    }
    context = {
        **forms,
        "model": model,
        "provider": model.provider,
        "choice": choice,
        "endpoint_words": [ENDPOINT_WORDS.get(name, name) for name in choice.facts.endpoints],
        **_rights(request, model, choice),
        **_test(request, model, choice),
        **_use(request, model),
        "access_words": words_of(rule, names_of(rule.people) if rule else ()),
        "is_open": _is_open(request, model, rule),
        "told": shown.get("told"),
    }
    refused = any(each.errors for each in forms.values())
    return render(request, "catalog/model.html", context, status=422 if refused else 200)


def _rights(request: TeamRequest, model: Model, choice: ModelChoice) -> dict[str, Any]:
    can_change = may_change(request.membership, model.provider)
    return {
        "can_edit": may(request.membership, Role.ADMIN),
        "can_test": may(request.membership, Role.EDITOR),
        "can_choose": choice.is_offered_for(ANSWERING),
        "can_remove": model.is_typed and can_change,
        "can_delete": can_change and is_tuned(model) and model.deleted_at is None and model.deleting_since is None,
        "is_tuned": is_tuned(model),
        "deletion": last_run(request.membership, DELETING, model.pk) if is_tuned(model) else None,
    }


def _test(request: TeamRequest, model: Model, choice: ModelChoice) -> dict[str, Any]:
    """How it would be tried, what that costs at the most, and how it went the last time."""
    work = work_to_try(choice.facts.endpoints)
    cost = TryModel().estimate(params_to_try(work), (), choice.facts.prices).cost if work else None
    return {"work": work, "test_cost": cost, "last_test": last_run(request.membership, OF_MODEL, model.pk)}


def _use(request: TeamRequest, model: Model) -> dict[str, Any]:
    team = request.membership.team
    people = used_by_whom(team, model)
    return {
        "people": people,
        "used": together([each.used for each in people]),
        "uses": uses_of(request.membership, model.pk, USES_OF_A_KIND),
        "touched": touched_by(request.membership, [model.pk]).get(model.pk, NOTHING),
        "called_lately": called_lately(team, [model]).get((model.provider_id, model.name), 0),
    }


def _is_open(request: TeamRequest, model: Model, rule: Rule | None) -> bool:
    return rule is None or barrier_for(request.membership).lets(model)


def _label(request: TeamRequest, model: Model) -> str:
    return choice_of(request, model).label
