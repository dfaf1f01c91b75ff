"""By which model the next check is made, kept in the session; and what the panel at the right shows."""

from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse

from apps.moderation.rules import limits_of, may_change_limits
from apps.moderation.verdicts import limit_lines
from apps.providers import desks
from apps.providers.chosen import Kind
from apps.providers.facts import Facts
from apps.runs.costs import tokens_in
from apps.runs.services import fresh_key

CHECKING: Final = Kind("moderation", ())


class Desk(desks.Desk):
    session_key = "moderation"
    kind = CHECKING

    @property
    def facts(self) -> Facts:
        choice = self.chosen.choice
        return choice.facts if choice else Facts()


def panel_context(desk: Desk, text: str = "", errors: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the settings show, and what the click would cost."""
    prices = desk.facts.prices
    return {
        **desk.panel(),
        "settings_url": reverse("moderation:settings"),
        "limits": limit_lines(limits_of(desk.team), errors=errors),
        "limit_errors": errors or {},
        "can_limit": may_change_limits(desk.request.membership),
        "is_free": prices.is_free,
        "is_nothing": prices.is_nothing,
        "cost": prices.cost_of_tokens(tokens_in(text)),
        "takes_pictures": desk.facts.takes("image_url"),
        "key": fresh_key(),
    }
