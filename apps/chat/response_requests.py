"""The conversation and its settings as the Responses API takes them.

What is asked is kept in the terms of chat completions, whichever way it goes: so the same question can be sent the other way.
Here it is told anew, for `POST /responses`. Pure.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

Item = dict[str, Any]
YES: Final = "yes"
PASSED: Final = ("temperature", "top_p", "top_logprobs", "parallel_tool_calls", "max_tool_calls", "metadata", "service_tier",
                 "prompt_cache_key", "safety_identifier", "truncation", "user")  # fmt: skip
LIMITS: Final = ("max_completion_tokens", "max_tokens")
LEAST_OUTPUT: Final = 16  # the API takes no lower limit
# The provider's own tools: our setting, and the tool that it adds.
OWN_TOOLS: Final[dict[str, Item]] = {
    "web_search": {"type": "web_search"},
    "code_interpreter": {"type": "code_interpreter", "container": {"type": "auto"}},
    "image_generation": {"type": "image_generation"},
}
# What a refusal names -> our setting.
OURS_FOR: Final = {
    "reasoning.effort": "reasoning_effort",
    "reasoning.summary": "reasoning_summary",
    "reasoning": "reasoning_effort",
    "text.verbosity": "verbosity",
    "text.format": "response_format",
    "max_output_tokens": "max_completion_tokens",
    "background": "in_background",
}
_FORMAT = ("name", "description", "schema", "strict")


def body_of(model: str, params: Mapping[str, Any], messages: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Everything but `stream` and `background`."""
    instructions, items = input_of(messages)
    body: dict[str, Any] = {"model": model, "instructions": instructions, "input": items}
    body |= {name: params[name] for name in PASSED if params.get(name) is not None}
    limit = next((params[name] for name in LIMITS if params.get(name) is not None), None)
    told = {
        "max_output_tokens": None if limit is None else max(int(limit), LEAST_OUTPUT),
        "reasoning": _some(effort=params.get("reasoning_effort"), summary=params.get("reasoning_summary")),
        "text": _some(format=_format_of(params.get("response_format")), verbosity=params.get("verbosity")),
        "tools": tools_of(params),
        "tool_choice": _choice_of(params.get("tool_choice")),
        "include": _included(params),
    }
    kept = params.get("store") == YES or params.get("in_background") == YES
    return {name: value for name, value in {**body, **told}.items() if value not in (None, {}, [])} | {"store": kept}


def input_of(messages: Iterable[Mapping[str, Any]]) -> tuple[str | None, list[Item]]:
    """The instructions, and the items of all other messages."""
    messages = list(messages)
    instructions = None
    if messages and messages[0].get("role") in {"system", "developer"} and isinstance(messages[0].get("content"), str):
        instructions, messages = messages[0]["content"], messages[1:]
    return instructions, [item for message in messages for item in _items_of(message)]


def _items_of(message: Mapping[str, Any]) -> list[Item]:
    role, content = str(message.get("role")), message.get("content")
    if role == "tool":
        return [{"type": "function_call_output", "call_id": str(message.get("tool_call_id", "")), "output": content}]
    items: list[Item] = [{"role": role, "content": _content_of(role, content)}] if content else []
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") or {}
        named = {"name": function.get("name", ""), "arguments": function.get("arguments", "")}
        items.append({"type": "function_call", "call_id": str(call.get("id", "")), **named})
    return items


def _content_of(role: str, content: Any) -> Any:
    """A text as it is; parts under the names that they have here."""
    if not isinstance(content, list):
        return content
    return [_part_of(role, part) for part in content if isinstance(part, Mapping)]


def _part_of(role: str, part: Mapping[str, Any]) -> Item:
    kind = part.get("type")
    if kind == "text":
        return {"type": "output_text" if role == "assistant" else "input_text", "text": part.get("text", "")}
    if kind == "image_url":
        told = part.get("image_url")
        image = told if isinstance(told, Mapping) else {"url": told}
        return {"type": "input_image", "image_url": image.get("url"), "detail": image.get("detail", "auto")}
    if kind == "file":
        return {"type": "input_file", **part.get("file", {})}
    return dict(part)


def tools_of(params: Mapping[str, Any]) -> list[Item]:
    """The functions of the chat, and the provider's own tools that are switched on."""
    given = params.get("tools")
    tools = [_tool_of(tool) for tool in given if isinstance(tool, Mapping)] if isinstance(given, list) else []
    tools += [dict(tool) for name, tool in OWN_TOOLS.items() if params.get(name) == YES]
    if stores := params.get("file_search"):
        tools.append({"type": "file_search", "vector_store_ids": list(stores)})
    return tools


def _tool_of(tool: Mapping[str, Any]) -> Item:
    """A function without the shell that chat puts around it. Strict only where that was said: here it is the default."""
    function = tool.get("function")
    return {"type": "function", "strict": False, **function} if isinstance(function, Mapping) else dict(tool)


def _choice_of(choice: Any) -> Any:
    function = choice.get("function") if isinstance(choice, Mapping) else None
    return {"type": "function", "name": function.get("name")} if isinstance(function, Mapping) else choice


def _format_of(given: Any) -> Item | None:
    if isinstance(given, str):
        return {"type": given}
    schema = given.get("json_schema") if isinstance(given, Mapping) else None
    if isinstance(schema, Mapping):
        return {"type": "json_schema", **{name: schema[name] for name in _FORMAT if name in schema}}
    return dict(given) if isinstance(given, Mapping) else None


def _included(params: Mapping[str, Any]) -> list[str]:
    wanted = {"web_search_call.action.sources": params.get("web_search") == YES, "message.output_text.logprobs": params.get("logprobs")}
    return [name for name, is_wanted in wanted.items() if is_wanted]


def _some(**values: Any) -> Item:
    return {name: value for name, value in values.items() if value is not None}
