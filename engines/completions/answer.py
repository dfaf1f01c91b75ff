"""OpenAI's shapes of a continued text: one object, or chunks that look the same."""

import secrets
import time
from typing import Any

from engines.chat.answer import build_usage
from engines.chat.tokens import Counts


class Answer:
    """What the chunks and the whole answer of one call have in common."""

    def __init__(self, model: str, fingerprint: str, wants_usage: bool) -> None:
        self.wants_usage = wants_usage
        self.head = {
            "id": f"cmpl-{secrets.token_hex(14)}",
            "object": "text_completion",
            "created": int(time.time()),
            "model": model,
            "system_fingerprint": fingerprint,
        }

    def chunk(self, text: str, finish: str | None = None) -> dict[str, Any]:
        chunk = {**self.head, "choices": [choice_of(text, finish)]}
        return {**chunk, "usage": None} if self.wants_usage else chunk

    def usage_chunk(self, counts: Counts) -> dict[str, Any]:
        return {**self.head, "choices": [], "usage": build_usage(counts)}

    def whole(self, text: str, finish: str, counts: Counts) -> dict[str, Any]:
        return {**self.head, "choices": [choice_of(text, finish)], "usage": build_usage(counts)}


def choice_of(text: str, finish: str | None) -> dict[str, Any]:
    return {"index": 0, "text": text, "logprobs": None, "finish_reason": finish}
