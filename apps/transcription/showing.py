"""What the page of a transcript shows beside its segments: where it comes from, what it cost, what can be undone, how it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.providers.facts import Facts, facts_for
from apps.providers.languages import language_word
from apps.providers.models import Model
from apps.runs.models import Run
from apps.transcription.drawing import lane_path, ticks, wave_path
from apps.transcription.editing import own_edits
from apps.transcription.models import PARENT, Segment, Transcript, Translation
from apps.transcription.speaking import LANES, Speaker

LONGEST_CODE = 3  # of a language


@dataclass(frozen=True, slots=True)
class Lane:
    speaker: Speaker
    path: str
    top: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """The player as it is before anything is played."""

    wave: str
    lanes: Sequence[Lane]
    ticks: Sequence[float]
    seconds: float

    @property
    def lanes_height(self) -> int:
        return 6 * len(self.lanes)


def drawn(transcript: Transcript, rows: Sequence[Segment], speakers: Sequence[Speaker]) -> Drawn:
    recording = transcript.recording
    seconds = recording.seconds or max((row.end for row in rows), default=0.0)
    shown = speakers[:LANES] if len(speakers) > 1 else []
    lanes = [
        Lane(speaker, lane_path([row for row in rows if row.speaker in speaker.labels], seconds), 3 + 6 * number)
        for number, speaker in enumerate(shown)
    ]
    return Drawn(wave_path(recording.peaks), lanes, ticks(seconds), seconds)


def calls_of(transcript: Transcript) -> Any:
    """All that it took, in order."""
    return Run.objects.filter(team=transcript.team_id, parent_kind=PARENT, parent_id=transcript.pk).order_by("pk")


def facts_of(transcript: Transcript) -> Facts | None:
    """What is known of the model; None where the team has it no more."""
    model = Model.objects.filter(provider=transcript.provider_id, name=transcript.model).select_related("provider").first()
    return facts_for(transcript.team, model) if model is not None else None


def language_of(transcript: Transcript) -> str:
    """`English, found`; the name as the model told it where it is none that we know."""
    told = transcript.language
    if not told:
        return ""
    name = told_language(told)
    return name if transcript.settings.get("language") else _("%(language)s, found") % {"language": name}


def told_language(told: str) -> str:
    """Models tell a code, or a name in English."""
    return str(language_word(told.lower())) if len(told) <= LONGEST_CODE else told[:1].upper() + told[1:]


def can_go_back(membership: Membership, transcript: Transcript) -> dict[str, bool]:
    """Whether this person has something to undo, and to redo."""
    states = set(own_edits(membership, transcript).values_list("is_undone", flat=True).distinct().order_by("is_undone"))
    return {"can_undo": False in states, "can_redo": True in states}


def translations_of(transcript: Transcript) -> list[Translation]:
    """Newest first, also those that brought nothing."""
    return list(transcript.translations.defer("texts", "prints").order_by("-id")[:20])


def versions_of(transcript: Transcript) -> list[Transcript]:
    """All that was heard in the recording, in the order in which it was asked for."""
    rows = Transcript.objects.alive().filter(recording=transcript.recording_id, team=transcript.team_id, task=Transcript.Task.TRANSCRIBE)
    return list(rows.order_by("pk"))


def chosen_translation(transcript: Transcript, asked: Any) -> Translation | None:
    """The one with this id, of this transcript; with all its texts."""
    if not asked:
        return None
    return transcript.translations.filter(pk=asked).first()
