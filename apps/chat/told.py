"""A conversation in an export: as JSON with every turn, and as Markdown with the path that is shown.

Turns are read a few at a time, since an answer may be long and a conversation too.
"""

import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.chat.attachment_holdings import export_place
from apps.chat.models import Conversation, Share, Turn
from apps.chat.texts import whole
from apps.chat.threads import load_tree, with_attachments
from apps.core.holdings import as_line, in_order
from apps.runs.holdings import place_of
from apps.runs.models import RunFile

TURNS_AT_ONCE: Final = 20
MARKS: Final = re.compile(r"[\\`*_\[\]<>()!|]")
HEAVY = ("run__params", "run__request", "run__response")
OF_SHARE = ("id", "title", "instructions", "turns", "created_at", "expires_at", "withdrawn_at")
OF_CONVERSATION = ("id", "title", "instructions", "settings", "created_at", "updated_at", "deleted_at")


def as_json(conversation: Conversation) -> Iterator[bytes]:
    """One line: the conversation, and all its turns with the turn that each follows."""
    told = {name: getattr(conversation, name) for name in OF_CONVERSATION}
    told |= {"person": conversation.person.email if conversation.person else None, "last_turn": conversation.leaf_id}
    told["tags"] = [tag.name for tag in conversation.tags.order_by("pk")]
    yield as_line(told)[:-2] + b',"turns":['
    glue = b""
    for turn in in_order(_with_runs(conversation), TURNS_AT_ONCE):
        yield glue + as_line(turn_as_told(turn))[:-1]
        glue = b","
    yield b"]}\n"


def turn_as_told(turn: Turn) -> dict[str, Any]:
    told = {"id": turn.pk, "follows": turn.parent_id, "created_at": turn.created_at}
    if turn.call is not None:
        return told | {"role": "tool", "text": turn.text, "call": turn.call}
    if turn.run is None:
        if turn.said_by:
            return told | {"role": "assistant", "text": turn.text, "model": turn.said_by}
        attached = [{"id": each.pk, "name": each.name, "path": export_place(each)} for each in turn.attachments.all()]
        return told | {"role": "user", "text": turn.text} | ({"attachments": attached} if attached else {})
    told |= {"role": "assistant", "text": whole(turn.text, turn.run.text), "thinking": turn.run.thinking, "run": turn.run.pk}
    return told | {"model": turn.run.model, "status": turn.run.status}


def as_markdown(conversation: Conversation) -> Iterator[bytes]:
    """What a person sees who opens it: title, instructions, and the path of the last answer."""
    yield _bytes(f"# {conversation}\n\n")
    if conversation.instructions:
        yield _bytes(_("Instructions") + f":\n\n{conversation.instructions}\n\n")
    tree = load_tree(conversation)
    path = tree.path(conversation.leaf_id if conversation.leaf_id in tree else tree.newest_leaf(None))
    for start in range(0, len(path), TURNS_AT_ONCE):
        yield from _section(conversation, path[start : start + TURNS_AT_ONCE])


def _section(conversation: Conversation, ids: Sequence[uuid.UUID]) -> Iterator[bytes]:
    turns = _with_runs(conversation).prefetch_related("run__files").in_bulk(ids)
    for turn in (turns[pk] for pk in ids if pk in turns):
        who = turn.model_name or who_asks(turn.call)
        yield _bytes(f"## {who}\n\n{_with_pictures(turn) if turn.run else _with_attachments(turn)}\n\n")


def who_asks(call: Any) -> str:
    """Whose words a turn without a run has."""
    names = "" if call is None else str(call.get("name") or ", ".join(call.get("left", ())))
    return _("Reply of %(name)s") % {"name": names} if names else _("Question")


def _with_pictures(turn: Turn) -> str:
    """An answer, and the files that came with it where they stand in the export."""
    files = [place_of(file) for file in turn.run.files.all() if file.role == RunFile.Role.OUTPUT] if turn.run else []
    text = whole(turn.text, turn.run.text if turn.run else "")
    return "\n\n".join(part for part in (text, *(f"![](../{place})" for place in files)) if part)


def _with_attachments(turn: Turn) -> str:
    names = [f"- [{escaped(each.name)}](../{export_place(each)})" for each in turn.attachments.all()]
    return "\n\n".join(part for part in (turn.text, "\n".join(names)) if part)


def escaped(name: str) -> str:
    """A name of a file that stays one in Markdown."""
    return MARKS.sub(r"\\\g<0>", name)


def _with_runs(conversation: Conversation) -> Any:
    return Turn.objects.filter(conversation=conversation).select_related("run").prefetch_related(with_attachments()).defer(*HEAVY)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def share_as_told(share: Share) -> dict[str, Any]:
    """A frozen copy, empty where it was withdrawn. Never its token: an export lies about, and the link may be open to anybody."""
    told = {name: getattr(share, name) for name in OF_SHARE}
    return told | {"conversation": share.conversation_id, "person": share.person.email if share.person else None}
