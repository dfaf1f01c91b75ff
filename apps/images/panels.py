"""What the settings at the right show, on each of the three pages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from apps.accounts.access import get_visible
from apps.images.choosing import Desk, has_variations
from apps.images.models import Picture
from apps.images.operations import MakePictures
from apps.images.sending import most_references
from apps.providers.chosen import Chosen
from apps.runs.services import fresh_key


def panel_context(desk: Desk, errors: Mapping[str, str] | None = None) -> dict[str, Any]:
    panel = desk.panel(errors)
    chosen = panel["chosen"]
    count = count_of(chosen)
    return {
        **panel,
        "page": desk.page,
        "form_id": "edit-form" if desk.page == "edit" else "wish-form",
        "page_url": reverse("images:new"),
        "settings_url": reverse("images:settings", args=[desk.page]),
        "count": count,
        "cost": estimate_of(chosen, count),
        "is_call": desk.page == "vary" and chosen.choice is not None and has_variations(chosen.choice),
        "key": fresh_key(),
    }


def count_of(chosen: Chosen) -> int:
    """How many pictures the next call asks for."""
    n = chosen.parameters.get("n", 1)
    return n if isinstance(n, int) else 1


def estimate_of(chosen: Chosen, count: int) -> Decimal | None:
    """What they cost at most; None where nobody told the price."""
    if chosen.choice is None:
        return None
    return MakePictures().estimate({"n": count}, (), chosen.choice.facts.prices).cost


def references_context(desk: Desk, data: Mapping[str, Any]) -> dict[str, Any]:
    """The pictures that an edit may look at beside its own: those that were put in, and how many the model takes."""
    chosen = desk.chosen
    most = most_references(chosen.choice.facts) if chosen.choice else 0
    ids = [part for part in str(data.get("references", "")).split(",") if part.strip()][:most]
    return {"most_references": most, "references": [get_visible(desk.request.membership, Picture.objects.alive(), pk) for pk in ids]}
