"""What an answer is asked for with: the messages of a path, what is attached to them, and the settings."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import Membership
from apps.chat.answer_settings import Answering, read_saved
from apps.chat.dialects import extras_for
from apps.chat.history import Message, load_messages
from apps.chat.models import Conversation
from apps.chat.reading_in import attached_to, read_in
from apps.chat.room import room_of
from apps.chat.tools import without_force
from apps.providers.choices import ModelChoice
from apps.providers.chosen import NoModel
from apps.providers.facts import Facts


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, of which model, and what a person should know of it, in sentences."""

    answering: Answering
    choice: ModelChoice
    messages: list[Message]
    notices: Sequence[str] = ()


def asked_at(membership: Membership, conversation: Conversation, path: Sequence[uuid.UUID], characters: int) -> Asked:
    """What is asked at the end of this path, with what is attached to its questions. `characters`: of all its turns.

    Raises NoModel, and CannotTake for what is attached to the last question.
    """
    answering = read_saved(conversation.team, conversation.settings, membership)
    if answering.choice is None:
        raise NoModel
    attached = attached_to(conversation, path)
    now = [each for each in attached if path and each.turn_id == path[-1]]
    reading = read_in([each for each in attached if each not in now], now, answering.choice, characters, room_of(answering))
    return Asked(answering, answering.choice, load_messages(conversation, path, reading=reading), reading.notices)


def build_params(messages: list[Message], answering: Answering) -> dict[str, Any]:
    """What is asked. A model that can answer with pictures is told that it may: servers that pass it on bring none else."""
    facts = answering.choice.facts if answering.choice else Facts()
    pictures = {"modalities": ",".join(facts.values_of("modalities"))} if facts.takes("modalities") else {}
    extras = extras_for(answering.choice, answering.parameters) if answering.choice else {}
    return {"messages": messages, **pictures, **extras, **answering.parameters, **without_force(answering.extras, messages)}
