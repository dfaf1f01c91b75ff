"""The tree of a conversation: which turns are shown, and what is beside them.

Only ids are loaded for the whole tree; texts only for the turns that are shown. So a conversation of
five hundred turns opens as quickly as a short one.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.db.models.functions import Coalesce, Length

from apps.accounts.models import User
from apps.chat.answer_parts import load_parts
from apps.chat.models import Attachment, Conversation, Turn
from apps.chat.texts import shown_in
from apps.runs.keepers import show_with
from apps.runs.models import ACTIVE

SHOWN_AT_ONCE = 30
HEAVY = ("run__params", "run__request", "run__response")


@dataclass(frozen=True, slots=True)
class Node:
    """A turn without its text. `characters` is the length of it; `chosen_id`: the child that was shown last, where it is not the newest."""

    id: uuid.UUID
    parent_id: uuid.UUID | None
    characters: int = 0
    chosen_id: uuid.UUID | None = None
    is_together: bool = False
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn with its text, and the ones it can be changed for ("2 of 3")."""

    turn: Turn
    position: int
    siblings: Sequence[uuid.UUID]
    answer: Turn | None = None  # to a question: tells who asked
    together: Sequence[Turn] = ()  # answers made at once, of which none was chosen yet: they stand beside each other

    @property
    def asker(self) -> User | None:
        """Who asked: known from the run that answers; of what was imported, from whoever imported it."""
        if self.answer and self.answer.run:
            return self.answer.run.person
        chat = self.turn.conversation
        return chat.person if chat.brought_key or (self.answer and self.answer.said_by) else None

    @property
    def is_any_active(self) -> bool:
        """Whether one of several answers is still being written."""
        return any(turn.run.is_active for turn in self.together if turn.run)

    @property
    def count(self) -> int:
        return len(self.siblings)

    @property
    def previous(self) -> uuid.UUID | None:
        return self.siblings[self.position - 2] if self.position > 1 else None

    @property
    def following(self) -> uuid.UUID | None:
        return self.siblings[self.position] if self.position < self.count else None


class Tree:
    """The turns of one conversation, in the order in which they were made."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = {node.id: node for node in nodes}
        self.children: dict[uuid.UUID | None, list[uuid.UUID]] = {}
        for node in self.nodes.values():
            self.children.setdefault(node.parent_id, []).append(node.id)

    def __contains__(self, turn_id: object) -> bool:
        return turn_id in self.nodes

    def newest_leaf(self, turn_id: uuid.UUID | None) -> uuid.UUID | None:
        """The end of the path through this turn: by the branch that was shown last, else by the newest one."""
        while turn_id in self.children:
            chosen = self.nodes[turn_id].chosen_id if turn_id is not None else None
            turn_id = chosen if chosen in self.children[turn_id] else self.children[turn_id][-1]
        return turn_id

    def together(self, path: Sequence[uuid.UUID]) -> list[uuid.UUID]:
        """The answers at the end of a path that were asked for at once, as long as nobody has chosen one of them."""
        end = self.nodes.get(path[-1]) if path else None
        if end is None or not end.is_together or end.parent_id is None or self.nodes[end.parent_id].chosen_id is not None:
            return []
        made = [each for each in self.siblings(end.id) if self.nodes[each].is_together]
        return made if len(made) > 1 and end.id not in self.children else []

    def path(self, leaf_id: uuid.UUID | None) -> list[uuid.UUID]:
        """From the first question to this turn."""
        path = []
        while leaf_id in self.nodes:
            path.append(leaf_id)
            leaf_id = self.nodes[leaf_id].parent_id
        return path[::-1]

    def siblings(self, turn_id: uuid.UUID) -> list[uuid.UUID]:
        return self.children[self.nodes[turn_id].parent_id]

    def written_elsewhere(self, path: Sequence[uuid.UUID]) -> uuid.UUID | None:
        """An answer that is being written and is not on this path, nor beside its end."""
        shown = {*path, *self.together(path)}
        return next((node.id for node in self.nodes.values() if node.is_active and node.id not in shown), None)

    def characters(self, path: Iterable[uuid.UUID]) -> int:
        return sum(self.nodes[turn_id].characters for turn_id in path)


def load_tree(conversation: Conversation) -> Tree:
    shape = ("chosen_id", "is_together", "run__status")
    rows = conversation.turns.order_by("id").values_list("id", "parent_id", Length("text"), Coalesce(Length("run__text"), 0), *shape)
    return Tree(
        Node(row_id, parent_id, asked + answered, chosen_id, is_together, status in ACTIVE)
        for row_id, parent_id, asked, answered, chosen_id, is_together, status in rows
    )


def with_attachments() -> Prefetch:
    """What is attached to turns, without its texts."""
    return Prefetch("attachments", Attachment.objects.defer("text").order_by("pk"))


def load_turns(conversation: Conversation, tree: Tree, ids: Sequence[uuid.UUID]) -> list[ShownTurn]:
    """These turns of a path with all that a page shows of them. One query, one for what is attached, and one or two for pictures."""
    beside = tree.together(ids)
    rows = conversation.turns.filter(id__in=[*ids, *beside]).select_related("run__person", "run__provider").defer(*HEAVY)
    rows = rows.prefetch_related(with_attachments())
    turns = {turn.id: turn for turn in rows}
    found = [turns[turn_id] for turn_id in ids if turn_id in turns]
    runs = [turn.run for turn in turns.values() if turn.run]
    show_with(runs)
    load_parts(runs)
    for turn in turns.values():
        if turn.run:
            shown_in(turn.run, turn)
    answers: list[Turn | None] = [*found[1:], None][: len(found)]
    return [
        ShownTurn(
            turn,
            tree.siblings(turn.id).index(turn.id) + 1,
            tree.siblings(turn.id),
            answer,
            [turns[each] for each in beside if each in turns] if turn.id in beside else (),
        )
        for turn, answer in zip(found, answers, strict=True)
    ]
