"""Attachments, as `apps.core.holdings` asks for them.

Those of a question go with it (`holdings.remove`); what was never sent goes after a day.
"""

import datetime
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.chat.attachments import UNSENT_FOR, Attachment, remove, remove_unsent
from apps.core.holdings import Counts, Holding, Part, TeamId, as_lines, in_order
from apps.core.ids import first_id_at
from apps.core.storing import content_of

ATTACHMENTS: Final = _("Attachments of chats")
TOLD: Final = ("id", "conversation_id", "turn_id", "kind", "name", "content_type", "size", "details", "created_at")
ENDINGS: Final = {
    "image/png": ".png", "image/jpeg": ".jpg", "application/pdf": ".pdf", "text/plain": ".txt", "audio/wav": ".wav", "audio/mpeg": ".mp3",
}  # fmt: skip


class AttachmentHolding(Holding):
    name = "attachments"
    position = 19  # they point to turns
    content = (Attachment,)

    def count(self, team_id: TeamId, since: datetime.datetime | None = None) -> Counts:
        return [(ATTACHMENTS, _of(team_id, since).count())]

    def wipe(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        return _remove(Attachment.objects.filter(team=team_id, pk__lt=first_id_at(before)), limit)

    def delete(self, team_id: TeamId, limit: int) -> int:
        return _remove(Attachment.objects.filter(team=team_id), limit)

    def left(self, team_id: TeamId, before: datetime.datetime | None = None) -> int:
        rows = Attachment.objects.filter(team=team_id)
        return (rows if before is None else rows.filter(pk__lt=first_id_at(before))).count()

    def tidy(self, limit: int) -> int:
        old = Attachment.objects.filter(turn=None, created_at__lt=timezone.now() - UNSENT_FOR)
        return remove_unsent(Attachment.objects.filter(pk__in=list(old.order_by("pk").values_list("pk", flat=True)[:limit])))

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        rows = _of(team_id, since).defer("text")
        yield Part("attachments.jsonl", as_lines(_told(row) for row in in_order(rows)))
        for row in in_order(rows):
            yield Part(export_place(row), content_of(row.file))


def export_place(row: Attachment) -> str:
    """Where it stands in an export: an id of ours, and an ending that its type names."""
    return f"attachments/{row.pk}{ENDINGS.get(row.content_type, '.bin')}"


def _told(row: Attachment) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TOLD} | {"path": export_place(row)}


def _of(team_id: TeamId, since: datetime.datetime | None) -> "QuerySet[Attachment]":
    rows = Attachment.objects.filter(team=team_id)
    return rows if since is None else rows.filter(pk__gte=first_id_at(since))


def _remove(rows: "QuerySet[Attachment]", limit: int) -> int:
    return remove(rows.defer("text").order_by("pk")[:limit])
