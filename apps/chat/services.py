"""What people do in a chat: ask, try again, rename, delete, bring back.

A question, its run and its answer are one transaction: either all of it is there, or nothing is.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import Truncator

from apps.accounts.models import Membership
from apps.chat.answer_forms import KEPT as KEPT_FORM
from apps.chat.answer_settings import Answering, Saved, read_saved
from apps.chat.history import Message, load_messages
from apps.chat.models import Conversation, Turn
from apps.chat.operations import ChatReply
from apps.chat.room import fitted, notice
from apps.chat.several import answers_of, keys_for
from apps.chat.switching import forget_choice, remember
from apps.chat.threads import Tree, load_tree
from apps.chat.tools import without_force
from apps.chat.variables import fill, require
from apps.chat.ways import Way
from apps.providers.chosen import NoModel
from apps.providers.facts import Facts
from apps.runs.models import ACTIVE, Run
from apps.runs.services import KeyReused, start_run, stop_run

TITLE_LENGTH = 60


class StillWriting(Exception):
    """An answer of this conversation is under way: one at a time."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a chat has before its first message."""

    settings: Saved
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One message: its text, the key of its form, and the turn that it follows."""

    text: str
    key: str
    parent_id: uuid.UUID | None = None
    beside: uuid.UUID | None = None  # a question that it is another wording of

    @property
    def run_key(self) -> str:
        """A form sent twice is one run; a form of yesterday's page with another text is another."""
        return f"{self.key}-{hashlib.sha256(self.text.encode()).hexdigest()[:32]}"


def begin_conversation(membership: Membership, draft: Draft, ask: Ask) -> Turn:
    """A new conversation with its first question. Returns the turn of the answer."""

    def begin() -> Turn:
        conversation = Conversation.objects.create(
            team=membership.team,
            person=membership.user,
            settings=draft.settings,
            instructions=draft.instructions,
            title=title_of(fill(ask.text, draft.settings)),
        )
        return _ask(membership, conversation, Tree([]), None, ask)

    return _once(membership, ask.run_key, begin)


def send_message(membership: Membership, conversation: Conversation, ask: Ask) -> Turn:
    """A question at the end of the shown path. Returns the turn of the answer."""

    def send() -> Turn:
        _lock(conversation)
        tree = load_tree(conversation)
        parent_id = ask.parent_id if ask.parent_id in tree else conversation.leaf_id
        if ask.beside in tree:
            parent_id = tree.nodes[ask.beside].parent_id
        return _ask(membership, conversation, tree, parent_id, ask)

    return _once(membership, ask.run_key, send)


def try_again(membership: Membership, conversation: Conversation, answer: Turn, key: str, way: Way | None = None) -> Turn:
    """Another answer to the same question, beside the old one. `way`: what is different this time. Raises NoSuchWay."""
    way = way or Way()

    def repeat() -> Turn:
        _lock(conversation)
        _refuse_second(conversation)
        tree = load_tree(conversation)
        messages = load_messages(conversation, tree.path(answer.parent_id))
        remember(tree, answer.parent_id)
        if way.settings:
            conversation.settings = way.settings(conversation.settings)
        if way.is_kept:
            conversation.save(update_fields=["settings"])
        messages, notices = way.messages(messages) if way.messages else (messages, ())
        told = {"notices": notices, "turn_fields": way.turn}
        return _answer(membership, conversation, answer.parent_id, messages, key=key, again_of=answer.run, **told)

    return _once(membership, key, repeat)


def _once(membership: Membership, key: str, act: Callable[[], Turn]) -> Turn:
    """Do it. If this form was taken already, the key refuses a second time: then give what came of the first."""
    try:
        with transaction.atomic():
            return act()
    except (IntegrityError, KeyReused, StillWriting):
        taken = _taken(membership, key)
        if taken is None:
            raise
        return taken


def _taken(membership: Membership, key: str) -> Turn | None:
    turns = Turn.objects.select_related("conversation__team", "run").filter(run__team_id=membership.team_id, run__key=key)
    return turns.order_by("is_copy", "pk").first()


