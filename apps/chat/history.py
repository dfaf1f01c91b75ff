"""What the model is told of a conversation.

Instructions go first, as the system message. An answer counts as far as it came: what was stopped or
cut off half-way was read by the person, so the model is told it too. An answer of which nothing came
is left out; its question stays and is joined with the next one, because a person who asks again
often leans on it, and because many models refuse two questions in a row. A question that the check before sending has stopped is left
out as well: it would go to the provider with the next one, or stop that too.
"""

import uuid
from collections.abc import Iterable, Sequence

from apps.chat.models import Conversation
from apps.chat.texts import whole
from apps.runs.models import GateState

Message = dict[str, str]


def messages_of(instructions: str, turns: Iterable[tuple[str, str]]) -> list[Message]:
    """Messages of the API from pairs of role ("user" or "assistant") and text."""
    messages: list[Message] = [{"role": "system", "content": instructions}] if instructions else []
    for role, text in turns:
        if not text:
            continue
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += f"\n\n{text}"
        else:
            messages.append({"role": role, "content": text})
    return messages


def load_messages(conversation: Conversation, path: Sequence[uuid.UUID], question: str = "") -> list[Message]:
    """The messages up to the end of a path, and a new question behind them. One query."""
    rows = list(conversation.turns.filter(id__in=path).values_list("id", "parent_id", "text", "run_id", "run__text", "run__gate"))
    held_back = {parent_id for _id, parent_id, _text, _run, _answer, gate in rows if gate == GateState.STOPPED}
    texts = {
        turn_id: ("assistant", whole(text, answer or "")) if run_id else ("user", text)
        for turn_id, _parent_id, text, run_id, answer, _gate in rows
        if turn_id not in held_back
    }
    return messages_of(conversation.instructions, [*(texts[turn_id] for turn_id in path if turn_id in texts), ("user", question)])
