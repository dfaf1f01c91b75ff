"""Turns in templates: `{% load chat_turns %}`."""

from typing import Any

from django import template

from apps.chat import acts
from apps.runs.models import Run

register = template.Library()


@register.filter
def answer_acts(run: Run) -> dict[str, Any]:
    """What can be done with an answer (`acts.of_answer`)."""
    return acts.of_answer(run)
