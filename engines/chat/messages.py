"""OpenAI's messages, turned into what a small model can read: roles and plain text."""

from engines.errors import invalid
from engines.fields import Fields

ROLES = ("developer", "system", "user", "assistant", "tool", "function")
MAX_MESSAGES = 4096
MAX_CALLS = 128
TEXT_KEYS = {"text": "text", "refusal": "refusal"}

Message = dict[str, str]


def read_messages(body: Fields) -> list[Message]:
    """The checked conversation. Messages of the role "tool" hold the results of functions."""
    messages: list[Message] = []
    open_calls: dict[str, str] = {}
    for number, value in enumerate(body.full_array("messages", MAX_MESSAGES)):
        fields = Fields(value, f"messages[{number}]")
        role = fields.one_of("role", ROLES)
        fields.text("name")
        if role not in ("tool", "function"):
            refuse_unanswered(open_calls, fields)
        messages.append(read_message(role, fields, open_calls))
    if open_calls:
        refuse_unanswered(open_calls, body)
    return messages


def read_message(role: str, fields: Fields, open_calls: dict[str, str]) -> Message:
    if role in ("developer", "system"):
        return {"role": "system", "content": read_content(fields)}
    if role == "assistant":
        return {"role": "assistant", "content": read_assistant(fields, open_calls)}
    if role == "user":
        return {"role": "user", "content": read_content(fields)}
    return {"role": "tool", "content": read_result(role, fields, open_calls)}


def read_content(fields: Fields) -> str:
    content = fields.require("content")
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise fields.wrong_type(fields.name_of("content"), "a string or an array of parts", content)
    return "\n".join(read_part(Fields(part, f"{fields.name_of('content')}[{i}]")) for i, part in enumerate(content))


def read_part(part: Fields) -> str:
    kind = part.required_text("type")
    if kind in ("image_url", "input_audio", "file"):
        raise invalid(f"This model reads text only, not parts of type '{kind}'.", part.name_of("type"), "unsupported_value")
    if kind not in TEXT_KEYS:
        raise part.not_among("type", kind, TEXT_KEYS)
    part.require(TEXT_KEYS[kind])
    return part.text(TEXT_KEYS[kind]) or ""


def read_assistant(fields: Fields, open_calls: dict[str, str]) -> str:
    texts = [read_content(fields)] if fields.has("content") else []
    texts += [refusal] if (refusal := fields.text("refusal")) else []
    if fields.has("audio"):
        raise invalid("This model cannot refer to spoken answers.", fields.name_of("audio"), "unsupported_value")
    calls = fields.array("tool_calls", MAX_CALLS) or []
    for i, call in enumerate(calls):
        read_call(Fields(call, f"{fields.name_of('tool_calls')}[{i}]"), open_calls)
    if old_call := fields.object("function_call"):
        old_call.required_text("name")
    if not texts and not calls and not old_call:
        fields.require("content")
    return "\n".join(text for text in texts if text)


def read_call(call: Fields, open_calls: dict[str, str]) -> None:
    call.one_of("type", ("function",))
    function = call.required_object("function")
    function.text("arguments")
    open_calls[call.required_text("id")] = function.required_text("name")


def read_result(role: str, fields: Fields, open_calls: dict[str, str]) -> str:
    if role == "function":
        name = fields.required_text("name")
    else:
        call_id = fields.required_text("tool_call_id")
        if call_id not in open_calls:
            message = f"'{fields.name_of('tool_call_id')}' answers no call of the assistant's message before it."
            raise invalid(message, fields.name_of("tool_call_id"))
        name = open_calls.pop(call_id)
    content = read_content(fields) if fields.has("content") or role == "tool" else ""
    return f"{content} (from {name})"


def refuse_unanswered(open_calls: dict[str, str], fields: Fields) -> None:
    if open_calls:
        listed = ", ".join(open_calls)
        raise invalid(f"Each call of a tool must be followed by its result. Without one: {listed}.", fields.path or "messages")


def last_user_text(messages: list[Message]) -> str:
    return next((message["content"] for message in reversed(messages) if message["role"] == "user"), "")


def render(messages: list[Message], instructions: str = "") -> list[Message]:
    """As the model gets them. Results of functions become things it knows; the calls themselves are left out.

    Shown calls and results, a small model writes more of them, or explains the JSON, instead of answering.
    """
    results = "\n".join(message["content"] for message in messages if message["role"] == "tool")
    told = [message for message in messages if message["role"] != "tool" and (message["content"] or message["role"] != "assistant")]
    if results:
        instructions = f"You know this: {results}\nAnswer with it, in words.\n{instructions}".strip()
    if not instructions:
        return told
    if told and told[0]["role"] == "system":
        return [{"role": "system", "content": f"{told[0]['content']}\n\n{instructions}"}, *told[1:]]
    return [{"role": "system", "content": instructions}, *told]
