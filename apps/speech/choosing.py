"""With which model, voices and settings the next text is spoken: kept in the session."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse

from apps.accounts.access import TeamRequest, may
from apps.accounts.models import Role
from apps.providers.audio_settings import SPEECH_SETTINGS
from apps.providers.chosen import Chosen, Control, Kind, Saved
from apps.providers.facts import Facts
from apps.runs.templatetags.runs import fresh_key
from apps.speech.cutting import pieces_of, seconds_of
from apps.speech.operations import cost_of_text

SESSION_KEY: Final = "speech"
SPEAKING: Final = Kind("speech", SPEECH_SETTINGS)
MOST_VOICES: Final = 4
LONGEST_PIECE: Final = 4_000  # characters: more is heard later and lost together
LONGEST_VOICE: Final = 100


class Desk:
    """What a person has chosen in this team."""

    def __init__(self, request: TeamRequest) -> None:
        self.request, self.team = request, request.membership.team
        self.saved: Saved = dict(request.session.get(SESSION_KEY, {}).get(str(self.team.pk), {}))

    @property
    def chosen(self) -> Chosen:
        return SPEAKING.read(self.team, self.saved)

    @property
    def facts(self) -> Facts:
        choice = self.chosen.choice
        return choice.facts if choice else Facts()

    @property
    def voices(self) -> list[str]:
        """Those that were chosen and that the model has; else its own first one."""
        known = voices_of(self.facts)
        chosen = [voice for voice in self.saved.get("voices", []) if not known or voice in known]
        return chosen or [str(self.facts.parameters.get("voice", {}).get("default") or (known[0] if known else ""))]

    def controls(self, errors: Mapping[str, str] | None = None) -> list[Control]:
        return SPEAKING.controls(self.chosen, errors)

    def take(self, data: Any) -> dict[str, str]:
        """Keep what a form says. A sentence for each value that cannot be."""
        voices = self.saved.get("voices", [])
        saved, errors = SPEAKING.change(self.team, self.saved, data)
        self.keep({**saved, "voices": clean_voices(data.getlist("voice")) or voices})
        return errors

    def keep(self, saved: Saved) -> None:
        self.saved = saved
        self.request.session[SESSION_KEY] = {**self.request.session.get(SESSION_KEY, {}), str(self.team.pk): saved}


def voices_of(facts: Facts) -> list[str]:
    """The voices of a model; none where only its server knows them."""
    return [str(voice) for voice in facts.values_of("voice")]


def clean_voices(typed: Sequence[str]) -> list[str]:
    names = [" ".join("".join(letter for letter in name if letter.isprintable()).split())[:LONGEST_VOICE] for name in typed]
    return list(dict.fromkeys(name for name in names if name))[:MOST_VOICES]


def most_characters(facts: Facts) -> int:
    """Of one piece."""
    return int(min(facts.limits.get("characters") or LONGEST_PIECE, LONGEST_PIECE))


def panel_context(desk: Desk, text: str = "", errors: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the settings at the right show, and what the click would cost."""
    chosen, controls, facts = desk.chosen, desk.controls(errors), desk.facts
    more = [control for control in controls if control.setting.group == "more"]
    voices = max(1, len(desk.voices))
    speed = float(chosen.parameters.get("speed") or 1)
    return {
        "desk": desk,
        "chosen": chosen,
        "endpoint": SPEAKING.endpoint,
        "settings_url": reverse("speech:settings"),
        "controls": [control for control in controls if control.setting.group == "main"],
        "more_controls": more,
        "more_set": [control.setting.label for control in more if control.is_set],
        "more_errors": [control.error for control in more if control.error],
        "voices": voices_of(facts),
        "chosen_voices": desk.voices,
        "is_free": facts.prices.is_free,
        "characters": len(text),
        "seconds": seconds_of(len(text), speed),
        "speed": speed,
        "calls": len(pieces_of(text, most_characters(facts))) * voices,
        "cost": cost_of_text(len(text) * voices, facts.prices) if chosen.choice else None,
        "price": facts.prices.others.get("million_characters"),
        "can_write": may(desk.request.membership, Role.EDITOR),
        "key": fresh_key(),
    }
