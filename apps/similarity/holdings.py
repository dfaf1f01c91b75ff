"""Compared rows, as `apps.core.holdings` asks for them.

Rows are content that people read, as a chat is: they stay until somebody deletes them or they are too old, also in a team that keeps
numbers only. With them go the file they came from, what was found, and the words of their calls. The numbers of a text go with the last
set that has it. Files go from the storage before their rows do, so that a kill in between leaves a row that is taken again.
"""

import datetime
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.bin import BIN_DAYS
from apps.core.holdings import Counts, Holding, Part, TeamId, as_lines, in_order
from apps.core.ids import first_id_at
from apps.core.storing import content_of, remove_folder
from apps.runs.erasure import FILE_SECONDS, release, remove_files
from apps.runs.holdings import stop_all
from apps.runs.leases import is_free
from apps.runs.models import ACTIVE, Run
from apps.similarity.claiming import forget_vectors
from apps.similarity.models import PARENT, Query, RowSet, Side, folder_of

SETS: Final = _("Compared rows")
MOST_CALLS: Final = 1_000  # of a set, in one round
IN_ONE: Final = 5_000  # rows that are removed in one transaction: who wants to write waits for no more than that


class SimilarityHolding(Holding):
    name = "similarity"
    position = 13  # its rows point to runs
    content = (RowSet, Side, Query)

    def count(self, team_id: TeamId, since: datetime.datetime | None = None) -> Counts:
        rows = RowSet.objects.filter(team=team_id)
        return [(SETS, (rows.filter(pk__gte=first_id_at(since)) if since else rows).count())]

    def count_old(self, team_id: TeamId, before: datetime.datetime) -> Counts:
        return [(SETS, _before(team_id, before).count())]

    def forget(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        return remove_sets(_before(team_id, before), limit)

    def wipe(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        rows = _before(team_id, before)
        sides = Side.objects.filter(set__in=rows.values("pk"))
        stop_all(Run.objects.filter(parent_kind=PARENT, parent_id__in=sides.values("pk")), limit)
        return remove_sets(rows, limit)

    def delete(self, team_id: TeamId, limit: int) -> int:
        stop_all(Run.objects.filter(team=team_id), limit)
        return remove_sets(RowSet.objects.filter(team=team_id), limit)

    def left(self, team_id: TeamId, before: datetime.datetime | None = None) -> int:
        return (_before(team_id, before) if before else RowSet.objects.filter(team=team_id)).count()

    def tidy(self, limit: int) -> int:
        """Deleted ones can be brought back for a while."""
        is_over = Q(deleted_at__lt=timezone.now() - datetime.timedelta(days=BIN_DAYS))
        return remove_sets(RowSet.objects.filter(is_over | Q(is_going=True)), limit)

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        """The numbers are left out: they can be asked for again, and are of no use without the model."""
        found = RowSet.objects.filter(team=team_id, **({"pk__gte": first_id_at(since)} if since else {}))
        yield Part(
            "similarity.jsonl", as_lines(_as_told(row) for row in in_order(found.select_related("person").prefetch_related("sides")))
        )
        for row in in_order(found):
            yield Part(f"similarity/{row.pk}-rows.jsonl", as_lines(_rows(row)))
            if row.file:
                yield Part(f"similarity/{row.pk}-file", content_of(row.file))


def remove_sets(rows: Any, limit: int) -> int:
    """Remove the first of these, at most `limit`. One of which a call is under way, or that a worker is at, waits for its end."""
    gone = 0
    until = time.monotonic() + FILE_SECONDS
    busy = Side.objects.filter(Q(batches__run__status__in=ACTIVE) | ~is_free(), set=OuterRef("pk"))
    for row in list(rows.filter(is_free()).exclude(Exists(busy)).order_by("pk")[:limit]):
        gone += _remove(row)
        if time.monotonic() > until:
            break
    return gone


def _remove(row: RowSet) -> bool:
    sides = list(row.sides.values_list("pk", flat=True))
    runs = Run.objects.filter(team=row.team_id, parent_kind=PARENT, parent_id__in=sides)
    ids: Sequence[uuid.UUID] = list(runs.values_list("pk", flat=True)[: MOST_CALLS + 1])
    ready = remove_files(ids[:MOST_CALLS])
    remove_folder(folder_of(row))
    is_last = len(ready) == len(ids)
    if is_last:
        _remove_rows(row)
    with transaction.atomic():
        if is_last:
            digests = set(Query.objects.filter(side__set=row).values_list("digest", flat=True))
            row.delete()
            forget_vectors(row.team_id, digests)
        release(ready)
    return is_last


def _remove_rows(row: RowSet) -> None:
    """Some at a time, each with the numbers of its text. From the first on nobody sees the set or brings it back."""
    RowSet.objects.filter(pk=row.pk).update(is_going=True, deleted_at=row.deleted_at or timezone.now())
    while some := list(row.rows.order_by("pk").values_list("pk", "digest")[:IN_ONE]):
        with transaction.atomic():
            row.rows.filter(pk__gte=some[0][0], pk__lte=some[-1][0]).delete()
            forget_vectors(row.team_id, {digest for _pk, digest in some})


def _before(team_id: TeamId, before: datetime.datetime) -> Any:
    return RowSet.objects.filter(team=team_id, pk__lt=first_id_at(before))


def _as_told(row: RowSet) -> dict[str, Any]:
    told: dict[str, Any] = {"id": row.pk, "person": row.person.email if row.person else None, "name": row.name, "rows": row.count}
    told |= {"source": row.source, "created_at": row.created_at, "deleted_at": row.deleted_at}
    return told | {"models": [_side_as_told(side) for side in row.sides.all()]}


def _side_as_told(side: Side) -> dict[str, Any]:
    names = ("model", "dimensions", "state", "wishes", "created_at")
    questions = list(side.queries.order_by("pk").values_list("text", flat=True))
    return {"id": side.pk, **{name: getattr(side, name) for name in names}, "questions": questions}


def _rows(row: RowSet) -> Iterator[dict[str, Any]]:
    return ({"number": each.number, "file": each.label or None, "text": each.text} for each in in_order(row.rows.order_by()))
