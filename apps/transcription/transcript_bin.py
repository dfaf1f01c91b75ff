"""Transcripts that people delete: put away for a while, and brought back. The recording stays, and can be heard again."""

import datetime
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.audit import record
from apps.accounts.models import Membership
from apps.transcription.models import Transcript


def put_away(membership: Membership, transcript: Transcript) -> None:
    _change(membership, transcript.pk, timezone.now(), "data.deleted")


def bring_back(membership: Membership, transcript: Transcript) -> None:
    _change(membership, transcript.pk, None, "data.restored")


def _change(membership: Membership, pk: uuid.UUID, deleted_at: datetime.datetime | None, act: str) -> None:
    """In the audit by number: it outlives the words, also those of a name."""
    with transaction.atomic():
        rows = Transcript.objects.filter(pk=pk, deleted_at__isnull=deleted_at is not None)
        if rows.update(deleted_at=deleted_at):
            record(membership, act, target=_("Transcripts"), numbers=[str(pk)])
