"""The transcript that an address names."""

import uuid
from typing import Any

from apps.accounts.access import TeamRequest, get_visible
from apps.transcription.models import Transcript


def transcript_of(request: TeamRequest, pk: uuid.UUID, *, is_alive: bool = True) -> Transcript:
    """A transcript of the member's team, or 404. `is_alive`: none that was deleted."""
    rows: Any = Transcript.objects.alive() if is_alive else Transcript.objects.all()
    found: Transcript = get_visible(request.membership, rows.select_related("recording", "provider", "team"), pk)
    return found
