"""One row of a check: what each model said of it, bar by bar; its picture."""

import uuid

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.core.serving import served
from apps.moderation.check_views import check_of
from apps.moderation.models import Row
from apps.moderation.pictures import JPEG
from apps.moderation.rules import limits_of, may_change_limits
from apps.moderation.showing import told_judgings
from apps.moderation.tables import lines_of, names_of
from apps.moderation.verdicts import limit_lines


@requires(Role.VIEWER)
@require_safe
def row(request: TeamRequest, check_id: uuid.UUID, position: int) -> HttpResponse:
    check = check_of(request, check_id)
    found, limits = get_object_or_404(check.rows.all(), position=position), limits_of(check.team)
    judgings = told_judgings(check, limits)
    context = {
        "check": check,
        "row": found,
        "judgings": judgings,
        "lines": lines_of([found], judgings, limits),
        "limits": limit_lines(limits, [name for judging in judgings for name in names_of(judging)]),
        "can_write": may(request.membership, Role.EDITOR),
        "can_limit": may_change_limits(request.membership),
        "before": position - 1,
        "after": position + 1 if position < check.total else 0,
    }
    return render(request, "moderation/row.html", context)


@requires(Role.VIEWER)
@require_safe
def picture(request: TeamRequest, check_id: uuid.UUID, position: int) -> HttpResponseBase:
    found: Row = get_object_or_404(check_of(request, check_id).rows.all(), position=position)
    if not found.picture:
        raise Http404
    return served(found.picture, JPEG, f"picture-{found.number}.jpg", is_shown="inline" in request.GET, request=request)
