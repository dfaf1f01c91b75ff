"""The list of models over all providers: search, filters, sync, a model typed in by its name, the two buttons of a row."""

import uuid
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.catalog.forms import ModelNameForm
from apps.catalog.listing import Filters, list_models
from apps.catalog.model_views import get_model, note
from apps.core.fragments import wants_fragment
from apps.providers import model_notes, services
from apps.providers.access import get_own_provider, may_change, may_test, too_many_tests
from apps.providers.checkup import check
from apps.providers.facts import facts_without_note
from apps.providers.models import Provider

MARKS = {  # what the buttons of the list say: the field, its value, and the word for the book of changes
    "hide": ("is_hidden", True, gettext_lazy("hidden")),
    "show": ("is_hidden", False, gettext_lazy("offered")),
    "favour": ("is_favourite", True, gettext_lazy("first in lists")),
    "unfavour": ("is_favourite", False, gettext_lazy("in its place")),
}
LONGEST_QUERY = 400


@require_GET
@requires("viewer")
def show_list(request: TeamRequest) -> HttpResponse:
    can_sync = partial(may_change, request.membership)
    listing = list_models(request.membership, Filters.read(request.GET), request.GET.get("page", ""), can_sync)
    context = {"listing": listing, "can_edit": may(request.membership, Role.ADMIN)}
    return render(request, "catalog/_found.html" if _wants_table(request) else "catalog/list.html", context)


@require_POST
@requires("admin")
def sync(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Have the provider looked at now, at no cost. What came of it stands beside its name in the list."""
    provider = get_own_provider(request.membership, pk)
    if not may_test(request):
        return too_many_tests(request)
    result = check(provider, person=None if provider.key else request.membership.user)
    if not wants_fragment(request):
        tell = messages.success if result.ok else messages.error
        tell(request, f"{provider.name}: {result.sentence}")
    return _back(request)


@require_http_methods(["GET", "POST"])
@requires("admin")
def add(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Add a model by its name, for servers that do not list theirs."""
    provider = get_own_provider(request.membership, pk)
    form = ModelNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            model = services.add_model(provider, form.cleaned_data["name"], form.cleaned_data["label"])
            note(request, model, [_("added by hand")])
        messages.success(request, _("%(model)s can be chosen now.") % {"model": model})
        return redirect(_list_of(provider))
    return render(request, "catalog/add.html", {"provider": provider, "form": form}, status=422 if form.errors else 200)


@require_POST
@requires("admin")
def mark(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Hide or show a model, put it first or back: the buttons of the list and of its page."""
    model = get_model(request, pk)
    if request.POST.get("mark") in MARKS:
        name, value, word = MARKS[request.POST["mark"]]
        # Where the table says the same, the team has nothing to say of its own.
        is_same = getattr(facts_without_note(request.membership.team, model), name) == value
        with transaction.atomic():
            model_notes.mark(request.membership.team, model, **{name: None if is_same else value})
            note(request, model, [str(word)])
    return redirect("catalog:model", pk) if "stay" in request.POST else _back(request)


def _wants_table(request: TeamRequest) -> bool:
    """Whether the filters ask for the rows alone; a button gets the whole page and takes out what it needs."""
    return wants_fragment(request) and request.headers.get("HX-Target") == "models-found"


def _back(request: TeamRequest) -> HttpResponse:
    """To the same filters and page of the list."""
    query = request.POST.get("query", "")[:LONGEST_QUERY]
    return redirect(f"{reverse('catalog:list')}{'?' if query else ''}{query}")


def _list_of(provider: Provider) -> str:
    return f"{reverse('catalog:list')}?provider={provider.pk}"
