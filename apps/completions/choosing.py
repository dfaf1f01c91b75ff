"""By which model and settings the next text is continued: kept in the session."""

from dataclasses import replace
from typing import Any, Final

from django.urls import reverse

from apps.completions.operations import ContinueText
from apps.providers import desks
from apps.providers.chosen import Chosen, Kind
from apps.providers.completion_settings import COMPLETION_SETTINGS, USUAL_LENGTH
from apps.providers.facts import Facts
from apps.runs.services import fresh_key

CONTINUING: Final = Kind("completions", COMPLETION_SETTINGS)


class Desk(desks.Desk):
    session_key = "completions"
    kind = CONTINUING

    @property
    def chosen(self) -> Chosen:
        """With a length in any case: servers have very different ones of their own."""
        chosen = super().chosen
        return replace(chosen, parameters={"max_tokens": USUAL_LENGTH, **chosen.parameters}) if chosen.choice else chosen

    @property
    def facts(self) -> Facts:
        choice = self.chosen.choice
        return choice.facts if choice else Facts()


def panel_context(desk: Desk, text: str = "", errors: dict[str, str] | None = None) -> dict[str, Any]:
    """What the settings at the right show, and the most that the click can cost."""
    panel, prices = desk.panel(errors), desk.facts.prices
    params = params_of(text, panel["chosen"])
    return {
        **panel,
        "settings_url": reverse("completions:settings"),
        "is_free": prices.is_free,
        "is_nothing": prices.is_nothing,
        "cost": ContinueText().estimate(params, (), prices).cost,
        "key": fresh_key(),
    }


def params_of(text: str, chosen: Chosen) -> dict[str, Any]:
    return {"prompt": text, **chosen.parameters}
