"""What is known today of the model that a run was asked of: `{% load run_models %}`."""

from django import template

from apps.providers import retirement
from apps.runs.costs import facts_by_name
from apps.runs.models import Run

register = template.Library()


@register.filter
def retirement_of_run(run: Run) -> str:
    """The badge of the day on which its model is switched off, or nothing."""
    return retirement.badge(facts_by_name(run.team_id, run.provider_id, run.model)) if run.provider_id else ""
