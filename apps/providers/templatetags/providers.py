"""Words about providers and their models, and the picker of models, for templates."""

from typing import Any

from django import template

from apps.accounts.models import Team
from apps.providers.answer_ways import WORDS, way_of_provider
from apps.providers.choices import providers_of
from apps.providers.models import Provider
from apps.providers.picker import CHIPS, cost_line
from apps.providers.words import check_sentence, lacks_sentence, parts_of, server_name, word_sentence

register = template.Library()
for each in (check_sentence, lacks_sentence, parts_of, server_name, word_sentence):
    register.filter(each.__name__, each)
register.filter("cost_line", cost_line)


@register.filter
def answers_by(provider: Provider) -> dict[str, Any] | None:
    """How chat answers come, and the ways that may be chosen instead; None where nothing answers."""
    way = way_of_provider(provider)
    there = {name: word for name, word in WORDS.items() if provider.has(name)}
    return {"word": WORDS[way], "others": [pair for pair in there.items() if pair[0] != way]} if there else None


@register.inclusion_tag("providers/_picker_menu.html")
def picker_menu(menu_id: str, plain_url: str) -> dict[str, Any]:
    """The popover that a picker opens."""
    return {"menu_id": menu_id, "plain_url": plain_url, "picker_chips": CHIPS}


@register.simple_tag
def lacking(team: Team, endpoint: str) -> list[str]:
    """Why the providers of this team offer no model for this part of the API, one sentence for each that lacks it."""
    return [sentence for provider in providers_of(team) if (sentence := lacks_sentence(provider, endpoint))]
