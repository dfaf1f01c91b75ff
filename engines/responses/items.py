"""`input`: checked, brought into one form, and turned into the messages of a chat."""

import secrets
from collections.abc import Callable
from typing import Any

from engines.chat.messages import Message
from engines.errors import invalid
from engines.fields import Fields
from engines.responses.limits import MOST_ID, MOST_ITEMS, MOST_REFERENCES

Item = dict[str, Any]
ROLES = ("user", "assistant", "system", "developer")
TEXT_KEYS = {"input_text": "text", "output_text": "text", "refusal": "refusal"}
SEEN_OR_HEARD = ("input_image", "input_file", "input_audio")
PREFIXES = {"message": "msg", "function_call": "fc", "function_call_output": "fco"}


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(24)}"


def read_input(body: Fields, find_item: Callable[[str], Item | None]) -> list[Item]:
    """The items of this call alone. `find_item` knows the stored ones, for references."""
    value = body.require("input")
    if isinstance(value, str):
        return [message_item("user", value)]
    if not isinstance(value, list):
        raise body.wrong_type("input", "a string or an array of items", value)
    fields = [Fields(each, f"input[{i}]") for i, each in enumerate(body.full_array("input", MOST_ITEMS))]
    references = sum(each.get("type") == "item_reference" for each in fields)
    if references > MOST_REFERENCES:
        raise invalid(f"'input' has {references} references, and {MOST_REFERENCES} are taken.", "input", "array_above_max_length")
    return [read_item(each, find_item) for each in fields]


def message_item(role: str, text: str) -> Item:
    kind = "output_text" if role == "assistant" else "input_text"
    part: dict[str, Any] = {"type": kind, "text": text} | ({"annotations": []} if role == "assistant" else {})
    return {"id": new_id("msg"), "type": "message", "status": "completed", "role": role, "content": [part]}


def read_item(fields: Fields, find_item: Callable[[str], Item | None]) -> Item:
    kind = fields.choice("type", (*PREFIXES, "item_reference"), "message")
    fields.text("id", longest=MOST_ID)
    if kind == "item_reference":
        return read_reference(fields, find_item)
    readers = {"message": read_message, "function_call": read_call, "function_call_output": read_output}
    return {"id": fields.text("id") or new_id(PREFIXES[kind]), "type": kind, "status": "completed", **readers[kind](fields)}


def read_reference(fields: Fields, find_item: Callable[[str], Item | None]) -> Item:
    item_id = fields.required_text("id")
    item = find_item(item_id)
    if item is None:
        raise invalid(f"There is no stored item '{item_id}'.", fields.name_of("id"), "item_not_found")
    return item


def read_message(fields: Fields) -> Item:
    role = fields.one_of("role", ROLES)
    return {"role": role, "content": message_item(role, read_texts(fields, "content"))["content"]}


def read_call(fields: Fields) -> Item:
    arguments = fields.require("arguments") and fields.text("arguments")
    return {"call_id": read_id(fields, "call_id"), "name": read_id(fields, "name"), "arguments": arguments or ""}


def read_output(fields: Fields) -> Item:
    return {"call_id": read_id(fields, "call_id"), "output": read_texts(fields, "output")}


def read_id(fields: Fields, field: str) -> str:
    """Also a name: refusals repeat both, so they are short."""
    fields.text(field, longest=MOST_ID)
    return fields.required_text(field)


def read_texts(fields: Fields, field: str) -> str:
    """A text, or the texts of its parts below each other."""
    value = fields.require(field)
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise fields.wrong_type(fields.name_of(field), "a string or an array of parts", value)
    return "\n".join(read_part(Fields(part, f"{fields.name_of(field)}[{i}]")) for i, part in enumerate(value))


def read_part(part: Fields) -> str:
    kind = part.required_text("type")
    if kind in SEEN_OR_HEARD:
        raise invalid(f"This model reads text only, not parts of type '{kind}'.", part.name_of("type"), "unsupported_value")
    if kind not in TEXT_KEYS:
        raise part.not_among("type", kind, TEXT_KEYS)
    part.require(TEXT_KEYS[kind])
    return part.text(TEXT_KEYS[kind]) or ""


def as_messages(items: list[Item]) -> list[Message]:
    """The whole conversation. 400 if a call has no result, or a result no call."""
    messages: list[Message] = []
    open_calls: dict[str, str] = {}
    for item in items:
        if item["type"] == "message":
            role = "system" if item["role"] == "developer" else item["role"]
            messages.append({"role": role, "content": "\n".join(part.get("text", "") for part in item["content"])})
        elif item["type"] == "function_call":
            open_calls[item["call_id"]] = item["name"]
        else:
            if item["call_id"] not in open_calls:
                raise invalid(f"No tool call found for function call output with call_id {item['call_id']}.", "input")
            messages.append({"role": "tool", "content": f"{item['output']} (from {open_calls.pop(item['call_id'])})"})
    if open_calls:
        raise invalid(f"No tool output found for function call {next(iter(open_calls))}.", "input")
    return messages
