"""One row of a check: what each model said of it, bar by bar; its picture."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.core.fragments import render_page
from apps.core.serving import served
from apps.moderation.check_views import check_of
from apps.moderation.models import Check, Judging, Row
from apps.moderation.pictures import JPEG
from apps.moderation.rules import Limits, limits_of, may_change_limits
from apps.moderation.tables import LETTERS, Wanted, lines_of, names_of, narrowed
from apps.moderation.verdicts import limit_lines
from apps.runs.models import Run


@requires(Role.VIEWER)
@require_safe
def row(request: TeamRequest, check_id: uuid.UUID, position: int) -> HttpResponse:
    check = check_of(request, check_id)
    found, limits = get_object_or_404(check.rows.all(), position=position), limits_of(check.team)
    judgings: list[Any] = list(check.judgings.select_related("provider"))
    for number, judging in enumerate(judgings):
        judging.letter = LETTERS[number] if len(judgings) > 1 else ""
    (line,), wanted = lines_of([found], judgings, limits), Wanted.of(request.GET)
    before, after = _beside(check, judgings, limits, wanted, position)
    for judging, (told, why) in zip(judgings, line.said, strict=True):
        judging.told, judging.why = told, why
        judging.call = Run.objects.filter(pk__in=_calls(judging, position)).only("pk").first()
    context = {
        "check": check,
        "row": found,
        "judgings": judgings,
        "line": line,
        "wanted": wanted,
        "limits": limit_lines(limits, [name for judging in judgings for name in names_of(judging)]),
        "can_write": may(request.membership, Role.EDITOR),
        "can_limit": may_change_limits(request.membership),
        "before": before,
        "after": after,
        "back": request.get_full_path(),
    }
    return render_page(request, "moderation/row.html", context, "moderation/_row_results.html")


def _calls(judging: Judging, position: int) -> Any:
    return judging.batches.filter(first__lte=position, last__gte=position).values("run")


def _beside(check: Check, judgings: Sequence[Judging], limits: Limits, wanted: Wanted, position: int) -> tuple[int, int]:
    """The rows before and after this one as the table shows them; 0 for none. A row that the filters leave out has its neighbours
    among all rows."""
    if wanted.is_narrowing or wanted.sort != "row":
        places = list(narrowed(check, judgings, limits, wanted).values_list("position", flat=True))
        if position in places:
            at = places.index(position)
            return places[at - 1] if at else 0, places[at + 1] if at + 1 < len(places) else 0
    return position - 1, position + 1 if position < check.total else 0


@requires(Role.VIEWER)
@require_safe
def picture(request: TeamRequest, check_id: uuid.UUID, position: int) -> HttpResponseBase:
    found: Row = get_object_or_404(check_of(request, check_id).rows.all(), position=position)
    if not found.picture:
        raise Http404
    return served(found.picture, JPEG, f"picture-{found.number}.jpg", is_shown="inline" in request.GET, request=request)
