"""With which model and settings the next answer is made.

Saved is what a person chose, in `Conversation.settings`, or in the session until a new chat has its
first message: {"model": id of a providers.Model, "parameters": {API name: value}}. What is sent is
read from it anew each time, because the model, its facts or its provider may have changed since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import Team
from apps.providers.choices import ModelChoice, default_model, get_model
from apps.providers.facts import facts_for
from apps.providers.models import Model
from apps.providers.parameters import clean_parameters, settings_for
from apps.providers.presets import apply_preset, preset_of
from apps.providers.text_settings import Setting

Saved = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answering:
    """`choice` is None when the team has no model that chats. `is_replaced`: the chosen one is gone, this is the team's default."""

    choice: ModelChoice | None
    parameters: dict[str, Any]
    is_replaced: bool = False

    @property
    def preset(self) -> str:
        return preset_of(self.choice.facts, self.parameters) if self.choice else ""


@dataclass(frozen=True, slots=True)
class Control:
    """A setting and the value at which it is shown. What is shown but not set is not sent."""

    setting: Setting
    shown: Any
    is_set: bool
    error: str = ""

    @property
    def top(self) -> float | None:
        """The end of a slider, opened further when the value is beyond it."""
        top = self.setting.shown_max or self.setting.max
        return max(top, self.shown) if top is not None and isinstance(self.shown, int | float) else top


def read_saved(team: Team, saved: Saved) -> Answering:
    """The model and the parameters that may be sent to it."""
    wanted = saved.get("model")
    choice = _choice_of(team, get_model(team, wanted) if wanted else None)
    is_replaced = bool(wanted) and (choice is None or not choice.is_there)
    if choice is None or is_replaced:
        choice = _choice_of(team, default_model(team))
    if choice is None:
        return Answering(None, {}, is_replaced)
    parameters, _errors = clean_parameters(choice.facts, saved.get("parameters") or {})
    return Answering(choice, parameters, is_replaced)


def _choice_of(team: Team, model: Model | None) -> ModelChoice | None:
    return ModelChoice(model, model.provider, facts_for(team, model)) if model else None


def change_saved(team: Team, saved: Saved, data: Mapping[str, Any]) -> tuple[Saved, dict[str, str]]:
    """The saved settings after a form was posted, and a sentence for each value that cannot be.

    A slider posts its place though nobody touched it. `shown.<name>` is the place at which it was
    shown: what was not saved before and still stands there was not chosen.
    """
    now = read_saved(team, saved)
    if now.choice is None:
        return saved, {}
    facts = now.choice.facts
    posted = {setting.name: data.get(setting.name, "") for setting in settings_for(facts, now.parameters) if _was_posted(setting, data)}
    chosen = {name: value for name, value in posted.items() if name in now.parameters or value != data.get(f"shown.{name}", "")}
    parameters, errors = clean_parameters(facts, chosen)
    parameters |= {name: value for name, value in now.parameters.items() if name in errors or name not in posted}
    if data.get("preset", "") != data.get("shown.preset", ""):
        parameters = apply_preset(facts, parameters, data["preset"])
    model = now.choice.model
    if data.get("model", "") != data.get("shown.model", ""):
        model = get_model(team, data["model"]) or model
    return {"model": str(model.pk), "parameters": parameters}, errors


def _was_posted(setting: Setting, data: Mapping[str, Any]) -> bool:
    return setting.name in data or f"shown.{setting.name}" in data


def controls_of(answering: Answering, errors: Mapping[str, str] | None = None) -> list[Control]:
    if answering.choice is None:
        return []
    shown = settings_for(answering.choice.facts, answering.parameters)
    return [Control(setting, _shown_value(setting), setting.value is not None, (errors or {}).get(setting.name, "")) for setting in shown]


def _shown_value(setting: Setting) -> Any:
    if setting.kind == "words":
        return "\n".join(setting.value or [])
    value = setting.default if setting.value is None else setting.value
    if value is None and setting.kind == "slider":  # no limit of its own: the far end
        value = setting.shown_max or setting.max
    return "" if value is None else value
