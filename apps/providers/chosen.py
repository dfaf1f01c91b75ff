"""With which model and settings the next call of a page is made.

Saved is what a person chose: {"model": id of a providers.Model, "parameters": {API name: value}}. Where it is kept
is the page's affair. What is sent is read from it anew each time, because the model, its facts or its provider may
have changed since.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Membership, Team
from apps.providers.choices import ModelChoice, default_model, get_model
from apps.providers.facts import facts_for
from apps.providers.model_access import Barrier, barrier_for
from apps.providers.models import Model
from apps.providers.parameters import clean_parameters, settings_for
from apps.providers.text_settings import Setting

Saved = dict[str, Any]


class NoModel(Exception):
    """The team has no model that could do it."""

    sentence = _("No model can do this yet. Add a provider in Settings that has one.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """`choice` is None when the team has no model for it. `is_replaced`: the chosen one is gone, this is the team's default.

    `barred`: the name of the chosen one where whoever asks may not use it; then this is a default that is open to him.
    """

    choice: ModelChoice | None
    parameters: dict[str, Any]
    is_replaced: bool = False
    barred: str = ""


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

    @property
    def bottom(self) -> float | None:
        """The beginning of a slider, in the same way."""
        bottom = self.setting.min if self.setting.shown_min is None else max(self.setting.shown_min, self.setting.min or 0)
        return min(bottom, self.shown) if bottom is not None and isinstance(self.shown, int | float) else bottom


@dataclass(frozen=True, slots=True)
class Kind:
    """What a page asks for: the part of the API, and the table of settings that it shows."""

    endpoint: str
    settings: Sequence[Setting]
    adapt: Callable[[ModelChoice], ModelChoice] | None = None  # what of a model counts on this page

    def _choice_of(self, team: Team, model: Model | None) -> ModelChoice | None:
        choice = _choice_of(team, model)
        return self.adapt(choice) if choice is not None and self.adapt is not None else choice

    def read(self, team: Team, saved: Saved, member: Membership | None = None) -> Chosen:
        """The model and the parameters that may be sent to it, by this member if one is named."""
        wanted = saved.get("model")
        choice = self._choice_of(team, get_model(team, wanted) if wanted else None)
        is_replaced = bool(wanted) and (choice is None or not choice.is_there)
        barred = choice.label if choice and not is_replaced and not barrier_for(member).lets(choice.model) else ""
        if choice is None or is_replaced or barred or not choice.serves(self.endpoint):
            choice = self._choice_of(team, default_model(team, endpoint=self.endpoint, member=member))
        if choice is None:
            return Chosen(None, {}, is_replaced, barred)
        parameters, _errors = clean_parameters(choice.facts, saved.get("parameters") or {}, self.settings)
        return Chosen(choice, parameters, is_replaced, barred)

    def change(self, team: Team, saved: Saved, data: Mapping[str, Any], member: Membership | None = None) -> tuple[Saved, dict[str, str]]:
        """The saved settings after a form was posted, and a sentence for each value that cannot be.

        A slider posts its place though nobody touched it. `shown.<name>` is the place at which it was
        shown: what was not saved before and still stands there was not chosen.
        """
        now = self.read(team, saved, member)
        if now.choice is None:
            return saved, {}
        facts = now.choice.facts
        shown = settings_for(facts, now.parameters, self.settings)
        posted = {setting.name: data.get(setting.name, "") for setting in shown if _was_posted(setting, data)}
        chosen = {name: value for name, value in posted.items() if name in now.parameters or value != data.get(f"shown.{name}", "")}
        parameters, errors = clean_parameters(facts, chosen, self.settings)
        parameters |= {name: value for name, value in now.parameters.items() if name in errors or name not in posted}
        model = now.choice.model
        if data.get("model", "") != data.get("shown.model", ""):
            model = _open_to(barrier_for(member), get_model(team, data["model"])) or model
        return {"model": str(model.pk), "parameters": parameters}, errors

    def controls(self, chosen: Chosen, errors: Mapping[str, str] | None = None) -> list[Control]:
        if chosen.choice is None:
            return []
        shown = settings_for(chosen.choice.facts, chosen.parameters, self.settings)
        return [
            Control(setting, _shown_value(setting), setting.value is not None, (errors or {}).get(setting.name, "")) for setting in shown
        ]


def grouped(controls: Sequence[Control]) -> dict[str, Any]:
    """What `providers/_controls.html` needs: the settings that are always seen, and more."""
    more = [control for control in controls if control.setting.group == "more"]
    return {
        "controls": [control for control in controls if control.setting.group == "main"],
        "more_controls": more,
        "more_set": [control.setting.label for control in more if control.is_set],
        "more_errors": [control.error for control in more if control.error],
    }


def _open_to(barrier: Barrier, model: Model | None) -> Model | None:
    return model if model is not None and barrier.lets(model) else None


def _choice_of(team: Team, model: Model | None) -> ModelChoice | None:
    return ModelChoice(model, model.provider, facts_for(team, model)) if model else None


def _was_posted(setting: Setting, data: Mapping[str, Any]) -> bool:
    return setting.name in data or f"shown.{setting.name}" in data


def _shown_value(setting: Setting) -> Any:
    if setting.kind == "words":
        return "\n".join(setting.value or [])
    value = setting.default if setting.value is None else setting.value
    if value is None and setting.kind == "slider":  # no limit of its own: the far end
        value = setting.shown_max or setting.max
    return "" if value is None else value
