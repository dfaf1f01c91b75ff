"""What a team has a model for: `{% load offers %}`."""

from django import template

from apps.accounts.models import Membership
from apps.providers.choices import models_for

register = template.Library()


@register.filter
def is_offered_to(endpoint: str, membership: Membership) -> bool:
    """Whether there is a model for this part of the API that this member may use."""
    return bool(models_for(membership.team, endpoint, membership))
