"""Files, as `apps.core.holdings` asks for them.

A file is content that people keep, as a picture is: it stays until somebody deletes it or it is too old, also in a team that keeps numbers
only. What lies at a provider stays there: it goes when somebody deletes it there, or when its time is over. Pieces go from the storage
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
from apps.core.holdings import Counts, Holding, TeamId, as_lines, in_order
from apps.core.holdings import Part as ExportPart
from apps.core.ids import first_id_at
from apps.core.storing import remove_folder
from apps.files.content import BUFFER, opened
from apps.files.leftovers import remove_leftovers
from apps.files.models import PARENT, Copy, File, Part, Remote, folder_of
from apps.runs.erasure import FILE_SECONDS, release, remove_files
from apps.runs.holdings import stop_all
from apps.runs.leases import is_free
from apps.runs.models import ACTIVE, Run

FILES: Final = _("Files")
MOST_CALLS: Final = 1_000  # of a file, in one round
UNFINISHED_DAYS: Final = 30  # how long an upload waits for its other pieces
CANCELLED: Final = datetime.timedelta(hours=1)  # a piece of it may still be on its way
AT_WORK: Final = (Remote.SENDING, Remote.STOPPING, Remote.DELETING)


class FilesHolding(Holding):
    name = "files"
    position = 11  # its parts point to runs, its rows to providers
    content = (File,)

    def count(self, team_id: TeamId, since: datetime.datetime | None = None) -> Counts:
        rows = File.objects.filter(team=team_id)
        return [(FILES, (rows.filter(pk__gte=first_id_at(since)) if since else rows).count())]

    def count_old(self, team_id: TeamId, before: datetime.datetime) -> Counts:
        return [(FILES, _untouched(team_id, before).count())]

    def forget(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        return remove_rows(_untouched(team_id, before).exclude(remote__in=AT_WORK), limit)

    def wipe(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        rows = _before(team_id, before)
        stop_all(Run.objects.filter(parent_kind=PARENT, parent_id__in=rows.values("pk")), limit)
        return remove_rows(rows, limit)

    def delete(self, team_id: TeamId, limit: int) -> int:
        rows = File.objects.filter(team=team_id)
        stop_all(Run.objects.filter(parent_kind=PARENT, parent_id__in=rows.values("pk")), limit)
        return remove_rows(rows, limit)

    def left(self, team_id: TeamId, before: datetime.datetime | None = None) -> int:
        return (_before(team_id, before) if before else File.objects.filter(team=team_id)).count()

    def tidy(self, limit: int) -> int:
        """Deleted ones can be brought back for a while, and what broke off goes on for a while."""
        now = timezone.now()
        is_over = Q(deleted_at__lt=now - datetime.timedelta(days=BIN_DAYS)) & ~Q(remote__in=AT_WORK)
        came = Q(copy=Copy.COMING, remote_id="")
        is_over |= came & Q(touched_at__lt=now - datetime.timedelta(days=UNFINISHED_DAYS))
        is_over |= came & Q(deleted_at__lt=now - CANCELLED)
        is_nothing = Q(copy=Copy.NONE, remote=Remote.GONE, deleted_at__isnull=False)
        return remove_rows(File.objects.filter(is_over | is_nothing), limit) or remove_leftovers(limit)

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[ExportPart]:
        """What lies at a provider and not here is told, and not fetched."""
        found = File.objects.filter(team=team_id, **({"pk__gte": first_id_at(since)} if since else {}))
        yield ExportPart("stored_files.jsonl", as_lines(_as_told(row) for row in in_order(found.select_related("person", "provider"))))
        for row in in_order(found.filter(copy__in=[Copy.READY, Copy.LOOKING])):
            yield ExportPart(_place_of(row), _content(row))


def remove_rows(rows: Any, limit: int) -> int:
    """Remove the first of these, at most `limit`. One of which a call is under way, or that a worker is at, waits for its end."""
    gone = 0
    until = time.monotonic() + FILE_SECONDS
    busy = Part.objects.filter(run__status__in=ACTIVE, file=OuterRef("pk"))
    for row in list(rows.filter(is_free()).exclude(Exists(busy)).order_by("pk")[:limit]):
        gone += _remove(row)
        if time.monotonic() > until:
            break
    return gone


def _remove(row: File) -> bool:
    runs = Run.objects.filter(team=row.team_id, parent_kind=PARENT, parent_id=row.pk)
    ids: Sequence[uuid.UUID] = list(runs.values_list("pk", flat=True)[: MOST_CALLS + 1])
    ready = remove_files(ids[:MOST_CALLS])
    remove_folder(folder_of(row))
    is_last = len(ready) == len(ids)
    with transaction.atomic():
        if is_last:
            row.delete()
        release(ready)
    return is_last


def _before(team_id: TeamId, before: datetime.datetime) -> Any:
    return File.objects.filter(team=team_id, pk__lt=first_id_at(before))


def _untouched(team_id: TeamId, before: datetime.datetime) -> Any:
    return _before(team_id, before).filter(touched_at__lt=before)


def _as_told(row: File) -> dict[str, Any]:
    names = ("name", "size", "content_type", "kind", "purpose", "md5", "added_at", "remote_id", "expires_at", "deleted_at", "details")
    told = {"id": row.pk, "person": row.person.email if row.person else None, **{name: getattr(row, name) for name in names}}
    told["provider"] = row.provider.name if row.provider else None
    return told | {"path": _place_of(row) if row.copy in {Copy.READY, Copy.LOOKING} else None}


def _place_of(row: File) -> str:
    return f"stored_files/{row.pk}"


def _content(row: File) -> Iterator[bytes]:
    """Nothing more of one that the storage has lost: the rest of an export is worth having."""
    try:
        with opened(row) as source:
            while block := source.read(BUFFER):
                yield block
    except FileNotFoundError:
        return
