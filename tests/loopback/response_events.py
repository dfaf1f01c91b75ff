"""The answer of `/v1/responses` as an object, and as the events of a stream: made from the object, so that both say the same."""

import base64
import functools
import io
import json
from collections.abc import Iterator
from typing import Any

from tests.loopback.asking import Ask
from tests.loopback.frames import CREATED
from tests.loopback.stories import pieces, thoughts

SOURCES = ("https://example.org/harbour", "https://example.org/tides", "javascript:window.owned=true", "https://example.org/lamps?a=1&b=2")
REFUSAL = "I cannot help with that."
WITH_TOOLS = ("resp-search", "resp-code", "resp-files", "resp-picture")


@functools.cache
def picture() -> str:
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(made, "PNG")
    return base64.b64encode(made.getvalue()).decode()


def head_of(ask: Ask, id: str, status: str = "in_progress") -> dict[str, Any]:
    """The object without its answer; it repeats what was asked, as the API does."""
    asked = ask.body
    return {
        "id": id,
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "background": bool(asked.get("background")),
        "error": None,
        "incomplete_details": None,
        "instructions": asked.get("instructions"),
        "max_output_tokens": asked.get("max_output_tokens"),
        "model": ask.model,
        "output": [],
        "store": asked.get("store", True),
        "text": asked.get("text") or {"format": {"type": "text"}},
        "tools": asked.get("tools") or [],
        "usage": None,
    }


def told(ask: Ask) -> tuple[str, ...]:
    return tuple(pieces(ask.model, ask.limit))


def is_cut_short(ask: Ask) -> bool:
    return ask.limit is not None and len(told(ask)) < len(pieces(ask.model))


def response_of(ask: Ask, id: str) -> dict[str, Any]:
    """The whole answer, as it ends."""
    whole = {**head_of(ask, id, "completed"), "output": output_of(ask), "usage": usage_of(ask)}
    if ask.name == "resp-failed":
        whole |= {"status": "failed", "error": {"code": "server_error", "message": "The model ran out of memory."}, "output": []}
    elif ask.name == "filtered":
        whole |= {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}
    elif ask.name == "length" or is_cut_short(ask):
        whole |= {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    return whole


def usage_of(ask: Ask) -> dict[str, Any]:
    thinking = 20 if ask.name == "thinking" else 0
    asked, answered = ask.prompt_tokens, len(told(ask)) + thinking
    return {
        "input_tokens": asked,
        "input_tokens_details": {"cached_tokens": min(3, asked)},
        "output_tokens": answered,
        "output_tokens_details": {"reasoning_tokens": thinking},
        "total_tokens": asked + answered,
    }


def output_of(ask: Ask) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    if ask.name == "thinking":
        summary = [{"type": "summary_text", "text": "".join(thoughts())}]
        items.append({"type": "reasoning", "id": "rs_1", "summary": summary, "encrypted_content": None})
    items += tool_items(ask)
    if ask.name == "resp-function":
        return [*items, *function_calls()]
    return [*items, message_of(ask)]


def tool_items(ask: Ask) -> list[dict[str, Any]]:
    if ask.name == "resp-search":
        pages = [{"type": "url", "url": url} for url in SOURCES[:3]]
        return [
            {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "a", "sources": pages}}
        ]
    if ask.name == "resp-code":
        call = {"type": "code_interpreter_call", "id": "ci_1", "status": "completed", "container_id": "cntr_1", "outputs": None}
        return [{**call, "code": "print(6 * 7)"}]
    if ask.name == "resp-files":
        return [{"type": "file_search_call", "id": "fs_1", "status": "completed", "queries": ["tides", "lamps"], "results": None}]
    if ask.name == "resp-picture":
        return [{"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": picture(), "revised_prompt": "A boat"}]
    return []


def function_calls() -> list[dict[str, Any]]:
    return [
        {"type": "function_call", "id": f"fc_{n}", "call_id": f"call_{n}", "name": "look_up", "arguments": json.dumps({"word": word})}
        for n, word in enumerate(("tide", "lamp"), 1)
    ]


def message_of(ask: Ask) -> dict[str, Any]:
    if ask.name == "resp-refusal":
        content: dict[str, Any] = {"type": "refusal", "refusal": REFUSAL}
    else:
        content = {"type": "output_text", "text": "".join(told(ask)), "annotations": annotations_of(ask), "logprobs": []}
    return {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [content]}


def annotations_of(ask: Ask) -> list[dict[str, Any]]:
    if ask.name != "resp-search":
        return []
    cited = [
        {"type": "url_citation", "url": url, "title": f"Page <b>{n}</b>", "start_index": n, "end_index": n + 1}
        for n, url in enumerate(SOURCES)
    ]
    return [
        *cited,
        {**cited[0], "start_index": 9, "end_index": 12},
        {"type": "file_citation", "file_id": "file-1", "filename": "tides.txt"},
    ]


def events_of(ask: Ask, whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All events of the answer in their order, with their numbers."""
    for number, event in enumerate(_events(ask, whole)):
        yield {**event, "sequence_number": number}


def _events(ask: Ask, whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    begun = head_of(ask, whole["id"])
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(whole["output"]):
        yield from _item_events(ask, index, item)
    yield {"type": f"response.{whole['status']}", "response": whole}


def _item_events(ask: Ask, index: int, item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    at = {"item_id": item["id"], "output_index": index}
    empty = {name: value for name, value in item.items() if name not in {"content", "result", "arguments", "summary"}}
    yield {"type": "response.output_item.added", "output_index": index, "item": {**empty, "status": "in_progress"}}
    kind = item["type"]
    if kind == "message":
        yield from _content_events(ask, at, item["content"][0])
    elif kind == "reasoning":
        where = {**at, "summary_index": 0}
        yield {"type": "response.reasoning_summary_part.added", **where, "part": {"type": "summary_text", "text": ""}}
        for thought in thoughts():
            yield {"type": "response.reasoning_summary_text.delta", **where, "delta": thought}
        yield {"type": "response.reasoning_summary_text.done", **where, "text": "".join(thoughts())}
        yield {"type": "response.reasoning_summary_part.done", **where, "part": item["summary"][0]}
    elif kind == "function_call":
        half = len(item["arguments"]) // 2
        for part in (item["arguments"][:half], item["arguments"][half:]):
            yield {"type": "response.function_call_arguments.delta", **at, "delta": part}
        yield {"type": "response.function_call_arguments.done", **at, "arguments": item["arguments"]}
    else:
        for step in ("in_progress", "completed"):
            yield {"type": f"response.{kind}.{step}", **at}
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _content_events(ask: Ask, at: dict[str, Any], part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    at = {**at, "content_index": 0}
    yield {"type": "response.content_part.added", **at, "part": {**part, part["type"].removeprefix("output_"): "", "annotations": []}}
    if part["type"] == "refusal":
        yield {"type": "response.refusal.delta", **at, "delta": REFUSAL[:9]}
        yield {"type": "response.refusal.delta", **at, "delta": REFUSAL[9:]}
        yield {"type": "response.refusal.done", **at, "refusal": REFUSAL}
    else:
        for piece in told(ask):
            yield {"type": "response.output_text.delta", **at, "delta": piece, "logprobs": []}
        for number, annotation in enumerate(part["annotations"]):
            yield {"type": "response.output_text.annotation.added", **at, "annotation_index": number, "annotation": annotation}
        yield {"type": "response.output_text.done", **at, "text": part["text"], "logprobs": []}
    yield {"type": "response.content_part.done", **at, "part": part}
