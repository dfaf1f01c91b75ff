"""Transcripts in the jump box: by the names of their recordings, among the newest ones."""

from collections.abc import Iterator

from apps.accounts.jump import by_name
from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.transcription.models import Transcript


def find_transcripts(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    rows = Transcript.objects.alive().filter(recording__deleted_at=None)
    return by_name(membership, rows, "transcription:transcript", "audio-lines", text, most, name="recording__name")
