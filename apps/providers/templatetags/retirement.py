"""`{% load retirement %}`: `{{ facts|retirement }}` is the badge of the day on which a model is switched off, or nothing."""

from django import template

from apps.providers import retirement

register = template.Library()
register.filter("retirement", retirement.badge)
register.filter("retirement_hint", retirement.hint)
