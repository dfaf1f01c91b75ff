"""The tree of a conversation: which turns are shown, and what is beside them.

Only ids are loaded for the whole tree; texts only for the turns that are shown. So a conversation of
five hundred turns opens as quickly as a short one.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models.functions import Coalesce, Length

from apps.accounts.models import User
from apps.chat.answer_parts import load_parts
from apps.chat.models import Conversation, Turn
from apps.runs.keepers import show_with

SHOWN_AT_ONCE = 30
HEAVY = ("run__params", "run__request", "run__response")


@dataclass(frozen=True, slots=True)
class Node:
    """A turn without its text. `characters` is the length of it."""

    id: uuid.UUID
    parent_id: uuid.UUID | None
    characters: int = 0


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn with its text, and the ones it can be changed for ("2 of 3")."""

    turn: Turn
    position: int
    siblings: Sequence[uuid.UUID]
    answer: Turn | None = None  # to a question: tells who asked

    @property
    def asker(self) -> User | None:
        """Who asked: known from the run that answers."""
        return self.answer.run.person if self.answer and self.answer.run else None

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
        """The end of the path through this turn, always by the newest branch."""
        while turn_id in self.children:
            turn_id = self.children[turn_id][-1]
        return turn_id

    def path(self, leaf_id: uuid.UUID | None) -> list[uuid.UUID]:
        """From the first question to this turn."""
        path = []
        while leaf_id in self.nodes:
            path.append(leaf_id)
            leaf_id = self.nodes[leaf_id].parent_id
        return path[::-1]

    def siblings(self, turn_id: uuid.UUID) -> list[uuid.UUID]:
        return self.children[self.nodes[turn_id].parent_id]

    def characters(self, path: Iterable[uuid.UUID]) -> int:
        return sum(self.nodes[turn_id].characters for turn_id in path)


def load_tree(conversation: Conversation) -> Tree:
    rows = conversation.turns.order_by("id").values_list("id", "parent_id", Length("text"), Coalesce(Length("run__text"), 0))
    return Tree(Node(row_id, parent_id, asked + answered) for row_id, parent_id, asked, answered in rows)


def load_turns(conversation: Conversation, tree: Tree, ids: Sequence[uuid.UUID]) -> list[ShownTurn]:
    """These turns of a path with all that a page shows of them. One query, and one or two for pictures."""
    rows = conversation.turns.filter(id__in=ids).select_related("run__person", "run__provider").defer(*HEAVY)
    turns = {turn.id: turn for turn in rows}
    found = [turns[turn_id] for turn_id in ids if turn_id in turns]
    show_with([turn.run for turn in found if turn.run])
    load_parts([turn.run for turn in found if turn.run])
    answers: list[Turn | None] = [*found[1:], None][: len(found)]
    return [
        ShownTurn(turn, tree.siblings(turn.id).index(turn.id) + 1, tree.siblings(turn.id), answer)
        for turn, answer in zip(found, answers, strict=True)
    ]
