"""How much of a conversation a model can take at once, and what is left out where it is more: the oldest turns, whole."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import ngettext

from apps.chat.answer_settings import Answering
from apps.chat.continuing import GO_ON
from apps.chat.operations import MESSAGE_TOKENS, TYPICAL_ANSWER, count_tokens
from apps.providers.facts import Facts
from apps.runs.costs import tokens_in

Message = Mapping[str, Any]


def room_for(facts: Facts, parameters: Mapping[str, Any]) -> int | None:
    """Tokens that may be asked with, beside the answer; None where nobody told how much the model takes."""
    context = facts.limits.get("context")
    if not context:
        return None
    answer = parameters.get("max_completion_tokens") or parameters.get("max_tokens") or TYPICAL_ANSWER
    return context - min(int(answer), context // 2)


def room_of(answering: Answering) -> int | None:
    """The same with what was chosen for an answer."""
    return room_for(answering.choice.facts, {**answering.parameters, **answering.extras}) if answering.choice else None


def size_of(message: Message) -> int:
    """About how many tokens a message takes."""
    calls = tokens_in(json.dumps(message["tool_calls"], ensure_ascii=False)) if message.get("tool_calls") else 0
    return MESSAGE_TOKENS + count_tokens(message.get("content")) + calls


def fitted(messages: Sequence[Any], facts: Facts, parameters: Mapping[str, Any]) -> tuple[list[Any], int]:
    """The messages that fit, and how many were left out.

    The instructions stay, and so does what begins with the last question, with the text so far of an answer that goes on. What goes
    begins with a question too, so that no answer stands without one, and no reply of a function without its call.
    """
    room, sizes = room_for(facts, parameters), [size_of(message) for message in messages]
    tools = tokens_in(json.dumps(parameters["tools"])) if parameters.get("tools") else 0
    if room is None or sum(sizes) + tools <= room:
        return list(messages), 0
    head = 1 if messages and messages[0]["role"] == "system" else 0
    starts = [number for number, message in enumerate(messages) if message["role"] == "user" and message["content"] != str(GO_ON)]
    fixed = sum(sizes[:head]) + tools
    first = next((start for start in starts if fixed + sum(sizes[start:]) <= room), starts[-1] if starts else head)
    return [*messages[:head], *messages[first:]], first - head


def notice(left_out: int, model: str) -> str:
    """What is said of it in the turn."""
    told = ngettext(
        "The oldest message was left out: the chat is longer than %(model)s can take at once.",
        "The %(n)s oldest messages were left out: the chat is longer than %(model)s can take at once.",
        left_out,
    )
    return told % {"n": left_out, "model": model}
