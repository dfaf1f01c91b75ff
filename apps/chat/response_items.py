"""The items of an answer of the Responses API: its words, its thoughts, what it asks for, and what the provider did for it. Pure."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

from apps.chat.citations import sources_of
from apps.chat.deltas import text_of
from apps.chat.likelihoods import add as add_likelihoods

MOST_ITEMS: Final = 500
OWN_CALLS: Final = {
    "web_search_call": "web_search",
    "file_search_call": "file_search",
    "code_interpreter_call": "code_interpreter",
    "image_generation_call": "image_generation",
}


class Items:
    """The items of a stream by their places. A whole one wins over its beginning, whichever comes first."""

    def __init__(self) -> None:
        self._items: dict[str, dict[str, Any]] = {}
        self._order: dict[str, float] = {}
        self._done: set[str] = set()
        self._grown: dict[str, list[str]] = {}
        self.citations: list[Any] = []

    def put(self, index: Any, item: Any, *, is_done: bool) -> None:
        place = str(index)
        if not isinstance(item, Mapping) or (place in self._done and not is_done) or self._is_full(place):
            return
        self._items[place] = dict(item)
        self._order[place] = index if isinstance(index, int) else math.inf
        if is_done:
            self._done.add(place)

    def grow(self, index: Any, piece: str) -> None:
        """More of the arguments of a call."""
        if not self._is_full(str(index)):
            self._grown.setdefault(str(index), []).append(piece)

    def cite(self, annotation: Any) -> None:
        if len(self.citations) < MOST_ITEMS:
            self.citations.append(annotation)

    def as_list(self) -> list[Any]:
        places = sorted(self._items, key=lambda place: self._order[place])
        return [self._as_told(place) for place in places]

    def _as_told(self, place: str) -> dict[str, Any]:
        item = self._items[place]
        grown = "".join(self._grown.get(place, ()))
        if not grown or place in self._done:
            return item
        name = "input" if item.get("type") == "custom_tool_call" else "arguments"
        return {**item, name: grown}

    def _is_full(self, place: str) -> bool:
        return place not in self._items and place not in self._grown and len(self._items) + len(self._grown) >= MOST_ITEMS


def _of_kind(items: Iterable[Any], *kinds: str) -> list[Mapping[str, Any]]:
    return [item for item in items if isinstance(item, Mapping) and item.get("type") in kinds]


def _parts(item: Mapping[str, Any], name: str = "content") -> list[Mapping[str, Any]]:
    parts = item.get(name)
    return [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []


def texts_of(items: Iterable[Any]) -> list[str]:
    """The words of all messages, part by part."""
    parts = [part for item in _of_kind(items, "message") for part in _parts(item)]
    return [text for part in parts if (text := text_of(part.get("text")) or text_of(part.get("refusal")))]


def likelihoods_of(items: Iterable[Any]) -> list[dict[str, Any]]:
    """How likely each word was, of an answer that came whole."""
    known: list[dict[str, Any]] = []
    for item in _of_kind(items, "message"):
        for part in _parts(item):
            add_likelihoods(known, {"content": part.get("logprobs")})
    return known


def thoughts_of(items: Iterable[Any]) -> list[str]:
    found = []
    for item in _of_kind(items, "reasoning"):
        found += [text_of(part) for part in (_parts(item, "summary") or _parts(item))]
    return [thought for thought in found if thought]


def calls_of(items: Iterable[Any]) -> list[dict[str, Any]]:
    """What it asks functions for, in the shape of chat completions."""
    calls = []
    for item in _of_kind(items, "function_call", "custom_tool_call"):
        kind, name = ("function", "arguments") if item["type"] == "function_call" else ("custom", "input")
        body = {"name": text_of(item.get("name")), name: text_of(item.get(name))}
        calls.append({"id": text_of(item.get("call_id")) or text_of(item.get("id")), "type": kind, kind: body})
    return calls


def beside_of(items: list[Any], citations: list[Any]) -> dict[str, Any]:
    """What came beside the words: {"calls": [{"tool", "n"}], "sources": [{"url", "title"}]}; {} for nothing.

    `n` counts the pages that were read, the searches in files, the programs that ran, the pictures that were made.
    """
    counted: dict[str, set[str] | int] = {}
    for item in _of_kind(items, *OWN_CALLS):
        _count(counted, OWN_CALLS[item["type"]], item)
    calls = [{"tool": tool, "n": len(n) if isinstance(n, set) else n} for tool, n in counted.items()]
    told = [note for item in _of_kind(items, "message") for part in _parts(item) for note in _parts(part, "annotations")]
    sources = sources_of(told or citations)
    return {name: value for name, value in {"calls": calls, "sources": sources}.items() if value}


def _count(counted: dict[str, Any], tool: str, item: Mapping[str, Any]) -> None:
    if tool != "web_search":
        counted[tool] = counted.get(tool, 0) + 1
        return
    action = item.get("action")
    action = action if isinstance(action, Mapping) else {}
    addresses = [text_of(source.get("url")) for source in _parts(action, "sources")] + [text_of(action.get("url"))]
    counted.setdefault(tool, set()).update(address for address in addresses if address)
