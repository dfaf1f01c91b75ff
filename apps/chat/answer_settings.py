"""With which model, settings and preset the next answer is made.

Saved is kept in `Conversation.settings`, or in the session until a new chat has its first message; see
`apps.providers.chosen`.
"""

from collections.abc import Mapping
from typing import Any, Final

from apps.accounts.models import Membership, Team
from apps.chat import several
from apps.providers.chosen import Chosen, Control, Kind, Saved
from apps.providers.presets import apply_preset, preset_of
from apps.providers.text_settings import SETTINGS

WRITING: Final = Kind("chat", SETTINGS)


class Answering(Chosen):
    """What was chosen for an answer, and which preset that is."""

    @property
    def preset(self) -> str:
        return preset_of(self.choice.facts, self.parameters) if self.choice else ""


def read_saved(team: Team, saved: Saved, member: Membership | None = None) -> Answering:
    """The model and the parameters that may be sent to it, by this member."""
    chosen = WRITING.read(team, saved, member)
    return Answering(chosen.choice, chosen.parameters, chosen.is_replaced, chosen.barred)


def change_saved(team: Team, saved: Saved, data: Mapping[str, Any], member: Membership | None = None) -> tuple[Saved, dict[str, str]]:
    """The saved settings after a form was posted, and a sentence for each value that cannot be."""
    now = read_saved(team, saved, member)
    changed, errors = WRITING.change(team, saved, data, member)
    if now.choice and data.get("preset", "") != data.get("shown.preset", ""):
        changed["parameters"] = apply_preset(now.choice.facts, changed["parameters"], data["preset"])
    return several.change(saved, changed, data), errors


def controls_of(answering: Answering, errors: Mapping[str, str] | None = None) -> list[Control]:
    return WRITING.controls(answering, errors)
