"""Imports, as `apps.core.holdings` asks for them. The chats that came with them are chats as all others, and are told of there."""

import datetime
from collections.abc import Iterator
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.chat.import_models import OPEN, Import
from apps.core.holdings import Counts, Holding, Part, TeamId, as_lines, in_order
from apps.core.ids import first_id_at
from apps.core.storing import remove

IMPORTS: Final = _("Imports of chats")
FILE_DAYS: Final = 1  # how long a file lies here that no worker came to read or to remove
TOLD: Final = ("id", "name", "size", "state", "fault", "done", "made", "there", "left_out", "bad", "created_at", "finished_at")


class ImportHolding(Holding):
    name = "chat_imports"
    position = 18  # chats name the import that they came with
    content = (Import,)

    def count(self, team_id: TeamId, since: datetime.datetime | None = None) -> Counts:
        return [(IMPORTS, _of(team_id, since).count())]

    def count_old(self, team_id: TeamId, before: datetime.datetime) -> Counts:
        return [(IMPORTS, _old(team_id, before).count())]

    def forget(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        return _remove(_old(team_id, before), limit)

    def wipe(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        return _remove(Import.objects.filter(team=team_id, pk__lt=first_id_at(before)), limit)

    def delete(self, team_id: TeamId, limit: int) -> int:
        return _remove(Import.objects.filter(team=team_id), limit)

    def left(self, team_id: TeamId, before: datetime.datetime | None = None) -> int:
        rows = Import.objects.filter(team=team_id)
        return (rows if before is None else rows.filter(pk__lt=first_id_at(before))).count()

    def tidy(self, limit: int) -> int:
        """One that nobody read in a day ends, and its file goes."""
        late = Import.objects.filter(created_at__lt=timezone.now() - datetime.timedelta(days=FILE_DAYS)).exclude(file="")
        rows = list(late[:limit])
        for row in rows:
            remove(row.file)
            ended = {"state": Import.State.FAILED, "fault": "gone", "finished_at": timezone.now()} if row.is_open else {}
            Import.objects.filter(pk=row.pk).update(file="", **ended)
        return len(rows)

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        rows = in_order(_of(team_id, since).select_related("person"))
        told = ({name: getattr(row, name) for name in TOLD} | {"person": row.person.email if row.person else None} for row in rows)
        yield Part("chat_imports.jsonl", as_lines(told))


def _of(team_id: TeamId, since: datetime.datetime | None) -> "QuerySet[Import]":
    rows = Import.objects.filter(team=team_id)
    return rows if since is None else rows.filter(pk__gte=first_id_at(since))


def _old(team_id: TeamId, before: datetime.datetime) -> "QuerySet[Import]":
    return Import.objects.filter(team=team_id, pk__lt=first_id_at(before)).exclude(state__in=OPEN)


def _remove(rows: "QuerySet[Import]", limit: int) -> int:
    """The file first: a kill in between leaves a row that is taken again."""
    found = list(rows.only("pk", "file", "team")[:limit])
    for row in found:
        if row.file:
            remove(row.file)
    Import.objects.filter(pk__in=[row.pk for row in found]).delete()
    return len(found)
