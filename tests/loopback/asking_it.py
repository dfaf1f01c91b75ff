"""A plain client of the loopback provider, for its own tests."""

import json
import uuid
from typing import Any

import httpx

from tests.loopback import Loopback


def new_marker() -> str:
    return f"#t-{uuid.uuid4().hex[:8]}"


def question(model: str, text: str = "Hello", stream: bool = True, **more: Any) -> dict[str, Any]:
    asked = {"model": model, "messages": [{"role": "user", "content": text}], "stream": stream}
    return asked | ({"stream_options": {"include_usage": True}} if stream else {}) | more


def ask(loopback: Loopback, model: str, text: str = "Hello", stream: bool = True, **more: Any) -> httpx.Response:
    address = f"{loopback.url}/chat/completions"
    headers = {"authorization": "Bearer sk-loop"}
    return httpx.post(address, json=question(model, text, stream, **more), headers=headers, timeout=15, trust_env=False)


def events(body: str) -> list[dict[str, Any]]:
    """The JSON objects of an event stream."""
    return [json.loads(line[6:]) for line in body.split("\n") if line.startswith("data: {")]


def text_of(body: str, field: str = "content") -> str:
    deltas = [choice["delta"] for event in events(body) for choice in event.get("choices", [])]
    return "".join(delta.get(field) or "" for delta in deltas)


def finish_of(body: str) -> str | None:
    reasons = [choice["finish_reason"] for event in events(body) for choice in event.get("choices", [])]
    return next((reason for reason in reasons if reason), None)
