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
from apps.chat.reading_in import Content, Reading
from apps.chat.reading_in import joined as joined_contents
from apps.chat.texts import whole
from apps.chat.tools import messages_with
from apps.chat.variables import fill
from apps.runs.models import GateState

Message = dict[str, Any]
BROUGHT = "brought"  # in a message: words of an import, which may be anybody's. Ours, never sent.


def messages_of(instructions: str, turns: Iterable[tuple[str, Content]]) -> list[Message]:
    """Messages of the API from pairs of role ("user" or "assistant") and content."""
    return joined(instructions, ({"role": role, "content": content} for role, content in turns))


def joined(instructions: str, told: Iterable[Message]) -> list[Message]:
    """Messages in their order, the instructions first. Empty ones are left out, two of one role in a row are one."""
    messages: list[Message] = [{"role": "system", "content": instructions}] if instructions else []
    for message in told:
        if not message["content"] and message["role"] != "tool" and "tool_calls" not in message:
            continue
        if messages and _may_join(messages[-1], message):
            messages[-1] |= {**message, "content": joined_contents(messages[-1]["content"], message["content"])}
        else:
            messages.append(message)
    return messages


def _may_join(one: Message, other: Message) -> bool:
    return one["role"] == other["role"] != "tool" and "tool_calls" not in one and "tool_calls" not in other


def load_messages(
    conversation: Conversation, path: Sequence[uuid.UUID], question: str = "", reading: Reading | None = None
) -> list[Message]:
    """The messages up to the end of a path, and a new question behind them, with what is attached to them (`reading_in`). One query."""
    reading = reading or Reading()
    shape = ("id", "parent_id", "text", "run_id", "run__text", "run__gate", "call", "said_by")
    rows = list(conversation.turns.filter(id__in=path).values_list(*shape))
    held_back = {parent_id for _id, parent_id, _text, _run, _answer, gate, *_more in rows if gate == GateState.STOPPED}
    turns = {
        turn_id: Told(True, whole(text, answer or ""), is_brought=bool(said_by))
        if run_id or said_by
        else Told(False, text, call, reading.content(turn_id, text))
        for turn_id, _parent_id, text, run_id, answer, _gate, call, said_by in rows
        if turn_id not in held_back
    }
    asked = {"role": "user", "content": reading.content(None, question)}
    told = [*_messages([turns[turn_id] for turn_id in path if turn_id in turns]), asked]
    return joined(fill(conversation.instructions, conversation.settings), told)


class Told(NamedTuple):
    """A turn as the model is told it. `call` is of a function's reply, `content` of a question: its text and what is attached to it."""

    is_answer: bool
    text: str
    call: Any = None
    content: Content = ""
    is_brought: bool = False  # an answer that was imported


def _messages(turns: Sequence[Told]) -> Iterator[Message]:
    """An answer goes with the replies right behind it: a call without one would be refused, and one that was left is not told."""
    for number, turn in enumerate(turns):
        if turn.is_answer:
            replies = takewhile(lambda each: each.call is not None, turns[number + 1 :])
            brought = {BROUGHT: True} if turn.is_brought else {}
            yield from (message | brought for message in messages_with(turn.text, [(each.call, each.text) for each in replies]))
        elif turn.call is None:
            yield {"role": "user", "content": turn.content}
