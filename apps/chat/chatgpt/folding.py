"""The tree of messages, folded to questions and answers.

What nobody sees is taken out, and what follows it is attached to what it followed. Messages of the model in a row, as it writes them
between the calls of its tools, are one answer. Where the row parts, each way has an answer of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.chat.chatgpt.messages import clean, moment, role_of, text_of
from apps.chat.chatgpt.values import LONGEST_MODEL, MOST_NODES, MOST_TEXT, MOST_TEXTS, Marks, Reason, Refused, Said


@dataclass(slots=True)
class Node:
    """`text` is "" for what is folded away."""

    parent: str | None
    children: list[str]
    is_answer: bool = False
    text: str = ""
    model: str = ""
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Messages of the model in a row that are not an answer yet, by the last one and those before it."""

    ends: str  # node of the last one
    text: str
    model: str
    at: float | None  # of the first one
    before: "Row | None" = None

    def whole(self) -> str:
        texts, row = [], self
        while row.before:
            texts.append(row.text)
            row = row.before
        return "\n\n".join([row.text, *reversed(texts)])


def fold(told: Mapping[str, Any], marks: Marks) -> tuple[Sequence[Said], int]:
    """Questions and answers of a conversation, and where among them the shown path ends. Raises Refused."""
    nodes = _nodes(told["mapping"], told.get("default_model_slug"), marks)
    order = _in_order(nodes)
    kept = _with_words(nodes, order)
    if not kept:
        raise Refused(Reason.EMPTY)
    folding = Folding(nodes, kept)
    folding.walk([key for key in order if nodes[key].parent is None])
    return folding.said, folding.place_of(told.get("current_node"))


class Folding:
    """`said` grows, parents first. `places`: in which of it the words of a node stand."""

    def __init__(self, nodes: Mapping[str, Node], kept: set[str]) -> None:
        self.nodes, self.kept = nodes, kept
        self.said: list[Said] = []
        self.places: dict[str, int] = {}
        self.characters = 0

    def walk(self, roots: Sequence[str]) -> None:
        waiting: list[tuple[str, int | None, Row | None]] = [(key, None, None) for key in reversed(roots) if key in self.kept]
        while waiting:
            key, parent, row = waiting.pop()
            node = self.nodes[key]
            if node.text and node.is_answer:
                row = Row(key, node.text, node.model, row.at if row else node.at, row)
            elif node.text:
                parent, row = self._add(key, Said(self._end(row, parent), False, node.text, at=node.at)), None
            following = [child for child in node.children if child in self.kept]
            if not following and row:
                self._end(row, parent)
            waiting += [(child, parent, row) for child in reversed(following)]

    def _end(self, row: Row | None, parent: int | None) -> int | None:
        """The answer that a row makes, once for all that follow it; what a question follows."""
        if row is None:
            return parent
        if row.ends not in self.places:
            self._add(row.ends, Said(parent, True, row.whole(), row.model, row.at))
        return self.places[row.ends]

    def _add(self, key: str, said: Said) -> int:
        self.characters += len(said.text)
        if len(said.text) > MOST_TEXT:
            raise Refused(Reason.TOO_LONG)
        if self.characters > MOST_TEXTS:
            raise Refused(Reason.TOO_LARGE)
        self.said.append(said)
        self.places[key] = len(self.said) - 1
        return self.places[key]

    def place_of(self, current: Any) -> int:
        """The turn with the words of this node, or the nearest below or above it; the last of all where it tells of none."""
        key = current if isinstance(current, str) and current in self.nodes else None
        while key is not None:
            place = self._below(key)
            if place is not None:
                return place
            key = self.nodes[key].parent
        return len(self.said) - 1

    def _below(self, key: str | None) -> int | None:
        """Words in the middle of a row stand in the answer that the row makes."""
        while key in self.kept:
            if key in self.places:
                return self.places[key]
            key = next((child for child in reversed(self.nodes[key].children) if child in self.kept), None)
        return None


def _nodes(mapping: Mapping[str, Any], slug: Any, marks: Marks) -> dict[str, Node]:
    """Each with what follows it, in the order of the export. Who has no parent that is there begins the conversation."""
    if len(mapping) > MOST_NODES:
        raise Refused(Reason.TOO_MANY)
    nodes = {key: _node(told, slug, marks) for key, told in mapping.items() if isinstance(told, dict)}
    for node in nodes.values():
        node.parent = node.parent if node.parent in nodes else None
    for key, node in nodes.items():
        for child in node.children:
            if child in nodes and child != key and nodes[child].parent is None:
                nodes[child].parent = key
    for key, node in nodes.items():
        node.children = [child for child in dict.fromkeys(node.children) if child in nodes and nodes[child].parent == key]
    listed = {child for node in nodes.values() for child in node.children}
    for key, node in nodes.items():
        if node.parent is not None and key not in listed:
            nodes[node.parent].children.append(key)
    return nodes


def _node(told: Mapping[str, Any], slug: Any, marks: Marks) -> Node:
    parent, children, message = told.get("parent"), told.get("children"), told.get("message")
    node = Node(
        parent if isinstance(parent, str) else None,
        [child for child in children if isinstance(child, str)] if isinstance(children, list) else [],
    )
    if not isinstance(message, dict):
        return node
    node.is_answer = role_of(message) != "user"
    node.text = text if (text := text_of(message, marks)).strip() else ""
    node.at = moment(message.get("create_time"))
    about = message.get("metadata")
    model = about.get("model_slug") if isinstance(about, dict) else None
    if node.is_answer:
        named = next((name for name in (model, slug) if isinstance(name, str) and name.strip()), "")
        node.model = " ".join(clean(named[: 10 * LONGEST_MODEL]).split())[:LONGEST_MODEL]
    return node


def _in_order(nodes: Mapping[str, Node]) -> list[str]:
    """Parents first. Raises Refused where some follow one another in a circle, and no beginning leads to them."""
    order = [key for key, node in nodes.items() if node.parent is None]
    for key in order:  # it grows
        order += nodes[key].children
    if len(order) != len(nodes):
        raise Refused(Reason.CIRCLE)
    return order


def _with_words(nodes: Mapping[str, Node], order: Sequence[str]) -> set[str]:
    """The nodes that somebody reads, and those that lead to one."""
    kept: set[str] = set()
    for key in reversed(order):
        if nodes[key].text or any(child in kept for child in nodes[key].children):
            kept.add(key)
    return kept
