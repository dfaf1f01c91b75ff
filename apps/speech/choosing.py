"""With which model, voices and settings the next text is spoken: kept in the session."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse

from apps.accounts.access import may
from apps.accounts.models import Membership, Role
from apps.providers import desks
from apps.providers.audio_settings import SPEECH_SETTINGS
from apps.providers.choices import ModelChoice
from apps.providers.chosen import Chosen, Kind
from apps.providers.facts import Facts
from apps.runs.services import fresh_key
from apps.speech.cutting import pieces_of, seconds_of

SPEAKING: Final = Kind("speech", SPEECH_SETTINGS)
MOST_VOICES: Final = 4
LONGEST_PIECE: Final = 4_000  # characters: more is heard later and lost together
LONGEST_VOICE: Final = 100


class Desk(desks.Desk):
    """What a person has chosen in this team: the voices too."""

    session_key = "speech"
    kind = SPEAKING
    outlives_reset = frozenset({"model", "voices"})

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

    def take(self, data: Any) -> dict[str, str]:
        before = self.saved.get("voices", [])
        errors = super().take(data)
        self.keep({**self.saved, "voices": clean_voices(typed_voices(data, self.facts)) or before})
        return errors


def voices_of(facts: Facts) -> list[str]:
    """The voices of a model; none where only its server knows them."""
    return [str(voice) for voice in facts.values_of("voice")]


def typed_voices(data: Any, facts: Facts) -> list[str]:
    """What stands in a form, as it stands there. Where only the server knows its voices, commas divide the names in the one field."""
    fields = data.getlist("voice")
    names = fields if voices_of(facts) else [name for field in fields for name in field.split(",")]
    return [name for name in names if name.strip()]


def clean_voices(typed: Sequence[str]) -> list[str]:
    names = [" ".join("".join(letter for letter in name if letter.isprintable()).split())[:LONGEST_VOICE] for name in typed]
    return list(dict.fromkeys(name for name in names if name))[:MOST_VOICES]


def most_characters(facts: Facts) -> int:
    """Of one piece."""
    return int(min(facts.limits.get("characters") or LONGEST_PIECE, LONGEST_PIECE))


def panel_context(desk: Desk, text: str = "", errors: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the settings at the right show, and what the click would cost."""
    panel, facts = desk.panel(errors), desk.facts
    chosen: Chosen = panel["chosen"]
    voices = max(1, len(desk.voices))
    pieces = len(pieces_of(text, most_characters(facts)))
    speed = float(chosen.parameters.get("speed") or 1)
    return {
        **panel,
        **price_context(desk.request.membership, chosen.choice, len(text) * voices),
        "settings_url": reverse("speech:settings"),
        "voices": voices_of(facts),
        "chosen_voices": desk.voices,
        "characters": len(text),
        "seconds": seconds_of(len(text), speed),
        "pieces": pieces,
        "calls": pieces * voices,
        "key": fresh_key(),
    }


def price_context(membership: Membership, choice: ModelChoice | None, characters: int) -> dict[str, Any]:
    """What so many characters cost with this model. `can_price`: whoever looks may enter a price that is not known."""
    prices = choice.facts.prices if choice else Facts().prices
    return {
        "is_free": prices.is_free,
        "cost": prices.cost_of(characters, prices.others.get("million_characters")),
        "price": prices.others.get("million_characters"),
        "can_price": may(membership, Role.ADMIN),
    }
