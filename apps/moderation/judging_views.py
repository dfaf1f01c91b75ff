"""What one model said: how far it is, again, stop."""

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.moderation import services
from apps.moderation.models import Judging
from apps.moderation.showing import page_context


@requires(Role.VIEWER)
@require_safe
def judging(request: TeamRequest, judging_id: uuid.UUID) -> HttpResponse:
    """The results as they are now, for a page that waits; else the page of its check."""
    row = _row(request, judging_id)
    return _answer(request, row) if wants_fragment(request) else HttpResponseRedirect(_page_of(row))


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
    rows = Judging.objects.select_related("check_of__team").filter(check_of__deleted_at=None)
    row: Judging = get_visible(request.membership, rows, judging_id)
    return row
