"""A test of a model, and what its provider says of it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.access import TeamRequest, requires
from apps.catalog.model_views import choice_of, get_model, model_page
from apps.catalog.operations import work_to_try
from apps.catalog.trying import ask_provider, start_test
from apps.core.fragments import wants_fragment
from apps.providers.access import may_test, too_many_tests
from apps.runs.services import KeyReused, TooManyRuns, key_of


@require_POST
@requires("editor")
def try_model(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """One word, as a run of its own; the page's key makes a double click one call."""
    choice = choice_of(request, get_model(request, pk))
    work = work_to_try(choice.facts.endpoints)
    if not work:
        raise Http404
    try:
        start_test(request.membership, choice, work, key_of(request.POST.get("key", "")))
    except KeyReused as error:
        messages.error(request, str(error.sentence))
    except TooManyRuns:
        messages.error(request, _("You have as many answers under way as one person may have. Wait for one of them, or stop one."))
    return redirect("catalog:model", pk)


@require_POST
@requires("editor")
def show_told(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask the provider now. It costs nothing, and counts as a test does: it calls a server."""
    model = get_model(request, pk)
    if not may_test(request):
        return too_many_tests(request)
    told = ask_provider(request.membership, model)
    if wants_fragment(request):
        return render(request, "catalog/_told.html", {"model": model, "provider": model.provider, "told": told})
    return model_page(request, model, told=told)
