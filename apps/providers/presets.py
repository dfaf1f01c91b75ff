"""Style presets: one word that stands for several settings. A preset touches only what the model takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.providers.facts import Facts
from apps.providers.parameters import clean_parameters
from apps.providers.text_settings import EFFORTS

OWN = "own"
EFFORT_ORDER = [name for name, _label in EFFORTS]


@dataclass(frozen=True, slots=True)
class Preset:
    """`effort`: "more" is one step above the model's own, "own" leaves it, "least" is the lowest it has."""

    name: str
    label: Any
    temperature: float
    verbosity: str
    effort: str


PRESETS = (
    Preset("precise", _("Precise"), 0.2, "low", "more"),
    Preset("balanced", _("Balanced"), 0.7, "medium", "own"),
    Preset("creative", _("Creative"), 1.1, "high", "least"),
)
PRESET_NAMES = ("temperature", "verbosity", "reasoning_effort")


def preset_parameters(facts: Facts, name: str) -> dict[str, Any]:
    """The values that this preset sets for this model; none for an unknown name."""
    preset = next((preset for preset in PRESETS if preset.name == name), None)
    if preset is None:
        return {}
    wanted = {"temperature": preset.temperature, "verbosity": preset.verbosity, "reasoning_effort": _effort(facts, preset.effort)}
    clean, _errors = clean_parameters(facts, wanted)
    return clean


def apply_preset(facts: Facts, values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The values with the preset's in place of what another preset may have set."""
    kept = {key: value for key, value in values.items() if key not in PRESET_NAMES}
    return {**kept, **preset_parameters(facts, name)}


def preset_of(facts: Facts, values: Mapping[str, Any]) -> str:
    """The name of the preset that these values are, "own" if they are none, "" if nothing was set."""
    chosen = {name: values[name] for name in PRESET_NAMES if name in values}
    if not chosen:
        return ""
    return next((preset.name for preset in PRESETS if preset_parameters(facts, preset.name) == chosen), OWN)


def _effort(facts: Facts, wish: str) -> str | None:
    bounds = facts.parameters.get("reasoning_effort", {})
    steps = [name for name in EFFORT_ORDER if name in bounds.get("values", [])]
    if wish == "own" or not steps:
        return None
    if wish == "least":
        return steps[0]
    own = bounds.get("default")
    return steps[min(steps.index(own) + 1, len(steps) - 1)] if own in steps else None
