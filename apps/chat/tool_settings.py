"""What of functions and of the form of the answer is chosen in the panel, read from its form and shown in it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import Team
from apps.chat import answer_forms, fields, likelihoods, tools
from apps.providers.chosen import Saved
from apps.providers.facts import Facts

SPARE_ROWS = 2


def change(team: Team, saved: Saved, data: Mapping[str, Any]) -> Saved:
    """The saved settings after the panel was posted. A form without the section changes nothing of it."""
    if "tools.shown" not in data:
        return saved
    there = [str(function.pk) for function in team.functions.all()]
    chosen = [pk for pk in there if data.get(f"tool.{pk}")]
    choice = str(data.get("tool_choice", ""))
    changed: dict[str, Any] = {"functions": chosen}
    if choice in {"required", "none", *chosen}:
        changed["choice"] = choice
    if chosen and "parallel.shown" in data and not data.get("parallel"):
        changed["parallel"] = False
    return {**{name: value for name, value in saved.items() if name != "tools"}, **({"tools": changed} if chosen else {})}


def reshapes(data: Mapping[str, Any]) -> bool:
    """Whether the posted form changes what else the section shows."""
    chosen = {name.removeprefix("tool.") for name in data if name.startswith("tool.")}
    is_other_tool = "tools.shown" in data and chosen != set(data["tools.shown"].split())
    return is_other_tool or answer_forms.reshapes(data)


def shown(team: Team, saved: Saved, facts: Facts, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What the section of the panel needs. One question to the database."""
    functions = list(team.functions.all())
    ids = set(tools.chosen_ids(saved))
    on = [function for function in functions if str(function.pk) in ids]
    kept = saved.get("tools") or {}
    answer_rows = answer_forms.fields_of(saved)
    return {
        "answer_forms": answer_forms.FORMS,
        "answer_form": answer_forms.form_of(saved),
        "answer_list": answer_forms.is_list(saved),
        "answer_problems": fields.problems(answer_rows),
        "answer_by_words": bool(facts.parameters.get(answer_forms.PARAMETER, {}).get("off")),
        "rows": [*answer_rows, *[fields.Field("")] * min(SPARE_ROWS, fields.MOST_FIELDS - len(answer_rows))],
        "kinds": fields.KINDS,
        "has_likelihoods": likelihoods.may_ask(facts, parameters),
        "wants_likelihoods": bool(saved.get(likelihoods.KEPT)),
        "functions": [(function, function in on) for function in functions],
        "functions_on": on,
        "tool_choices": tools.choice_words(on),
        "tool_choice": kept.get("choice", "auto"),
        "is_parallel": kept.get("parallel") is not False,
        "tools_off": _why_off(facts, "tools"),
        "forcing_off": _why_off(facts, "tool_choice"),
    }


def _why_off(facts: Facts, name: str) -> str:
    bounds = facts.parameters.get(name, {})
    return str(bounds.get("because") or _("This model does not take it.")) if bounds.get("off") else ""
