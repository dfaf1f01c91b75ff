"""In which state a transcript is, by its parts."""

import uuid
from typing import Final

from django.db import transaction
from django.utils import timezone

from apps.runs.models import ACTIVE
from apps.transcription.models import Transcript

State = Transcript.State
ENDED: Final = (State.READY, State.PARTIAL, State.FAILED)


def settle(pk: uuid.UUID) -> str:
    """Note and return the state. A transcript that has nothing to wait for has ended."""
    with transaction.atomic():
        transcript = Transcript.objects.select_for_update().filter(pk=pk).first()
        if transcript is None:
            return State.FAILED
        state = _state_of(transcript)
        if state != transcript.state:
            finished = timezone.now() if state in ENDED else None
            Transcript.objects.filter(pk=pk).update(state=state, finished_at=finished)
        return state


def _state_of(transcript: Transcript) -> str:
    parts = list(transcript.parts.values_list("is_taken", "is_wanted", "run__status"))
    if not parts:
        return State.FAILED if transcript.sentence else transcript.state
    if any(is_wanted or status in ACTIVE for is_taken, is_wanted, status in parts):
        return State.WORKING
    if all(is_taken for is_taken, _wanted, _status in parts):
        return State.READY
    if any(status == "completed" and not is_taken for is_taken, _wanted, status in parts):
        return State.WORKING  # to be taken in a moment
    return State.PARTIAL if transcript.segments.exists() else State.FAILED
