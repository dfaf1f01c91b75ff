"""A function's replies: they become turns behind the answer that asked, and the chat goes on with a new answer.

Whoever leaves the calls without a reply goes on with a message of his own.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.chat import services
from apps.chat.asking import asked_at
from apps.chat.models import Conversation, FunctionCall, Turn
from apps.chat.threads import load_tree
from apps.chat.tools import Call, calls_of
from apps.runs.models import Run

LONGEST_REPLY = 200_000
CALLS = "beside__asked"  # not in what was received: that goes where a team keeps numbers only


class NoReply(Exception):
    """Nothing was sent, because something is missing. Its text is a sentence for the person."""


class AnsweredAlready(Exception):
    """The calls have their replies, or were left."""

    sentence = _("These calls have been answered already.")


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that waits, the function of the team that it names, and the newest try to have it filled."""

    call: Call
    function: Any = None
    filled: FunctionCall | None = None

    @property
    def may_be_filled(self) -> bool:
        """Whether its function has an address that is not being asked at this moment."""
        return bool(self.function and self.function.address and self.call.values is not None) and not (
            self.filled and self.filled.is_active
        )


def calls_in(run: Run) -> list[Call]:
    """The calls of a kept answer. Reads only them."""
    return calls_of(Run.objects.filter(pk=run.pk).values_list(CALLS, flat=True).first())


def open_calls(answer: Turn, run: Run | None) -> list[OpenCall]:
    """What waits for a reply; empty where the conversation went on from this answer."""
    if run is None or run.status != "completed" or answer.children.exists():
        return []
    calls = calls_in(run)
    functions = {each.name: each for each in answer.conversation.team.functions.all()} if calls else {}
    newest = FunctionCall.objects.filter(answer=OuterRef("answer"), position=OuterRef("position")).order_by("-pk").values("pk")[:1]
    filled = {each.position: each for each in answer.function_calls.filter(pk=Subquery(newest))} if calls else {}
    return [OpenCall(call, functions.get(call.name), filled.get(call.position)) for call in calls]


def go_on(membership: Membership, conversation: Conversation, answer: Turn, replies: Sequence[str], key: str) -> Turn:
    """Keep the replies, one for each call, and ask for the answer to them. The same form sent twice is one answer.

    Raises NoReply, AnsweredAlready, and as `services.try_again`.
    """
    run_key = f"{key[:32]}-{hashlib.sha256(repr(list(replies)).encode()).hexdigest()[:32]}"

    def act() -> Turn:
        calls = _open(conversation, answer)
        told = [_checked(call, reply) for call, reply in zip(calls, [*replies, *[""] * len(calls)], strict=False)]
        tree = load_tree(conversation)
        path = tree.path(answer.pk)
        characters = tree.characters(path) + sum(len(text) for text in told)
        last = answer.pk
        for call, text in zip(calls, told, strict=True):
            last = Turn.objects.create(conversation=conversation, parent_id=last, text=text, call=call.as_json()).pk
            path.append(last)
        return services.begin_answer(membership, conversation, last, asked_at(membership, conversation, path, characters), key=run_key)

    return services.once(membership, run_key, act)


def leave(conversation: Conversation, answer: Turn) -> None:
    """Go on without a reply: the next message of a person follows. Pressed twice it is one."""
    with transaction.atomic():
        try:
            calls = _open(conversation, answer)
        except AnsweredAlready:
            return
        left = {"left": list(dict.fromkeys(call.name for call in calls))}
        conversation.leaf = Turn.objects.create(conversation=conversation, parent=answer, call=left)
        conversation.save(update_fields=["leaf", "updated_at"])


def _open(conversation: Conversation, answer: Turn) -> list[Call]:
    """The calls that wait, with the conversation locked."""
    services.lock(conversation)
    if answer.children.exists():
        raise AnsweredAlready
    services.refuse_second(conversation)
    calls = calls_in(answer.run) if answer.run else []
    if not calls:
        raise AnsweredAlready
    return calls


def _checked(call: Call, reply: str) -> str:
    text = reply.replace("\r\n", "\n").replace("\x00", "")
    if not text.strip():
        raise NoReply(_("Type what %(name)s gives back, or choose “Leave it”.") % {"name": call.name})
    if len(text) > LONGEST_REPLY:
        told = {"name": call.name, "have": f"{len(text):,}", "most": f"{LONGEST_REPLY:,}"}
        raise NoReply(_("The reply of %(name)s has %(have)s characters, the most is %(most)s. Shorten it.") % told)
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text) if not text.isascii() else text
