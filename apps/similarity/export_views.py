"""Files of what was found: CSV, JSON, and the numbers as NPY. Written while they are sent."""

import re
import uuid
from collections.abc import Iterator

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, get_visible, requires
from apps.accounts.audit import record
from apps.accounts.models import Role
from apps.core.serving import InPieces
from apps.similarity.models import RowSet, Side
from apps.similarity.writing import csv_of, json_of, npy_of


@requires(Role.VIEWER)
@require_safe
def as_csv(request: TeamRequest, set_id: uuid.UUID) -> HttpResponseBase:
    row = _row(request, set_id)
    _record(request, row)
    return _file(request, csv_of(row), "text/csv; charset=utf-8", f"{name_of(row)}.csv")


@requires(Role.VIEWER)
@require_safe
def as_json(request: TeamRequest, set_id: uuid.UUID) -> HttpResponseBase:
    row = _row(request, set_id)
    _record(request, row)
    return _file(request, json_of(row), "application/json", f"{name_of(row)}.json")


@requires(Role.VIEWER)
@require_safe
def as_npy(request: TeamRequest, side_id: uuid.UUID) -> HttpResponseBase:
    """A line for each row that has numbers, in the order of rows; `Place in the NPY file` of the others says which is which."""
    side: Side = get_visible(request.membership, Side.objects.select_related("set").filter(set__deleted_at=None), side_id)
    if side.state not in {Side.State.READY, Side.State.PARTIAL}:
        raise Http404
    _record(request, side.set)
    return _file(request, npy_of(side), "application/octet-stream", f"{name_of(side.set)}-{side.model.replace('/', '-')}.npy")


def _record(request: TeamRequest, row: RowSet) -> None:
    record(request.membership, "data.exported", target=_("Similarity"), numbers=[str(row.pk)])


def _file(request: TeamRequest, pieces: Iterator[bytes], content_type: str, name: str) -> HttpResponseBase:
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment", "Cache-Control": "private, no-store"}
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    return InPieces(pieces, content_type=content_type, headers=headers)


def name_of(row: RowSet) -> str:
    """What a person finds again in the folder of downloads."""
    plain = re.sub(r"[^\w\- ]+", "", str(row))
    return "-".join(plain.split())[:60] or "similarity"


def _row(request: TeamRequest, set_id: uuid.UUID) -> RowSet:
    row: RowSet = get_visible(request.membership, RowSet.objects.alive(), set_id)
    return row
