"""Recordings and transcripts that people remove: put away for a while, and brought back. Housekeeping takes what nobody brought back."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.access import visible
from apps.accounts.audit import record
from apps.accounts.models import Membership
from apps.transcription.models import Recording, Transcript

BIN_DAYS: Final = 30  # how long a removed recording can be brought back


def put_away(membership: Membership, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Which of these it were: what is removed already, or another team's, is left as it is."""
    return _change(membership, Recording.objects.alive().filter(pk__in=ids), timezone.now(), "data.deleted")


def bring_back(membership: Membership, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    return _change(membership, Recording.objects.filter(pk__in=ids, deleted_at__isnull=False), None, "data.restored")


def _change(membership: Membership, rows: Any, deleted_at: datetime.datetime | None, act: str) -> list[uuid.UUID]:
    """In the audit by numbers: it outlives the words, also those of a name."""
    with transaction.atomic():
        found = list(visible(membership, rows).select_for_update().order_by("pk").values_list("pk", flat=True))
        if found:
            Recording.objects.filter(pk__in=found).update(deleted_at=deleted_at)
            record(membership, act, target=_("Recordings"), numbers=[str(pk) for pk in found])
    return found


# --- Transcripts -------------------------------------------------------------------------------
def put_away_transcript(membership: Membership, transcript: Transcript) -> None:
    """With its recording, if nobody else's words come from that: somebody who deletes what was said means the sound too."""
    now = timezone.now()
    with transaction.atomic():
        Recording.objects.select_for_update().get(pk=transcript.recording_id)  # two transcripts of one, deleted in the same moment
        if _change_transcript(membership, transcript, now, "data.deleted"):
            others = Transcript.objects.alive().filter(recording=transcript.recording_id)
            if not others.exists():
                put_away(membership, [transcript.recording_id])


def bring_back_transcript(membership: Membership, transcript: Transcript) -> None:
    """With its recording: without the sound there is nothing to listen to."""
    with transaction.atomic():
        if _change_transcript(membership, transcript, None, "data.restored"):
            bring_back(membership, [transcript.recording_id])


def _change_transcript(membership: Membership, transcript: Transcript, deleted_at: datetime.datetime | None, act: str) -> bool:
    rows = visible(membership, Transcript.objects.filter(pk=transcript.pk, deleted_at__isnull=deleted_at is not None))
    is_changed = bool(rows.update(deleted_at=deleted_at))
    if is_changed:
        record(membership, act, target=_("Transcripts"), numbers=[str(transcript.pk)])
    return is_changed
