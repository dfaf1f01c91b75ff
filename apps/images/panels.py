"""What the settings at the right show, on each of the three pages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from apps.accounts.access import get_visible, may
from apps.accounts.models import Role
from apps.images.choosing import Desk, has_variations
from apps.images.forms import fresh_key
from apps.images.models import Picture
from apps.images.operations import MakePictures
from apps.images.sending import most_references
from apps.providers.chosen import Chosen


def panel_context(desk: Desk, errors: Mapping[str, str] | None = None) -> dict[str, Any]:
    chosen, kind = desk.chosen, desk.kind
    controls = desk.controls(errors)
    more = [control for control in controls if control.setting.group == "more"]
    count = count_of(chosen)
    return {
        "desk": desk,
        "page": desk.page,
        "form_id": "edit-form" if desk.page == "edit" else "wish-form",
        "page_url": reverse("images:new"),
        "chosen": chosen,
        "endpoint": kind.endpoint,
        "settings_url": reverse("images:settings", args=[desk.page]),
        "controls": [control for control in controls if control.setting.group == "main"],
        "more_controls": more,
        "more_set": [control.setting.label for control in more if control.is_set],
        "more_errors": [control.error for control in more if control.error],
        "count": count,
        "cost": estimate_of(chosen, count),
        "is_call": desk.page == "vary" and chosen.choice is not None and has_variations(chosen.choice),
        "can_write": may(desk.request.membership, Role.EDITOR),
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
