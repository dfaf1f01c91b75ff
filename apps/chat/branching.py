"""Branch from here: a conversation of its own with copies of the turns up to one answer.

A copied answer has the run of the first one. So its text, its receipt and what it cost are there once, whichever of the
chats is looked at, and both can be deleted without the other.
"""

import uuid
from collections.abc import Sequence
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.chat.attaching import copy_to
from apps.chat.models import Conversation, Turn
from apps.chat.services import StillWriting, shorten
from apps.chat.threads import load_tree

LONGEST_TITLE: Final = 120
# Of a turn. What it is in its own tree is not copied.
COPIED: Final = ("text", "said_by", "call", "form", "run_id", "continues_id", "created_at")


def branch(membership: Membership, answer: Turn, key: str) -> Conversation:
    """The conversation up to this answer as a new one. The same key gives the same one. Raises StillWriting while it is being written."""
    made = Conversation.objects.filter(team=membership.team_id, branch_key=key)
    if existing := made.first():
        return existing
    if answer.run is not None and answer.run.is_active:
        raise StillWriting
    try:
        with transaction.atomic():
            return _copy(membership, answer, key)
    except IntegrityError:  # the other half of a double click was quicker
        return made.get()


def _copy(membership: Membership, answer: Turn, key: str) -> Conversation:
    origin = answer.conversation
    conversation = Conversation.objects.create(
        team=membership.team,
        person=membership.user,
        title=title_of(str(origin)),
        instructions=origin.instructions,
        settings=origin.settings,
        branched_from=answer,
        branch_key=key,
    )
    path = load_tree(origin).path(answer.pk)
    turns = copies(conversation, origin.turns.in_bulk(path), path)
    Turn.objects.bulk_create(turns)
    copy_to(dict(zip(path, turns, strict=True)))
    conversation.leaf = turns[-1]
    conversation.save(update_fields=["leaf"])
    return conversation


def copies(conversation: Conversation, turns: dict[uuid.UUID, Turn], path: Sequence[uuid.UUID]) -> list[Turn]:
    """Copies of these turns, one below the other."""
    made: list[Turn] = []
    for turn in (turns[pk] for pk in path if pk in turns):
        parent = made[-1] if made else None
        fields = {name: getattr(turn, name) for name in COPIED}
        made.append(Turn(conversation=conversation, parent=parent, is_copy=turn.run_id is not None, **fields))
    return made


def title_of(title: str) -> str:
    """The name of a branch. A branch of a branch is called as that one is."""
    mark = _("(branch)")
    return title if title.endswith(mark) else f"{shorten(title, LONGEST_TITLE - len(mark) - 1)} {mark}"
