"""History, the receipt, Stop and Run again."""

import uuid
from typing import Any

import orjson
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, requires, visible
from apps.core.fragments import render_page, wants_fragment
from apps.runs import registry, services
from apps.runs.forms import HistoryFilter, page_of
from apps.runs.models import Run
from apps.runs.snippets import sent, snippets_of

PAGE_SIZE = 50


@require_safe
@requires()
def history(request: TeamRequest) -> HttpResponse:
    """Every call of the team, newest first; filters and place are in the address."""
    filters = HistoryFilter(request.GET, request.membership.team)
    mine = visible(request.membership, Run.objects.all())
    runs, after = page_of(filters.narrowed(mine), request.GET.get("after", ""), PAGE_SIZE)
    query = request.GET.copy()
    query["after"] = after
    context = {"filters": filters, "runs": runs, "next_page": f"?{query.urlencode()}" if after else "", "is_more": "after" in request.GET}
    return render_page(request, "runs/list.html", context, fragment="runs/_rows.html")


@require_safe
@requires()
def receipt(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything about one call: sent, received, timings, cost, who, and how to repeat it."""
    run = get_visible(request.membership, Run.objects.select_related("provider", "person"), pk)
    context: dict[str, Any] = {
        "run": run,
        "attempts": run.attempts.all(),
        "snippets": snippets_of(run) if registry.find(run.operation) or run.request else {},
        "sent": readable(sent(run)),
        "received": readable(run.response),
    }
    return render(request, "runs/detail.html", context)


@require_POST
@requires("editor")
def stop(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    """Stop means stop: an unsent run never leaves, a running one is closed within two seconds."""
    run = get_visible(request.membership, Run.objects.all(), pk)
    services.stop_run(run)
    return HttpResponse(status=204) if wants_fragment(request) else redirect(page_of_run(run))


@require_POST
@requires("editor")
def again(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    """The same call as a new run; the page's key makes a double click one run."""
    run = get_visible(request.membership, Run.objects.select_related("provider", "team"), pk)
    if run.provider.deleted_at is not None or registry.find(run.operation) is None:
        messages.error(request, _("The provider of this call was deleted. Start it anew from its page."))
        return redirect("runs:receipt", run.pk)
    try:
        repeated = services.run_again(run, person=request.membership.user, key=services.key_of(request.POST.get("key", "")))
    except services.KeyReused:
        messages.error(request, _("This page is out of date. Reload it and press Run again."))
        return redirect("runs:receipt", run.pk)
    except services.TooManyRuns:
        messages.error(request, _("You have as many answers under way as one person may have. Wait for one of them, or stop one."))
        return redirect("runs:receipt", run.pk)
    return redirect("runs:receipt", repeated.pk)


def page_of_run(run: Run) -> str:
    """Where a run is shown."""
    operation = registry.find(run.operation)
    if operation and operation.page_url and run.parent_id:
        return reverse(operation.page_url, args=[run.parent_id])
    return reverse("runs:receipt", args=[run.pk])


def readable(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() if value else ""
