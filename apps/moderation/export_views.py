"""A check as a file."""

import re
import uuid
from collections.abc import Iterator
from typing import Final

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import rows
from apps.accounts.access import TeamRequest, requires
from apps.accounts.audit import record
from apps.accounts.models import Role
from apps.core.serving import InPieces
from apps.moderation import exporting
from apps.moderation.check_views import check_of
from apps.moderation.rules import limits_of
from apps.moderation.tables import Wanted

TYPES: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@requires(Role.VIEWER)
@require_safe
def export(request: TeamRequest, check_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """The rows that the table shows, with its filters and in its order."""
    check = check_of(request, check_id)
    if kind not in TYPES:
        raise Http404
    judgings, limits = list(check.judgings.select_related("provider")), limits_of(check.team)
    lines = exporting.lines(check, judgings, limits, Wanted.of(request.GET))
    record(request.membership, "data.exported", target=_("Safety check"), numbers=[str(check.pk)])
    pieces: Iterator[bytes]
    if kind == "csv":
        names = exporting.columns_of(judgings)
        pieces = rows.csv_pieces(exporting.heading(judgings, names), (exporting.cells(line, names) for line in lines))
    else:
        pieces = rows.as_json(exporting.as_told(line, judgings) for line in lines)
    plain = "-".join(re.sub(r"[^\w\- ]+", "", check.name, flags=re.ASCII).split())[:60] or "safety-check"
    response = InPieces(pieces, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{plain}-{timezone.localdate():%Y-%m-%d}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response
