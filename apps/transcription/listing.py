"""What the first page of Transcribe lists: recordings that wait, and transcripts that were made. Each is one question."""

from typing import Any, Final

from django.db.models import Exists, OuterRef

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.listing import page_by_id
from apps.transcription.models import Recording, Transcript

ON_A_PAGE: Final = 50
LONG: Final = ("peaks", "pauses")  # nothing of it is seen in a list
OF_TRANSCRIPT: Final = (
    "team", "person__name", "person__email", "recording__name", "recording__seconds", "recording__kind", "recording__team",
    "task", "model", "model_label", "state", "sentence", "created_at", "is_edited",
)  # fmt: skip


def shown_rows() -> Any:
    """Recordings with what a list shows of them; of all teams, and deleted ones too."""
    return Recording.objects.defer(*LONG).select_related("person")


def waiting(membership: Membership, after: str = "") -> tuple[list[Recording], str]:
    """Recordings of the team that nobody has had transcribed, newest first, and where the next ones begin."""
    heard = Transcript.objects.alive().filter(recording=OuterRef("pk"))
    return page_by_id(visible(membership, shown_rows()).filter(~Exists(heard), deleted_at=None), after, ON_A_PAGE)


def made(membership: Membership, words: str, after: str) -> tuple[list[Transcript], str]:
    """Transcripts whose recording has these words in its name, newest first, and where the next page begins."""
    rows = visible(membership, Transcript.objects.alive().filter(recording__deleted_at=None))
    if words:
        rows = rows.filter(recording__name__icontains=words)
    return page_by_id(rows.select_related("recording", "person").only(*OF_TRANSCRIPT), after, ON_A_PAGE)
