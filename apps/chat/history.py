"""What the model is told of a conversation.

Instructions go first, as the system message. An answer counts as far as it came: what was stopped or
cut off half-way was read by the person, so the model is told it too. An answer of which nothing came
is left out; its question stays and is joined with the next one, because a person who asks again
often leans on it, and because many models refuse two questions in a row. A question that the check before sending has stopped is left
out as well: it would go to the provider with the next one, or stop that too.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from apps.chat.models import Conversation
from apps.chat.texts import whole
from apps.chat.tools import messages_with
from apps.chat.variables import fill
from apps.runs.models import GateState

Message = dict[str, Any]


def messages_of(instructions: str, turns: Iterable[tuple[str, str]]) -> list[Message]:
    """Messages of the API from pairs of role ("user" or "assistant") and text."""
    return joined(instructions, ({"role": role, "content": text} for role, text in turns))


def joined(instructions: str, told: Iterable[Message]) -> list[Message]:
    """Messages in their order, the instructions first. Empty ones are left out, two of one role in a row are one."""
    messages: list[Message] = [{"role": "system", "content": instructions}] if instructions else []
    for message in told:
        if not message["content"] and message["role"] != "tool" and "tool_calls" not in message:
            continue
        if messages and _may_join(messages[-1], message):
            messages[-1]["content"] += f"\n\n{message['content']}"
        else:
            messages.append(message)
    return messages


def _may_join(one: Message, other: Message) -> bool:
    return one["role"] == other["role"] != "tool" and "tool_calls" not in one and "tool_calls" not in other


def load_messages(conversation: Conversation, path: Sequence[uuid.UUID], question: str = "") -> list[Message]:
    """The messages up to the end of a path, and a new question behind them. One query."""
    rows = list(conversation.turns.filter(id__in=path).values_list("id", "parent_id", "text", "run_id", "run__text", "run__gate", "call"))
    held_back = {parent_id for _id, parent_id, _text, _run, _answer, gate, _call in rows if gate == GateState.STOPPED}
    turns = {
        row[0]: Told(bool(row[3]), whole(row[2], row[4] or "") if row[3] else row[2], row[6]) for row in rows if row[0] not in held_back
    }
    told = [*_messages([turns[turn_id] for turn_id in path if turn_id in turns]), {"role": "user", "content": question}]
    return joined(fill(conversation.instructions, conversation.settings), told)


class Told(NamedTuple):
    """A turn as the model is told it. `call` is of a function's reply."""

    is_answer: bool
    text: str
    call: Any = None


def _messages(turns: Sequence[Told]) -> Iterator[Message]:
    """An answer goes with the replies right behind it: a call without one would be refused, and one that was left is not told."""
    for number, turn in enumerate(turns):
        if turn.is_answer:
            replies = takewhile(lambda each: each.call is not None, turns[number + 1 :])
            yield from messages_with(turn.text, [(each.call, each.text) for each in replies])
        elif turn.call is None:
            yield {"role": "user", "content": turn.text}
