"""The JSON and the event frames of chat completions, made once for each model and piece."""

import functools
import json
from typing import Any

from tests.loopback.asking import Ask

CREATED = 1_790_000_000
STREAM_HEADERS = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}


def frame(data: Any) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n\n"


def chunk(model: str, choices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"id": "chatcmpl-loop", "object": "chat.completion.chunk", "created": CREATED, "model": model, "choices": choices, **more}


def delta(model: str, finish: str | None = None, **parts: Any) -> bytes:
    return frame(chunk(model, [{"index": 0, "delta": parts, "finish_reason": finish}]))


@functools.lru_cache(maxsize=20_000)
def piece_frame(model: str, piece: str, field: str = "content") -> bytes:
    return delta(model, **{field: piece})


def usage(ask: Ask, pieces: int, thoughts: int = 0) -> dict[str, Any]:
    return {
        "prompt_tokens": ask.prompt_tokens,
        "completion_tokens": pieces + thoughts,
        "total_tokens": ask.prompt_tokens + pieces + thoughts,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": thoughts},
    }


def completion(ask: Ask, text: str, finish: str, thinking: str = "", used: dict[str, Any] | None = None) -> bytes:
    """The whole answer as one object, for those who asked for no stream."""
    message = {"role": "assistant", "content": text, "refusal": None}
    if thinking:
        message["reasoning_content"] = thinking
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    body = {"id": "chatcmpl-loop", "object": "chat.completion", "created": CREATED, "model": ask.model, "choices": [choice]}
    return json.dumps(body | ({"usage": used} if used else {})).encode()


def error(message: str, kind: str = "invalid_request_error", code: str | None = None, param: str | None = None) -> bytes:
    return json.dumps({"error": {"message": message, "type": kind, "param": param, "code": code}}).encode()
