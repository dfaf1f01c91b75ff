"""What people do in a chat: ask, try again, rename, delete, bring back.

A question, its run and its answer are one transaction: either all of it is there, or nothing is.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import Truncator

from apps.accounts.models import Membership
from apps.chat.answer_forms import KEPT as KEPT_FORM
from apps.chat.answer_settings import Saved
from apps.chat.asking import Asked, asked_at, build_params
from apps.chat.attaching import Gone, copy_to, mark_of, send_with
from apps.chat.attachments import Attachment
from apps.chat.dialects import operation_for
from apps.chat.models import Conversation, Turn
from apps.chat.reading_in import taken_out
from apps.chat.room import fitted, notice
from apps.chat.several import answers_of, keys_for
from apps.chat.switching import forget_choice, remember
from apps.chat.threads import Tree, load_tree
from apps.chat.variables import fill, require
from apps.chat.ways import Way
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
    """One message: its text, the key of its form, the turn that it follows, and what is attached to it."""

    text: str
    key: str
    parent_id: uuid.UUID | None = None
    beside: uuid.UUID | None = None  # a question that it is another wording of
    attachments: tuple[Attachment, ...] = ()
    mark: str = ""  # of the attachments, where they are not kept yet

    def title(self, settings: Saved) -> str:
        """What a chat that begins with it is called."""
        return title_of(fill(self.text, settings) or (self.attachments[0].name if self.attachments else ""))

    @property
    def run_key(self) -> str:
        """A form sent twice is one run; a form of yesterday's page with another text is another."""
        mark = self.mark or mark_of(each.digest for each in self.attachments)
        return f"{self.key}-{hashlib.sha256((self.text + mark).encode()).hexdigest()[:32]}"


def begin_conversation(membership: Membership, draft: Draft, ask: Ask) -> Turn:
    """A new conversation with its first question. Returns the turn of the answer."""

    def begin() -> Turn:
        conversation = Conversation.objects.create(
            team=membership.team,
            person=membership.user,
            settings=draft.settings,
            instructions=draft.instructions,
            title=ask.title(draft.settings),
        )
        return _ask(membership, conversation, Tree([]), None, ask, is_new=True)

    return once(membership, ask.run_key, begin)


def send_message(membership: Membership, conversation: Conversation, ask: Ask) -> Turn:
    """A question at the end of the shown path. Returns the turn of the answer."""

    def send() -> Turn:
        lock(conversation)
        tree = load_tree(conversation)
        parent_id = ask.parent_id if ask.parent_id in tree else conversation.leaf_id
        if ask.beside in tree:
            parent_id = tree.nodes[ask.beside].parent_id
        return _ask(membership, conversation, tree, parent_id, ask)

    return once(membership, ask.run_key, send)


def try_again(membership: Membership, conversation: Conversation, answer: Turn, key: str, way: Way | None = None) -> Turn:
    """Another answer to the same question, beside the old one. `way`: what is different this time. Raises NoSuchWay."""
    way = way or Way()

    def repeat() -> Turn:
        lock(conversation)
        refuse_second(conversation)
        tree = load_tree(conversation)
        path = tree.path(answer.parent_id)
        remember(tree, answer.parent_id)
        if way.settings:
            conversation.settings = way.settings(conversation.settings)
        if way.is_kept:
            conversation.save(update_fields=["settings"])
        asked = asked_at(membership, conversation, path, tree.characters(path))
        if way.messages:
            messages, notices = way.messages(asked.messages)
            asked = replace(asked, messages=messages, notices=[*asked.notices, *notices])
        patience = way.patience or (answer.run.patience if answer.run else None)
        told = {"turn_fields": way.turn, "patience": patience}
        return begin_answer(membership, conversation, answer.parent_id, asked, key=key, again_of=answer.run, **told)

    return once(membership, key, repeat)


def once(membership: Membership, key: str, act: Callable[[], Turn]) -> Turn:
    """Do it. If this form was taken already, the key refuses a second time: then give what came of the first."""
    try:
        with transaction.atomic():
            return act()
    except (IntegrityError, KeyReused, StillWriting, Gone):
        taken = taken_before(membership, key)
        if taken is None:
            raise
        return taken


def taken_before(membership: Membership, key: str) -> Turn | None:
    """The answer that this form has got already."""
    turns = Turn.objects.select_related("conversation__team", "run").filter(run__team_id=membership.team_id, run__key=key)
    return turns.order_by("is_copy", "pk").first()


def lock(conversation: Conversation) -> None:
    """Whoever changes the tree waits here for the other one. Refreshes what may have changed meanwhile."""
    locked = get_object_or_404(Conversation.objects.select_for_update(), pk=conversation.pk)
    conversation.leaf_id, conversation.settings, conversation.instructions = locked.leaf_id, locked.settings, locked.instructions


def refuse_second(conversation: Conversation) -> None:
    if conversation.turns.filter(run__status__in=ACTIVE).exists():
        raise StillWriting


def _ask(
    membership: Membership, conversation: Conversation, tree: Tree, parent_id: uuid.UUID | None, ask: Ask, *, is_new: bool = False
) -> Turn:
    refuse_second(conversation)
    require(conversation.settings, ask.text)
    remember(tree, parent_id)
    text = fill(ask.text, conversation.settings)
    question = Turn.objects.create(conversation=conversation, parent_id=parent_id, text=text)
    send_with(question, ask.attachments, None if is_new else conversation)
    if ask.beside in tree:
        copy_to({ask.beside: question})
    forget_choice(parent_id)
    path = tree.path(parent_id)
    asked = asked_at(membership, conversation, [*path, question.pk], tree.characters(path) + len(text))
    keys = keys_for(ask.run_key, answers_of(conversation.settings))
    answers = [
        begin_answer(membership, conversation, question.pk, asked, key=key, turn_fields={"is_together": len(keys) > 1}) for key in keys
    ]
    if len(answers) > 1:  # the first is shown where only one can be
        conversation.leaf = answers[0]
        conversation.save(update_fields=["leaf"])
    return answers[0]


def begin_answer(
    membership: Membership,
    conversation: Conversation,
    question_id: uuid.UUID | None,
    asked: Asked,
    *,
    key: str,
    again_of: Run | None = None,
    turn_fields: Mapping[str, Any] | None = None,
    patience: int | None = None,
) -> Turn:
    answering, choice = asked.answering, asked.choice
    require(conversation.settings, conversation.instructions)
    messages, left_out = fitted(asked.messages, choice.facts, {**answering.parameters, **answering.extras})
    messages, files = taken_out(messages)
    run = start_run(
        team=membership.team,
        person=membership.user,
        operation=operation_for(choice),
        provider=choice.provider,
        model=choice.model.name,
        model_label=choice.label,
        params=build_params(messages, answering),
        files=files,
        key=key,
        parent=("chat", conversation.pk),
        again_of=again_of,
        notices=[*asked.notices, *([notice(left_out, choice.label)] if left_out else ())],
        patience=patience,
    )
    fields = {"form": answering.extras.get(KEPT_FORM), **(turn_fields or {})}
    turn = Turn.objects.create(conversation=conversation, parent_id=question_id, run=run, **fields)
    forget_choice(question_id)
    conversation.leaf = turn
    conversation.save(update_fields=["leaf", "updated_at"])
    return turn


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
