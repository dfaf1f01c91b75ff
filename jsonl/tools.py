"""Tools that an example or a request offers, and calls of them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from jsonl.talks import Talk
from jsonl.values import Found, is_text, short

MOST_TOOLS: Final = 128
NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def judge_tools(value: Any, talk: Talk, list_name: str = "tools") -> Iterator[Found]:
    """The talk gets what the tools are called, and what a model reads of them."""
    if value is None:
        return
    if not isinstance(value, list):
        yield "no_list", {"name": list_name}
        return
    if value:
        talk.told.texts.append(orjson.dumps(value).decode())
    if len(value) > MOST_TOOLS:
        yield "many_entries", {"name": list_name, "have": len(value), "most": MOST_TOOLS}
    for at, tool in enumerate(value, 1):
        yield from _judge_tool(tool, at, talk, is_old=list_name == "functions")


def judge_parallel(value: Mapping[str, Any]) -> Iterator[Found]:
    """Whether several tools may be called at once, where that is said."""
    if not isinstance(value.get("parallel_tool_calls", True), bool):
        yield "no_flag", {"name": "parallel_tool_calls"}


def _judge_tool(tool: Any, at: int, talk: Talk, *, is_old: bool) -> Iterator[Found]:
    if not isinstance(tool, Mapping) or (not is_old and not isinstance(tool.get("type"), str)):
        yield "tool", {"at": at, "name": "type"}
        return
    kind = "function" if is_old else tool["type"]
    if kind not in talk.rules.tools:
        if not talk.rules.is_request:  # there it may be a tool of the service itself
            yield "tool", {"at": at, "name": "type"}
        return
    function = tool if is_old else tool.get(kind)
    if not isinstance(function, Mapping):
        yield "tool", {"at": at, "name": kind}
        return
    yield from _judge_name(function.get("name"), at, talk.tools)
    if not isinstance(function.get("parameters", {}), Mapping):
        yield "tool", {"at": at, "name": "parameters"}


def _judge_name(name: Any, at: int, names: set[str]) -> Iterator[Found]:
    if not is_text(name):
        yield "tool", {"at": at, "name": "name"}
    elif not NAME.fullmatch(name):
        yield "tool_name", {"at": at, "found": short(name)}
    elif name in names:
        yield "tool_twice", {"name": name}
    else:
        names.add(name)


def judge_calls(value: Any, at: int, talk: Talk) -> Iterator[Found]:
    """The talk gets the ids of what is called, with the message that did."""
    if not isinstance(value, list) or not value:
        yield "call", {"at": at, "name": "tool_calls"}
        return
    for call in value:
        if not isinstance(call, Mapping) or not is_text(call.get("id")):
            yield "call", {"at": at, "name": "id"}
            continue
        if call["id"] in talk.open_calls:
            yield "call", {"at": at, "name": "id"}
        talk.open_calls[call["id"]] = at
        kind = call.get("type")
        if kind not in talk.rules.tools or not isinstance(call.get(kind), Mapping):
            yield "call", {"at": at, "name": "function"}
        else:
            yield from judge_function(call[kind], at, talk, "input" if kind == "custom" else "arguments")


def judge_function(function: Mapping[str, Any], at: int, talk: Talk, field: str = "arguments") -> Iterator[Found]:
    """`field` holds what the tool is called with: JSON in `arguments`, any text in `input`."""
    name, arguments = function.get("name"), function.get(field)
    if not is_text(name):
        yield "call", {"at": at, "name": "name"}
        return
    if not isinstance(arguments, str):
        yield "call", {"at": at, "name": field}
    else:
        talk.told.texts += [name, arguments]
        if field == "arguments" and not _is_object(arguments):
            yield "call_json", {"at": at, "tool": short(name)}
    if name not in talk.tools:
        yield "tool_unknown", {"at": at, "tool": short(name)}


def _is_object(text: str) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except ValueError:
        return False
