"""Settings, Rules for models: what a team says of all models whose names fit a pattern, and what ships."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.audit import record
from apps.accounts.models import Role
from apps.core.listing import searched
from apps.providers.model_forms import RuleForm
from apps.providers.model_rules import list_rules as rules_of
from apps.providers.model_rules import touched_by_line
from apps.providers.models import ModelFact


@require_GET
@requires("viewer")
def list_rules(request: TeamRequest) -> HttpResponse:
    search = searched(request, 200)
    rules = rules_of(request.membership.team, search)
    context = {"rules": rules, "search": search, "can_edit": may(request.membership, Role.ADMIN)}
    return render(request, "providers/rules.html", context)


@require_http_methods(["GET", "POST"])
@requires("admin")
def new(request: TeamRequest) -> HttpResponseBase:
    """A rule for `?provider=` and `?model=`, where a page names them."""
    patterns = {f"{name}_pattern": request.GET.get(name, "")[:200] for name in ("provider", "model")}
    line = ModelFact(team=request.membership.team, model_pattern="")
    form = RuleForm(request.POST or None, line=line, initial={name: text for name, text in patterns.items() if text})
    if request.method == "POST" and form.is_valid() and _save(request, form):
        return redirect("model_rules:list")
    return _page(request, form, line)


@require_http_methods(["GET", "POST"])
@requires("viewer")
def edit(request: TeamRequest, pk: str) -> HttpResponseBase:
    line = get_visible(request.membership, ModelFact.objects.all(), pk)
    if request.method == "POST" and not may(request.membership, Role.ADMIN):
        raise PermissionDenied(Role.ADMIN)
    form = RuleForm(request.POST or None, line=line)
    if request.method == "POST" and form.is_valid() and _save(request, form):
        return redirect("model_rules:list")
    return _page(request, form, line)


@require_POST
@requires("admin")
def delete(request: TeamRequest, pk: str) -> HttpResponseBase:
    line = get_visible(request.membership, ModelFact.objects.all(), pk)
    with transaction.atomic():
        record(request.membership, "model.changed", target=str(line), changed=[_("removed")])
        line.delete()
    messages.success(request, _("The rule for %(models)s is deleted.") % {"models": line.model_pattern})
    return redirect("model_rules:list")


def _save(request: TeamRequest, form: RuleForm) -> bool:
    with transaction.atomic():
        if not form.save():
            return False
        record(request.membership, "model.changed", target=str(form.line), changed=form.changed_words())
    messages.success(request, _("The rule for %(models)s is saved.") % {"models": form.line.model_pattern})
    return True


def _page(request: TeamRequest, form: RuleForm, line: ModelFact) -> HttpResponse:
    touched = touched_by_line(request.membership.team, line) if line.pk else []
    context = {"form": form, "line": line, "touched": touched, "can_edit": may(request.membership, Role.ADMIN)}
    return render(request, "providers/rule.html", context, status=422 if form.errors else 200)
