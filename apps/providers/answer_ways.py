"""By which way a chat answer comes: Chat completions or the Responses API.

    way_of(choice)        for one model, "chat" or "responses"
    as_answered(choice)   the same choice with what can be set on that way, and nothing else

Chosen for each provider by its check-up, changeable by an admin. The check-up chooses the Responses API where it works and is at home
(OpenAI, Azure), or where it is all there is; other servers translate it from their chat, and often poorly. A model that answers one way
only is asked that way, whatever was chosen.
"""

from dataclasses import replace
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Membership
from apps.providers import book
from apps.providers.choices import EITHER, ModelChoice
from apps.providers.facts import Facts
from apps.providers.models import Provider
from apps.providers.response_settings import NAMES

CHAT, RESPONSES = "chat", "responses"
ANSWERING: Final = EITHER.join((CHAT, RESPONSES))  # for a page that takes an answer either way
AT_HOME: Final = frozenset({"openai", "azure"})  # and there the table of models says which of them take it
WORDS: Final = {CHAT: _("Chat completions"), RESPONSES: _("Responses API")}
LEAST_OUTPUT: Final = 16
WITHOUT_EFFECT: Final = {"llamacpp": ("response_format",)}  # what a server's Responses API takes and does not do
IGNORED: Final = {"off": True, "because": _("The server takes it without effect.")}
ONLY_CHAT: Final = ("stop", "seed", "frequency_penalty", "presence_penalty", "n", "logit_bias", "modalities")


def found_way(provider: Provider) -> str:
    """What the check-up chooses."""
    is_better = provider.dialect in AT_HOME or provider.lacks(CHAT)
    return RESPONSES if provider.has(RESPONSES) and is_better else CHAT


def way_of_provider(provider: Provider) -> str:
    return provider.answers_by or found_way(provider)


def way_of(choice: ModelChoice) -> str:
    """How this model is asked. It may be one way only that it knows, or that its provider has."""
    facts, provider = choice.facts, choice.provider
    if (facts.does(RESPONSES) and not facts.does(CHAT)) or (provider.lacks(CHAT) and provider.has(RESPONSES)):
        return RESPONSES
    is_known = facts.does(RESPONSES) or provider.dialect not in AT_HOME
    return RESPONSES if is_known and not provider.lacks(RESPONSES) and way_of_provider(provider) == RESPONSES else CHAT


def as_answered(choice: ModelChoice) -> ModelChoice:
    if way_of(choice) != RESPONSES:
        return replace(choice, facts=_for_chat(choice.facts))
    facts = _for_responses(choice.facts)
    ignored = dict.fromkeys(WITHOUT_EFFECT.get(choice.provider.dialect, ()), IGNORED)
    return replace(choice, facts=replace(facts, parameters={**facts.parameters, **ignored}))


def _for_chat(facts: Facts) -> Facts:
    return replace(facts, parameters={name: bounds for name, bounds in facts.parameters.items() if name not in NAMES})


def _for_responses(facts: Facts) -> Facts:
    parameters: dict[str, dict[str, Any]] = {"store": {}}
    parameters |= {name: bounds for name, bounds in facts.parameters.items() if name not in ONLY_CHAT}
    if limit := parameters.get("max_completion_tokens"):
        parameters["max_completion_tokens"] = {**limit, "min": max(limit.get("min") or 0, LEAST_OUTPUT)}
    return replace(facts, parameters=parameters)


def choose_way(provider: Provider, way: str, by: Membership) -> None:
    """An admin's word; "" leaves it to the check-up again."""
    with transaction.atomic():
        before = Provider.objects.select_for_update().get(pk=provider.pk)
        provider.answers_by = way
        Provider.objects.filter(pk=provider.pk).update(answers_by=way)
        if before.answers_by != way:
            book.note_changed(by, before, provider, has_new_key=False, personal_keys_wiped=0)
