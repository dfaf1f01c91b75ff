"""A conversation: who says what, in which order, with which pictures and calls."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from jsonl.talks import Talk
from jsonl.tools import judge_calls, judge_function
from jsonl.values import Found, is_text, kind_of, short, unknown_keys

ROLES: Final = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
KEYS: Final = frozenset(
    {"role", "content", "name", "weight", "tool_calls", "function_call", "tool_call_id", "refusal", "audio", "annotations"}
)
ASKING: Final = frozenset({"system", "developer", "user"})
TEXT_ONLY: Final = frozenset({"text"})
DATA: Final = re.compile(r"data:([\w.+-]+/[\w.+-]+);base64,")


def judge_messages(value: Any, talk: Talk, name: str = "messages") -> Iterator[Found]:
    if not isinstance(value, list) or not value:
        yield "no_list", {"name": name}
        return
    images = talk.told.images
    for at, message in enumerate(value, 1):
        yield from judge_message(message, at, talk)
    if talk.told.images - images > talk.rules.most_images:
        yield "line_images", {"have": talk.told.images - images, "most": talk.rules.most_images}
    if talk.rules.is_request:
        yield from open_calls(talk)


def judge_message(message: Any, at: int, talk: Talk) -> Iterator[Found]:
    if not isinstance(message, Mapping):
        talk.roles.append("")
        yield "message", {"at": at}
        return
    role = message.get("role")
    talk.roles.append(role if isinstance(role, str) else "")
    if not isinstance(role, str) or role not in ROLES:
        yield "role", {"at": at, "role": short(role)}
        return
    yield from unknown_keys(message, KEYS)
    if (message.get("name") is not None or role == "function") and not is_text(message.get("name")):
        yield "no_text", {"name": "name"}
    yield from _judge_turn(message, role, at, talk)
    yield from _judge_content(message, role, at, talk)
    yield from _judge_weight(message, role, at, talk)


def _judge_turn(message: Mapping[str, Any], role: str, at: int, talk: Talk) -> Iterator[Found]:
    """Calls are answered before anybody else speaks."""
    if role == "tool":
        answered = message.get("tool_call_id")
        if not isinstance(answered, str) or talk.open_calls.pop(answered, None) is None:
            yield "call_unknown", {"at": at, "id": short(answered)}
        return
    yield from open_calls(talk)
    if role == "function":
        yield "function_role", {"at": at}
    if role == "assistant" and message.get("tool_calls") is not None:
        yield from judge_calls(message["tool_calls"], at, talk)
    old = message.get("function_call")
    if role == "assistant" and old is not None:
        if isinstance(old, Mapping):
            yield from judge_function(old, at, talk)
        else:
            yield "call", {"at": at, "name": "function_call"}


def open_calls(talk: Talk) -> Iterator[Found]:
    for call, caller in talk.open_calls.items():
        yield "call_open", {"at": caller, "id": short(call)}
    talk.open_calls.clear()


def _judge_content(message: Mapping[str, Any], role: str, at: int, talk: Talk) -> Iterator[Found]:
    content = message.get("content")
    if isinstance(content, str):
        talk.told.texts.append(content)
        if talk.rules.is_request or content.strip():
            return
        if role == "assistant" and not _does(message):
            yield "blank_answer", {"at": at}
        elif role in ASKING:
            yield "no_content", {"at": at}
    elif isinstance(content, list):
        if not content:
            yield "no_content", {"at": at}
        for part in content:
            yield from _judge_part(part, role, at, talk)
    elif content is not None:
        yield "content", {"at": at}
    elif role != "assistant" or not _does(message):
        yield "no_content", {"at": at}


def _does(message: Mapping[str, Any]) -> bool:
    """Whether an answer without words is one: it calls a tool, or declines."""
    return any(message.get(name) for name in ("tool_calls", "function_call", "refusal", "audio"))


def _judge_part(part: Any, role: str, at: int, talk: Talk) -> Iterator[Found]:
    kind = part.get("type") if isinstance(part, Mapping) else None
    if kind == "image_url" and role != "user":
        yield "image_role", {"at": at}
    elif not isinstance(kind, str) or kind not in talk.rules.parts.get(role, TEXT_ONLY):
        yield "part", {"at": at, "role": role, "found": short(kind)}
    elif kind == "image_url":
        talk.told.images += 1
        yield from _judge_image(part.get("image_url"), at, talk)
    elif kind in {"text", "refusal"}:
        if isinstance(part.get(kind), str):
            talk.told.texts.append(part[kind])
        else:
            yield "content", {"at": at}


def _judge_image(value: Any, at: int, talk: Talk) -> Iterator[Found]:
    address = value.get("url") if isinstance(value, Mapping) else None
    if not isinstance(address, str):
        yield "image_address", {"at": at}
        return
    data = DATA.match(address)
    if data is None:
        if not address.startswith(("https://", "http://")):
            yield "image_address", {"at": at}
        return
    size = (len(address) - data.end()) * 3 // 4
    if data[1].lower() not in talk.rules.image_kinds:
        yield "image_kind", {"at": at, "found": short(data[1])}
    elif size > talk.rules.most_image_bytes:
        yield "image_size", {"at": at, "have": size, "most": talk.rules.most_image_bytes}


def _judge_weight(message: Mapping[str, Any], role: str, at: int, talk: Talk) -> Iterator[Found]:
    weight = message.get("weight")
    if role == "assistant":
        talk.weights.append(weight)
    if weight is None:
        return
    if role != "assistant":
        yield "weight_role", {"at": at}
    elif isinstance(weight, bool) or weight not in (0, 1):
        yield "weight", {"at": at, "found": str(weight) if isinstance(weight, (int, float)) else kind_of(weight)}


def last_role(roles: Sequence[str]) -> str:
    return roles[-1] if roles else ""
