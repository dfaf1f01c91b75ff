"""With which model, settings and preset the next answer is made.

Saved is kept in `Conversation.settings`, or in the session until a new chat has its first message; see
`apps.providers.chosen`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from apps.accounts.models import Membership, Team
from apps.chat import answer_forms, likelihoods, several
from apps.chat.tool_settings import change as change_tools
from apps.chat.tools import chosen as chosen_functions
from apps.chat.tools import params_of
from apps.providers.answer_ways import ANSWERING, as_answered
from apps.providers.chosen import Chosen, Control, Kind, Saved
from apps.providers.presets import apply_preset, preset_of
from apps.providers.response_settings import RESPONSE_SETTINGS
from apps.providers.text_settings import SETTINGS

WRITING: Final = Kind(ANSWERING, (*SETTINGS, *RESPONSE_SETTINGS), as_answered)


@dataclass(frozen=True, slots=True)
class Answering(Chosen):
    """What was chosen for an answer, and which preset that is. `extras`: parameters for its tools and its form."""

    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def preset(self) -> str:
        return preset_of(self.choice.facts, self.parameters) if self.choice else ""


def read_saved(team: Team, saved: Saved, member: Membership | None = None) -> Answering:
    """The model and the parameters that may be sent to it, by this member."""
    chosen = WRITING.read(team, saved, member)
    extras: dict[str, Any] = {}
    if chosen.choice is not None:
        extras |= params_of(chosen_functions(team, saved), saved, chosen.choice.facts)
        extras |= answer_forms.params_of(saved, chosen.choice.facts)
        extras |= likelihoods.params_of(saved, chosen.choice.facts, chosen.parameters)
    return Answering(chosen.choice, chosen.parameters, chosen.is_replaced, chosen.barred, extras)


def change_saved(team: Team, saved: Saved, data: Mapping[str, Any], member: Membership | None = None) -> tuple[Saved, dict[str, str]]:
    """The saved settings after a form was posted, and a sentence for each value that cannot be."""
    now = read_saved(team, saved, member)
    changed, errors = WRITING.change(team, saved, data, member)
    if now.choice and data.get("preset", "") != data.get("shown.preset", ""):
        changed["parameters"] = apply_preset(now.choice.facts, changed["parameters"], data["preset"])
    answers = several.change(saved, changed, data)
    changed = change_tools(team, {**saved, **answers}, data)
    return likelihoods.change(answer_forms.change(changed, data), data), errors


def controls_of(answering: Answering, errors: Mapping[str, str] | None = None) -> list[Control]:
    return WRITING.controls(answering, errors)
