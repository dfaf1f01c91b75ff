"""With which model and settings the next recordings are heard, kept in the session; and what that makes of them before the click."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.urls import reverse

from apps.accounts.access import TeamRequest, visible
from apps.providers import desks
from apps.providers.audio_settings import TRANSCRIPTION_SETTINGS
from apps.providers.chosen import Chosen, Kind
from apps.providers.facts import Facts
from apps.runs.services import fresh_key
from apps.transcription.asking import wants_speakers
from apps.transcription.fitting import too_large
from apps.transcription.models import Recording
from apps.transcription.operations import cost_of_sound
from apps.transcription.parting import spans_of

MOST_RECORDINGS: Final = 50  # in one click
HEARING: Final = Kind("transcription", TRANSCRIPTION_SETTINGS)


class Desk(desks.Desk):
    session_key = "transcripts"
    kind = HEARING


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the next click does: so many recordings, so much sound, in so many calls, for so much money. None: not known."""

    recordings: Sequence[Recording]
    seconds: float
    parts: int
    cost: Decimal | None
    is_cut: bool
    splits_speakers: bool = False
    too_large: str = ""  # what is said of those that the model does not take as they are


def outlook_of(recordings: Sequence[Recording], chosen: Chosen) -> Outlook:
    """Recordings that are still being checked count without a length."""
    facts = chosen.choice.facts if chosen.choice else Facts()
    counts = [len(spans_of(row, facts)) if row.state == Recording.State.READY else 1 for row in recordings]
    seconds = sum(float(row.seconds or 0.0) for row in recordings)
    is_cut = any(count > 1 for count in counts)
    tells = "diarized_json" in facts.values_of("response_format") and wants_speakers(chosen.parameters)
    large = too_large(recordings, chosen.choice)
    return Outlook(recordings, seconds, sum(counts), cost_of_sound(seconds, facts.prices), is_cut, is_cut and tells, large)


def recordings_of(request: TeamRequest, data: Any) -> list[Recording]:
    """Those of the team that a form names, without any that is gone; each once."""
    ids = _ids(data.getlist("recordings"))[:MOST_RECORDINGS]
    rows = visible(request.membership, Recording.objects.alive().exclude(state=Recording.State.UNUSABLE).filter(pk__in=ids))
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in ids if pk in found]


def _ids(texts: Iterable[str]) -> list[uuid.UUID]:
    """Those that are ids, each once."""
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def panel_context(
    desk: Desk, recordings: Sequence[Recording] = (), errors: Mapping[str, str] | None = None, *, again_of: Recording | None = None
) -> dict[str, Any]:
    """What `_settings.html` and `_foot.html` need. `again_of`: the recording of a page that has it heard once more."""
    panel = desk.panel(errors)
    return {
        **panel,
        "settings_url": reverse("transcription:settings"),
        "start_url": reverse("transcription:start"),
        "outlook": outlook_of(recordings, panel["chosen"]),
        "again_of": again_of,
        "key": fresh_key(),
    }
