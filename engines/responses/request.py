"""The body of a call to /v1/responses, checked and turned into what chat works with."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from engines.chat.formats import read_format
from engines.chat.messages import Message
from engines.chat.request import DEFAULT_LONGEST, WEAK_MODEL_DEFAULTS, ChatRequest
from engines.chat.tools import read_tools
from engines.errors import ApiError, invalid
from engines.fields import Fields
from engines.responses.items import Item, as_messages, read_input
from engines.responses.limits import LEAST_OUTPUT_TOKENS, MOST_CARRIED, MOST_ID, MOST_METADATA, MOST_METADATA_KEY, MOST_METADATA_VALUE

KNOWN = {
    "model", "input", "instructions", "previous_response_id", "store", "background", "stream", "max_output_tokens", "temperature",
    "top_p", "parallel_tool_calls", "tools", "tool_choice", "text", "metadata",
}  # fmt: skip
# Harmless here, so they are taken and have no effect.
WITHOUT_EFFECT = {
    "user", "safety_identifier", "service_tier", "prompt_cache_key", "prompt_cache_options",
    "prompt_cache_retention", "stream_options", "truncation",
}  # fmt: skip
# Taking them in silence would promise something that does not happen.
UNSUPPORTED = {
    "conversation", "background_options", "max_tool_calls", "top_logprobs", "reasoning", "include", "context_management", "image",
    "moderation", "access_programs", "prompt",
}  # fmt: skip
# Where the same thing stands in a chat call, and where here.
PLACES = (
    ("response_format.json_schema", "text.format"),
    ("response_format", "text.format"),
    (".allowed_tools", ""),
    (".function", ""),
    ("messages", "input"),
)


@dataclass(frozen=True, slots=True)
class ResponseAsk:
    """`items` are those of this call; `echo` is what the response repeats of it."""

    chat: ChatRequest
    items: list[Item]
    stream: bool
    store: bool
    background: bool
    echo: dict[str, Any]


def read_request(values: dict[str, Any], find_context: Callable[[str], list[Item]], find_item: Callable[[str], Item | None]) -> ResponseAsk:
    """`find_context` gives the items of a stored response and of all before it, or refuses."""
    body = Fields(values)
    model = body.required_text("model")
    body.refuse_unknown(KNOWN, WITHOUT_EFFECT, UNSUPPORTED)
    store, background, stream = body.flag("store", True), body.flag("background"), body.flag("stream")
    if background and not store:
        raise invalid("'background' needs 'store': true.", "background")
    previous = body.text("previous_response_id", longest=MOST_ID)
    items = read_input(body, find_item)
    context = find_context(previous) if previous else []
    fresh = refuse_doubles(items, context)
    instructions = body.text("instructions")
    messages = as_messages([*context, *fresh])
    if instructions:
        messages = [{"role": "system", "content": instructions}, *messages]
    refuse_too_much(messages)
    sampling = read_sampling(body)
    echo = read_echo(body, sampling) | {
        "previous_response_id": previous,
        "instructions": instructions,
        "store": store,
        "background": background,
    }
    chat = read_chat(body, model, messages, sampling, stream)
    refuse_too_deep(echo)
    return ResponseAsk(chat, items, stream, store, background, echo)


def refuse_doubles(items: list[Item], context: list[Item]) -> list[Item]:
    """What the context does not have yet. An id stands for one item: another one by the same id would be lost in silence."""
    known = {item["id"]: item for item in context}
    fresh = [item for item in items if known.setdefault(item["id"], item) is item]
    for item in items:
        if known[item["id"]] != item:
            raise invalid(f"Duplicate item found with id {item['id']}.", "input")
    return fresh


def refuse_too_much(messages: list[Message]) -> None:
    """Before the model gets to read it: what it is asked by one call is bound in sum, not only each turn of it."""
    carried = sum(len(message["content"]) for message in messages)
    if carried > MOST_CARRIED:
        message = f"The conversation is {carried} characters long, with what came before; at most {MOST_CARRIED} are read."
        raise invalid(message, "input", "context_length_exceeded")


def refuse_too_deep(echo: dict[str, Any]) -> None:
    """What is repeated in the response has to be written again: JSON can be read four times as deep as it can be written."""
    for name, value in echo.items():
        try:
            orjson.dumps(value)
        except TypeError:
            raise invalid(f"'{name}' is nested too deeply.", name) from None


def read_chat(body: Fields, model: str, messages: list[dict[str, str]], sampling: dict[str, Any], stream: bool) -> ChatRequest:
    text = body.object("text") or Fields({}, "text")
    text.refuse_unknown({"format"}, unsupported={"verbosity"})
    same = Fields(
        {
            "messages": messages,
            "response_format": nest_format(text),
            "tools": [nest_tool(Fields(tool, f"tools[{i}]")) for i, tool in enumerate(body.array("tools", 128) or [])] or None,
            "tool_choice": nest_choice(body),
            "parallel_tool_calls": body.get("parallel_tool_calls"),
        }
    )
    with named_here():
        return ChatRequest(model, messages, 1, stream, True, None, read_format(same), read_tools(same), sampling)


@contextlib.contextmanager
def named_here() -> Iterator[None]:
    """Refusals of what we share with chat, with the names that the fields have here."""
    try:
        yield
    except ApiError as refused:
        raise put_here(refused) from refused


def put_here(refused: ApiError) -> ApiError:
    """The same refusal, with the names that the fields have here."""
    for there, here in PLACES:
        refused.param = refused.param.replace(there, here) if refused.param else None
        refused.message = refused.message.replace(f"{there}'", f"{here}'").replace(f"{there}.", f"{here}." if here else ".")
    return refused


def nest_format(text: Fields) -> dict[str, Any] | None:
    wanted = text.object("format")
    if wanted is None:
        return None
    kind = wanted.one_of("type", ("text", "json_object", "json_schema"))
    rest = {name: value for name, value in wanted.values.items() if name != "type"}
    return {"type": kind, "json_schema": rest} if kind == "json_schema" else {"type": kind}


def nest_tool(tool: Fields) -> dict[str, Any]:
    if tool.required_text("type") != "function":
        message = f"This model calls functions only, no tools of type '{tool.get('type')}'."
        raise invalid(message, tool.name_of("type"), "unsupported_value")
    return {"type": "function", "function": {name: value for name, value in tool.values.items() if name != "type"}}


def nest_choice(body: Fields) -> Any:
    choice = body.get("tool_choice")
    if choice in ("auto", "none") and not body.get("tools"):
        return None
    if not isinstance(choice, dict):
        return choice
    fields = Fields(choice, "tool_choice")
    if fields.one_of("type", ("function", "allowed_tools")) == "function":
        return {"type": "function", "function": {"name": fields.required_text("name")}}
    allowed = [nest_tool(Fields(tool, f"tool_choice.tools[{i}]")) for i, tool in enumerate(fields.full_array("tools", 128))]
    return {"type": "allowed_tools", "allowed_tools": {"mode": fields.required_text("mode"), "tools": allowed}}


def read_sampling(body: Fields) -> dict[str, Any]:
    given = {"temperature": body.number("temperature", 0, 2), "top_p": body.number("top_p", 0, 1)}
    longest = body.integer("max_output_tokens", LEAST_OUTPUT_TOKENS, 2**31 - 1) or DEFAULT_LONGEST
    return {**WEAK_MODEL_DEFAULTS, **{name: value for name, value in given.items() if value is not None}, "max_tokens": longest}


def read_echo(body: Fields, sampling: dict[str, Any]) -> dict[str, Any]:
    tools = [
        {"description": None, "strict": False, "parameters": {}, **tool}
        for tool in body.array("tools", 128) or []
        if isinstance(tool, dict)
    ]
    text = body.get("text")
    return {
        "max_output_tokens": body.get("max_output_tokens"),
        "metadata": read_metadata(body),
        "parallel_tool_calls": body.flag("parallel_tool_calls", True),
        "temperature": sampling["temperature"],
        "top_p": sampling["top_p"],
        "tools": tools,
        "tool_choice": body.get("tool_choice") or "auto",
        "text": text if isinstance(text, dict) and text.get("format") else {"format": {"type": "text"}},
    }


def read_metadata(body: Fields) -> dict[str, str]:
    metadata = body.object("metadata")
    if metadata is None:
        return {}
    if len(metadata.values) > MOST_METADATA:
        raise invalid(f"'metadata' has more than {MOST_METADATA} entries.", "metadata", "object_above_max_properties")
    for key in metadata.values:
        if len(key) > MOST_METADATA_KEY:
            raise invalid(f"A key of 'metadata' is longer than {MOST_METADATA_KEY} characters.", "metadata", "string_above_max_length")
        if not isinstance(metadata.get(key), str):
            raise metadata.wrong_type(metadata.name_of(key), "a string", metadata.get(key))
        metadata.text(key, longest=MOST_METADATA_VALUE)
    return metadata.values
