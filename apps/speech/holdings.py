"""Spoken texts, as `apps.core.holdings` asks for them.

A text is content that people hear and read, as a chat is: it stays until somebody deletes it or it is too old, also in a
team that keeps numbers only. With it go its sounds and the words of the calls that spoke it. Files go from the storage
before their rows do, so that a kill in between leaves a row that is taken again.
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
from apps.speech.models import PARENT, Speech, Take, folder_of
from apps.speech.telling import file_name

SPEECHES: Final = _("Spoken texts")
MOST_CALLS: Final = 1_000  # of a text, in one round


class SpeechHolding(Holding):
    name = "speech"
    position = 12  # its rows point to runs
    content = (Speech, Take)

    def count(self, team_id: TeamId, since: datetime.datetime | None = None) -> Counts:
        rows = Speech.objects.filter(team=team_id)
        return [(SPEECHES, (rows.filter(pk__gte=first_id_at(since)) if since else rows).count())]

    def count_old(self, team_id: TeamId, before: datetime.datetime) -> Counts:
        return [(SPEECHES, _before(team_id, before).count())]

    def forget(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        return remove_speeches(_before(team_id, before), limit)

    def wipe(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        rows = _before(team_id, before)
        takes = Take.objects.filter(speech__in=rows.values("pk"))
        stop_all(Run.objects.filter(parent_kind=PARENT, parent_id__in=takes.values("pk")), limit)
        return remove_speeches(rows, limit)

    def delete(self, team_id: TeamId, limit: int) -> int:
        stop_all(Run.objects.filter(team=team_id), limit)
        return remove_speeches(Speech.objects.filter(team=team_id), limit)

    def left(self, team_id: TeamId, before: datetime.datetime | None = None) -> int:
        return (_before(team_id, before) if before else Speech.objects.filter(team=team_id)).count()

    def tidy(self, limit: int) -> int:
        """Deleted ones can be brought back for a while."""
        return remove_speeches(Speech.objects.filter(deleted_at__lt=timezone.now() - datetime.timedelta(days=BIN_DAYS)), limit)

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        rows = Speech.objects.filter(team=team_id, **({"pk__gte": first_id_at(since)} if since else {}))
        yield Part("speech.jsonl", as_lines(_as_told(row) for row in in_order(rows.select_related("person").prefetch_related("takes"))))
        takes = Take.objects.filter(speech__in=rows.values("pk")).exclude(file="").select_related("speech")
        for take in in_order(takes.order_by()):
            yield Part(_place_of(take), content_of(take.file))


def remove_speeches(rows: Any, limit: int) -> int:
    """Remove the first of these, at most `limit` rows. One of which a call is under way, or that a worker is at, waits for its end."""
    gone = []
    until = time.monotonic() + FILE_SECONDS
    busy = Take.objects.filter(Q(pieces__run__status__in=ACTIVE) | ~is_free(), speech=OuterRef("pk"))
    for row in list(rows.exclude(Exists(busy)).order_by("pk")[:limit]):
        if _remove(row):
            gone.append(row.pk)
        if time.monotonic() > until:
            break
    return len(gone)


def _remove(row: Speech) -> bool:
    takes = list(row.takes.all())
    runs = Run.objects.filter(team=row.team_id, parent_kind=PARENT, parent_id__in=[take.pk for take in takes])
    ids: Sequence[uuid.UUID] = list(runs.values_list("pk", flat=True)[: MOST_CALLS + 1])
    ready = remove_files(ids[:MOST_CALLS])
    for take in takes:
        remove_folder(folder_of(take))
    with transaction.atomic():
        if len(ready) == len(ids):
            row.delete()
        release(ready)
    return len(ready) == len(ids)


def _before(team_id: TeamId, before: datetime.datetime) -> Any:
    return Speech.objects.filter(team=team_id, pk__lt=first_id_at(before))


def _as_told(row: Speech) -> dict[str, Any]:
    told: dict[str, Any] = {"id": row.pk, "person": row.person.email if row.person else None, "name": row.name, "text": row.text}
    told |= {"created_at": row.created_at, "deleted_at": row.deleted_at, "is_sample": row.is_sample}
    return told | {"takes": [_take_as_told(take) for take in row.takes.all()]}


def _take_as_told(take: Take) -> dict[str, Any]:
    names = ("voice", "model", "settings", "state", "format", "seconds", "size", "created_at")
    return {"id": take.pk, **{name: getattr(take, name) for name in names}, "path": _place_of(take) if take.file else None}


def _place_of(take: Take) -> str:
    return f"speech/{take.pk}.{file_name(take).rpartition('.')[2]}"
