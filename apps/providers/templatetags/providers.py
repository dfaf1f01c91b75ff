"""Words about providers, for templates."""

from django import template

from apps.providers.words import check_sentence

register = template.Library()
register.filter("check_sentence", check_sentence)
