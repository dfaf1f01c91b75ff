"""What one model said: how far it is, again, stop."""

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, requires
from apps.accounts.models import Role
from apps.core.fragments import render_page, wants_fragment
from apps.moderation import services
from apps.moderation.check_views import other_of
from apps.moderation.cutting import entries_of
from apps.moderation.models import Judging
from apps.moderation.operations import SafetyCheck
from apps.moderation.showing import page_context
from apps.moderation.tables import Wanted
from apps.runs import registry, snippets
from apps.runs.costs import facts_by_name

SHOWN = 20  # rows in the request that is shown: more would fill the page


@requires(Role.VIEWER)
@require_safe
def judging(request: TeamRequest, judging_id: uuid.UUID) -> HttpResponse:
    """The results as they are now, for a page that waits; else the page of its check."""
    row = _row(request, judging_id)
    return _answer(request, row) if wants_fragment(request) else HttpResponseRedirect(_page_of(request, row))


@requires(Role.EDITOR)
@require_POST
def again(request: TeamRequest, judging_id: uuid.UUID) -> HttpResponse:
    row = _row(request, judging_id)
    services.try_again(row)
    return _answer(request, row)


@requires(Role.EDITOR)
@require_POST
def stop(request: TeamRequest, judging_id: uuid.UUID) -> HttpResponse:
    row = _row(request, judging_id)
    services.stop(row)
    return _answer(request, row)


@requires(Role.EDITOR)
@require_POST
def replace(request: TeamRequest, judging_id: uuid.UUID) -> HttpResponse:
    """Another model in the place of one that failed whole."""
    row = _row(request, judging_id)
    choice = other_of(request, row.check_of)
    if choice is not None:
        services.replace_model(request.membership, row, choice)
    return HttpResponseRedirect(_page_of(request, row), status=303)


@requires(Role.VIEWER)
@require_safe
def show_request(request: TeamRequest, judging_id: uuid.UUID) -> HttpResponse:
    """The first rows of the check, as they are asked of this model: curl, Python and JSON."""
    row = _row(request, judging_id)
    facts = facts_by_name(row.team_id, row.provider_id, row.model)
    texts = list(row.check_of.rows.values_list("text", flat=True)[: min(SHOWN, entries_of(facts))])
    params = {"input": texts[0] if len(texts) == 1 else texts}
    shown = snippets.show(registry.get(SafetyCheck.name), row.provider, row.model, params, [])
    context = {"snippets": shown, "page": str(row.check_of), "back": _page_of(request, row)}
    return render_page(request, "runs/request.html", context, "runs/_request.html")


def _answer(request: TeamRequest, row: Judging) -> HttpResponse:
    if not wants_fragment(request):
        return HttpResponseRedirect(_page_of(request, row), status=303)
    context = page_context(request.membership, row.check_of, request.GET)
    return render(request, "moderation/_results.html", {**context, "is_part": True})


def _page_of(request: TeamRequest, row: Judging) -> str:
    """With the filters and the order that the person had chosen."""
    here = Wanted.of(request.GET).here
    return reverse("moderation:check", args=[row.check_of_id]) + (here if here != "?" else "")


def _row(request: TeamRequest, judging_id: uuid.UUID) -> Judging:
    rows = Judging.objects.select_related("check_of__team", "provider").filter(check_of__deleted_at=None)
    row: Judging = get_visible(request.membership, rows, judging_id)
    return row
