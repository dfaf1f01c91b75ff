"""What one model said: how far it is, again, stop."""

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.moderation import services
from apps.moderation.models import Judging
from apps.moderation.rules import limits_of
from apps.moderation.showing import page_context, tell
from apps.moderation.tables import LETTERS, Wanted


@requires(Role.VIEWER)
@require_safe
def judging(request: TeamRequest, judging_id: uuid.UUID) -> HttpResponse:
    """How far it is, for a page that waits; with its end all results are fetched. Else the page of its check."""
    row = _row(request, judging_id)
    if not wants_fragment(request):
        return HttpResponseRedirect(_page_of(row))
    letter = LETTERS[row.position] if row.check_of.judgings.count() > 1 else ""
    tell(row, row.check_of, limits_of(row.team), letter)
    context = {"judging": row, "check": row.check_of, "can_write": may(request.membership, Role.EDITOR), "is_one": row.check_of.total == 1}
    response = render(request, "moderation/_judging.html", {**context, "wanted": Wanted.of(request.GET)})
    if row.state != Judging.State.WORKING:
        response["HX-Trigger"] = "results-changed"
    return response


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


def _answer(request: TeamRequest, row: Judging) -> HttpResponse:
    if not wants_fragment(request):
        return HttpResponseRedirect(_page_of(row), status=303)
    context = page_context(request.membership, row.check_of, request.GET)
    return render(request, "moderation/_results.html", {**context, "is_part": True})


def _page_of(row: Judging) -> str:
    return reverse("moderation:check", args=[row.check_of_id])


def _row(request: TeamRequest, judging_id: uuid.UUID) -> Judging:
    rows = Judging.objects.select_related("check_of__team", "provider", "team").filter(check_of__deleted_at=None)
    row: Judging = get_visible(request.membership, rows, judging_id)
    return row
