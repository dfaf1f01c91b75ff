"""History, the receipt, Stop and Run again."""

import uuid
from typing import Any

import orjson
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, requires, visible
from apps.accounts.audit import record
from apps.core.fragments import render_page, wants_fragment
from apps.core.serving import served
from apps.core.views import error_page
from apps.runs import registry, services
from apps.runs.export import csv_of
from apps.runs.files import FileGone
from apps.runs.forms import HistoryFilter, page_of
from apps.runs.gates import GATE
from apps.runs.models import Run, RunFile
from apps.runs.snippets import sent, snippets_of
from apps.runs.words import is_kept, place_of

PAGE_SIZE = 50


@require_safe
@requires()
def history(request: TeamRequest) -> HttpResponse:
    """Every call of the team, newest first; filters and place are in the address."""
    filters = HistoryFilter(request.GET, request.membership.team)
    mine = visible(request.membership, Run.objects.all())
    runs, after = page_of(filters.narrowed(mine), request.GET.get("after", ""), PAGE_SIZE, filters.states)
    query = request.GET.copy()
    query["after"] = after
    query_of_export = request.GET.copy()
    query_of_export.pop("after", None)
    context = {
        "filters": filters,
        "runs": runs,
        "next_page": f"?{query.urlencode()}" if after else "",
        "export": f"{reverse('runs:export')}?{query_of_export.urlencode()}",
    }
    return render_page(request, "runs/list.html", context, fragment="runs/_rows.html")


@require_safe
@requires()
def export(request: TeamRequest) -> StreamingHttpResponse:
    """The calls that the same filters leave, as a table for spreadsheets. Who took it is in the audit."""
    membership = request.membership
    filters = HistoryFilter(request.GET, membership.team)
    runs = filters.narrowed(visible(membership, Run.objects.all()))
    if request.method == "GET":
        narrowed_by = {name: str(value) for name, value in filters.chosen.items() if name != "q"}
        record(membership, "data.exported", target=_("History"), **narrowed_by)
    response = StreamingHttpResponse(csv_of(runs, filters.states, membership), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="history-{timezone.localdate()}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@requires()
def receipt(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything about one call: sent, received, timings, cost, who, and how to repeat it."""
    run = get_visible(request.membership, Run.objects.select_related("provider", "person"), pk)
    context: dict[str, Any] = {"run": run, "attempts": run.attempts.all(), "is_kept": is_kept(run, request.membership.team)}
    if run.gate:
        context["checks"] = visible(request.membership, Run.objects.filter(parent_kind=GATE, parent_id=run.pk)).only("pk")
    if context["is_kept"]:
        context |= {
            "snippets": snippets_of(run) if registry.find(run.operation) or run.request else {},
            "sent": readable(sent(run)),
            "received": readable(run.response),
        }
    return render(request, "runs/detail.html", context)


@require_POST
@requires("editor")
def stop(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    """Stop means stop: an unsent run never leaves, a running one is closed within two seconds. No check is stopped by itself."""
    run = get_visible(request.membership, Run.objects.all(), pk)
    if run.is_gate_check:
        return error_page(request, 409, _("This check was not stopped"), _("It ends with the call that waits for it."))
    services.stop_run(run)
    return HttpResponse(status=204) if wants_fragment(request) else redirect(page_of_run(run))


@require_POST
@requires("editor")
def again(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    """The same call as a new run; the page's key makes a double click one run. `?patient`: with more time for its answer to begin."""
    run = get_visible(request.membership, Run.objects.select_related("provider", "team"), pk)
    because = _why_not_again(run)
    if because:
        messages.error(request, because)
        return redirect("runs:receipt", run.pk)
    try:
        key = services.key_of(request.POST.get("key", ""))
        repeated = services.run_again(run, person=request.membership.user, key=key, is_patient="patient" in request.GET)
    except services.KeyReused:
        messages.error(request, _("This page is out of date. Reload it and press Run again."))
        return redirect("runs:receipt", run.pk)
    except FileGone as error:
        messages.error(request, error.sentence)
        return redirect("runs:receipt", run.pk)
    except services.TooManyRuns:
        messages.error(request, _("You have as many answers under way as one person may have. Wait for one of them, or stop one."))
        return redirect("runs:receipt", run.pk)
    return redirect(page_of_run(repeated))


@require_safe
@requires()
def file(request: TeamRequest, pk: uuid.UUID, file_id: uuid.UUID) -> HttpResponseBase:
    """A file that went into a call or came out of it.

    `?preview`: an unfinished picture goes when the next one is there, so a page that asks a moment later is told of no fault.
    """
    run = get_visible(request.membership, Run.objects.only("team"), pk)
    is_preview = "preview" in request.GET
    try:
        row = get_object_or_404(RunFile.objects.filter(run=run), pk=file_id)
        return served(row.file, row.content_type, row.name, is_shown=is_preview or "inline" in request.GET, request=request)
    except Http404:
        if is_preview:
            return HttpResponse(status=204)
        raise


def _why_not_again(run: Run) -> str:
    operation = registry.find(run.operation)
    if not is_kept(run, run.team):
        return _("What was asked is not kept, so it cannot be sent again.")
    if run.provider.deleted_at is not None or operation is None:
        return _("The provider of this call was deleted. Start it anew from its page.")
    return "" if operation.may_repeat else _("This is done once. If it is still wanted, begin it anew on its page.")


def page_of_run(run: Run) -> str:
    """Where a run is shown."""
    place = place_of(run)
    return place.url if place else reverse("runs:receipt", args=[run.pk])


def readable(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() if value else ""