def _lock(conversation: Conversation) -> None:
    """Whoever changes the tree waits here for the other one. Refreshes what may have changed meanwhile."""
    locked = get_object_or_404(Conversation.objects.select_for_update(), pk=conversation.pk)
    conversation.leaf_id, conversation.settings, conversation.instructions = locked.leaf_id, locked.settings, locked.instructions


def _refuse_second(conversation: Conversation) -> None:
    if conversation.turns.filter(run__status__in=ACTIVE).exists():
        raise StillWriting


def _ask(membership: Membership, conversation: Conversation, tree: Tree, parent_id: uuid.UUID | None, ask: Ask) -> Turn:
    _refuse_second(conversation)
    require(conversation.settings, ask.text)
    text = fill(ask.text, conversation.settings)
    messages = load_messages(conversation, tree.path(parent_id), text)
    remember(tree, parent_id)
    question = Turn.objects.create(conversation=conversation, parent_id=parent_id, text=text)
    forget_choice(parent_id)
    keys = keys_for(ask.run_key, answers_of(conversation.settings))
    answers = [
        _answer(membership, conversation, question.pk, messages, key=key, turn_fields={"is_together": len(keys) > 1}) for key in keys
    ]
    if len(answers) > 1:  # the first is shown where only one can be
        conversation.leaf = answers[0]
        conversation.save(update_fields=["leaf"])
    return answers[0]


def _answer(
    membership: Membership,
    conversation: Conversation,
    question_id: uuid.UUID | None,
    messages: list[Message],
    *,
    key: str,
    again_of: Run | None = None,
    turn_fields: Mapping[str, Any] | None = None,
    notices: Sequence[str] = (),
) -> Turn:
    answering = read_saved(conversation.team, conversation.settings, membership)
    if answering.choice is None:
        raise NoModel
    require(conversation.settings, conversation.instructions)
    messages, left_out = fitted(messages, answering.choice.facts, {**answering.parameters, **answering.extras})
    run = start_run(
        team=membership.team,
        person=membership.user,
        operation=ChatReply.name,
        provider=answering.choice.provider,
        model=answering.choice.model.name,
        model_label=answering.choice.label,
        params=build_params(messages, answering),
        key=key,
        parent=("chat", conversation.pk),
        again_of=again_of,
        notices=[*notices, *([notice(left_out, answering.choice.label)] if left_out else ())],
    )
    fields = {"form": answering.extras.get(KEPT_FORM), **(turn_fields or {})}
    turn = Turn.objects.create(conversation=conversation, parent_id=question_id, run=run, **fields)
    forget_choice(question_id)
    conversation.leaf = turn
    conversation.save(update_fields=["leaf", "updated_at"])
    return turn


def build_params(messages: list[Message], answering: Answering) -> dict[str, Any]:
    """What is asked. A model that can answer with pictures is told that it may: servers that pass it on bring none else."""
    facts = answering.choice.facts if answering.choice else Facts()
    pictures = {"modalities": ",".join(facts.values_of("modalities"))} if facts.takes("modalities") else {}
    return {"messages": messages, **pictures, **answering.parameters, **without_force(answering.extras, messages)}


def title_of(text: str) -> str:
    """The first line of the first message, cut at a word."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return shorten(" ".join(line.split()), TITLE_LENGTH)


def shorten(line: str, length: int) -> str:
    if len(line) <= length:
        return line
    head = line[: length - 1].rpartition(" ")[0]
    return f"{head}…" if len(head) > length // 2 else Truncator(line).chars(length)


def rename(conversation: Conversation, title: str) -> None:
    """A name by a person; nothing typed is the first message's name again."""
    first = conversation.turns.filter(parent=None).order_by("id").first()
    conversation.title = " ".join(title.replace("\x00", "").split())[:120] or title_of(first.text if first else "")
    conversation.save(update_fields=["title"])


def delete(conversation: Conversation) -> None:
    """Put it away. A running answer is stopped, so that nothing goes on being paid for."""
    with transaction.atomic():
        Conversation.objects.filter(pk=conversation.pk).update(deleted_at=timezone.now())
        stop_answers(conversation)


def restore(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(deleted_at=None)


def stop_answers(conversation: Conversation) -> None:
    active: QuerySet[Run] = Run.objects.filter(turn__conversation=conversation, status__in=ACTIVE)
    for run in active:
        stop_run(run)
