"""Recordings and transcripts that people remove: put away for a while, and brought back. Housekeeping takes what nobody brought back."""

import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.access import visible
from apps.accounts.audit import record
from apps.accounts.bin import Bin
from apps.accounts.models import Membership
from apps.transcription.models import Recording, Transcript

RECORDINGS: Final = Bin(Recording, gettext_lazy("Recordings"))


def put_away_transcript(membership: Membership, transcript: Transcript) -> None:
    """With its recording, if nobody else's words come from that: somebody who deletes what was said means the sound too."""
    now = timezone.now()
    with transaction.atomic():
        Recording.objects.select_for_update().get(pk=transcript.recording_id)  # two transcripts of one, deleted in the same moment
        if _change_transcript(membership, transcript, now, "data.deleted"):
            others = Transcript.objects.alive().filter(recording=transcript.recording_id)
            if not others.exists():
                RECORDINGS.put_away(membership, [transcript.recording_id])


def bring_back_transcript(membership: Membership, transcript: Transcript) -> None:
    """With its recording: without the sound there is nothing to listen to."""
    with transaction.atomic():
        if _change_transcript(membership, transcript, None, "data.restored"):
            RECORDINGS.bring_back(membership, [transcript.recording_id])


def _change_transcript(membership: Membership, transcript: Transcript, deleted_at: datetime.datetime | None, act: str) -> bool:
    rows = visible(membership, Transcript.objects.filter(pk=transcript.pk, deleted_at__isnull=deleted_at is not None))
    is_changed = bool(rows.update(deleted_at=deleted_at))
    if is_changed:
        record(membership, act, target=_("Transcripts"), numbers=[str(transcript.pk)])
    return is_changed
