"""One real word from a model, when a person asks for it: whether the server answers, and how soon.

The only call of a check-up that can cost something, so it is short, is streamed, and is cut off at
its first word.
"""

import time
from collections.abc import Sequence
from typing import Any

from apps.accounts.models import Team
from apps.providers.facts import facts_for_many
from apps.providers.models import DefaultModel, Model, Provider
from gateway import ApiRequest, Bounds, Connection, Gateway, GatewayError, Refused
from gateway.endings import StreamEnding

WORD_BOUNDS = Bounds(connect=5, first_byte=20, silence=15, write=5, total=25, max_bytes=1024 * 1024)
QUESTION = "Answer with one word: hello"
MOST_TOKENS = 16  # models that think refuse less
MOST_MODELS = 3
_NEXT_MODEL = frozenset({"not_found", "bad_request", "forbidden"})  # refused, so nothing was charged


def chat_models(provider: Provider, team: Team) -> list[str]:
    """Names to try, the team's own choices first: those for small jobs, then those for writing, then the list."""
    rows = list(Model.objects.filter(provider=provider, is_listed=True) | Model.objects.filter(provider=provider, is_typed=True))
    for row in rows:
        row.provider = provider
    facts = facts_for_many(team, rows)
    chosen = dict(DefaultModel.objects.filter(team=team, model__provider=provider).values_list("purpose", "model__name"))
    names = [row.name for row in rows if facts[row.pk].does("chat") and not facts[row.pk].is_hidden]
    first = [chosen[purpose] for purpose in (DefaultModel.Purpose.CHEAP, DefaultModel.Purpose.WRITING) if purpose in chosen]
    return list(dict.fromkeys([*(name for name in first if name in names), *names]))[:MOST_MODELS]


async def ask_word(connection: Connection, names: Sequence[str]) -> dict[str, Any]:
    """{"model", "ms"}, or {"model", "kind", "sentence"} where it did not come. The next name only where the one before was refused."""
    outcome: dict[str, Any] = {}
    gateway = Gateway(connection, WORD_BOUNDS)
    try:
        for name in names:
            outcome = await _ask(gateway, name)
            if outcome.get("kind") not in _NEXT_MODEL:
                break
    finally:
        await gateway.aclose()
    return outcome


async def _ask(gateway: Gateway, name: str) -> dict[str, Any]:
    body = {"model": name, "messages": [{"role": "user", "content": QUESTION}]}
    try:
        try:
            return {"model": name, "ms": await _first_word(gateway, {**body, "max_completion_tokens": MOST_TOKENS})}
        except Refused as error:
            if error.kind != "parameter":
                raise
            return {"model": name, "ms": await _first_word(gateway, body)}
    except GatewayError as error:
        return {"model": name, "kind": error.kind, "sentence": error.sentence}


async def _first_word(gateway: Gateway, body: dict[str, Any]) -> int:
    """Milliseconds until the first content; of an answer without any, until its end."""
    started, seen = time.monotonic(), StreamEnding()
    async with gateway.stream(ApiRequest("POST", "/chat/completions", json=body, stream=True)) as answer:
        async for event in answer:
            seen.see(event.data)
            if seen.has_content:
                break
    return round((time.monotonic() - started) * 1000)
