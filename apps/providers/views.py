"""Settings, Providers: the servers of the team and their tests. Their models: `model_views`."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import TeamRequest, get_visible, may, requires, visible
from apps.core.fragments import wants_fragment
from apps.providers import services
from apps.providers.checkup import check
from apps.providers.forms import EXAMPLES, KINDS, ProviderForm
from apps.providers.models import Provider


@require_GET
@requires("viewer")
def list_providers(request: TeamRequest) -> HttpResponse:
    providers = list(_counted(request))
    has_builtin = any(provider.is_builtin for provider in providers)
    context = {"providers": providers, "has_builtin": has_builtin, "can_edit": may(request.membership, "admin")}
    return render(request, "providers/list.html", context)


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
@requires("admin")
def new(request: TeamRequest) -> HttpResponseBase:
    """First the choice of three, then the form of the chosen kind: `?kind=` says which."""
    kind = KINDS.get(request.GET.get("kind", ""))
    if kind is None:
        return render(request, "providers/new.html", {"kinds": KINDS.values()})
    form = ProviderForm(request.POST or None, team=request.membership.team, kind=kind.name)
    if request.method == "POST" and form.is_valid():
        return _check_and_return(request, form.save())
    return _form_page(request, form, {"kind": kind, "examples": EXAMPLES if kind.name == "own" else ()})


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
@requires("admin")
def edit(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    provider = get_visible(request.membership, Provider.objects.alive(), pk)
    if provider.is_builtin:  # its address and key come from the settings of the installation
        raise Http404
    form = ProviderForm(request.POST or None, team=request.membership.team, provider=provider)
    if request.method == "POST" and form.is_valid():
        return _check_and_return(request, form.save())
    return _form_page(request, form, {"provider": provider})


@require_POST
@requires("admin")
def connect_builtin(request: TeamRequest) -> HttpResponseBase:
    return _check_and_return(request, services.ensure_builtin(request.membership.team))


@require_POST
@requires("admin")
def test(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Call the server now. htmx gets the card again, others go back to the list."""
    provider = get_visible(request.membership, Provider.objects.alive(), pk)
    if not wants_fragment(request):
        return _check_and_return(request, provider)
    check(provider)
    return render(request, "providers/_tested_card.html", {"provider": _counted(request).get(pk=provider.pk), "can_edit": True})


@require_http_methods(["GET", "POST"])
@requires("admin")
def delete(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Asks first, and says how many runs went there."""
    provider = get_visible(request.membership, Provider.objects.alive(), pk)
    if request.method == "POST":
        services.delete_provider(provider)
        messages.success(request, _("%(provider)s is deleted and its key forgotten.") % {"provider": provider.name})
        return redirect("providers:list")
    return render(request, "providers/delete.html", {"provider": provider, "runs": provider.runs.count()})


def _counted(request: TeamRequest) -> QuerySet[Any]:
    """The team's providers with the number of models that can be chosen; the built-in one last."""
    present = Q(models__is_listed=True) | Q(models__is_typed=True)
    rows = visible(request.membership, Provider.objects.alive())
    return rows.annotate(model_count=Count("models", filter=present)).order_by("is_builtin", "name", "pk")


def _form_page(request: TeamRequest, form: ProviderForm, context: dict[str, Any]) -> HttpResponse:
    return render(request, "providers/form.html", {"form": form, **context}, status=422 if form.errors else 200)


def _check_and_return(request: TeamRequest, provider: Provider) -> HttpResponseBase:
    """What was just saved is tested at once; the list shows the outcome on its card."""
    result = check(provider)
    if result.ok:
        messages.success(request, f"{provider.name}: {result.sentence}")
    else:
        messages.error(request, _("%(provider)s is saved, but the test did not work.") % {"provider": provider.name})
    return redirect("providers:list")
