"""OpenAI's shapes of an answer: one object, or chunks."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from engines.chat.tokens import Counts, Piece


def trim_logprobs(logprobs: tuple[dict[str, Any], ...], top: int) -> list[dict[str, Any]]:
    """The engine reports more alternatives than were asked for, and token numbers that OpenAI does not show."""
    return [{**clean(each), "top_logprobs": [clean(other) for other in each.get("top_logprobs", [])[:top]]} for each in logprobs]


def clean(token: dict[str, Any]) -> dict[str, Any]:
    return {"token": token["token"], "logprob": token["logprob"], "bytes": token.get("bytes")}


def build_usage(counts: Counts) -> dict[str, Any]:
    return {
        "prompt_tokens": counts.prompt,
        "completion_tokens": counts.completion,
        "total_tokens": counts.prompt + counts.completion,
        "prompt_tokens_details": {"cached_tokens": counts.cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


@dataclass(slots=True)
class Choice:
    """One choice while it is being written."""

    text: str = ""
    logprobs: list[dict[str, Any]] = field(default_factory=list)
    finish: str = "stop"


class Answer:
    """Everything the chunks and the final object of one call have in common."""

    def __init__(self, model: str, fingerprint: str, tool: str | None, top_logprobs: int | None, wants_usage: bool) -> None:
        self.tool = tool
        # Arguments of calls carry no probabilities at OpenAI either.
        self.top_logprobs = None if tool else top_logprobs
        self.wants_usage = wants_usage
        self.head = {
            "id": f"chatcmpl-{secrets.token_hex(14)}",
            "created": int(time.time()),
            "model": model,
            "system_fingerprint": fingerprint,
            "service_tier": "default",
        }

    def name_finish(self, finish: str) -> str:
        return "tool_calls" if self.tool and finish == "stop" else finish

    # --- Chunks ---

    def chunk(self, index: int, delta: dict[str, Any], finish: str | None = None, logprobs: Any = None) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish}
        return self.wrap_chunk([choice])

    def wrap_chunk(self, choices: list[dict[str, Any]], usage: dict[str, Any] | None = None) -> dict[str, Any]:
        chunk = {**self.head, "object": "chat.completion.chunk", "choices": choices}
        return {**chunk, "usage": usage} if self.wants_usage else chunk

    def opening(self, index: int) -> dict[str, Any]:
        """Each choice begins with its role; a call begins with its name."""
        if self.tool is None:
            return self.chunk(index, {"role": "assistant", "content": "", "refusal": None})
        call = {"index": 0, "id": new_call_id(), "type": "function", "function": {"name": self.tool, "arguments": ""}}
        return self.chunk(index, {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]})

    def chunks_of(self, piece: Piece) -> list[dict[str, Any]]:
        chunks = []
        if piece.text or piece.logprobs:
            chunks.append(self.chunk(piece.index, self.delta(piece.text), logprobs=self.logprobs_of(piece)))
        if piece.finish:
            chunks.append(self.chunk(piece.index, {}, self.name_finish(piece.finish)))
        return chunks

    def delta(self, text: str) -> dict[str, Any]:
        return {"tool_calls": [{"index": 0, "function": {"arguments": text}}]} if self.tool else {"content": text}

    def logprobs_of(self, piece: Piece) -> dict[str, Any] | None:
        if self.top_logprobs is None:
            return None
        return {"content": trim_logprobs(piece.logprobs, self.top_logprobs), "refusal": None}

    def usage_chunk(self, counts: Counts) -> dict[str, Any]:
        return self.wrap_chunk([], build_usage(counts))

    # --- The whole answer ---

    def add(self, choices: list[Choice], piece: Piece) -> None:
        if piece.counts is not None:
            return
        choice = choices[piece.index]
        choice.text += piece.text
        choice.finish = piece.finish or choice.finish
        if self.top_logprobs is not None:
            choice.logprobs += trim_logprobs(piece.logprobs, self.top_logprobs)

    def completion(self, choices: list[Choice], counts: Counts) -> dict[str, Any]:
        built = [self.finished_choice(index, choice) for index, choice in enumerate(choices)]
        return {**self.head, "object": "chat.completion", "choices": built, "usage": build_usage(counts)}

    def finished_choice(self, index: int, choice: Choice) -> dict[str, Any]:
        logprobs = {"content": choice.logprobs, "refusal": None} if self.top_logprobs is not None else None
        message: dict[str, Any] = {"role": "assistant", "content": choice.text, "refusal": None, "annotations": []}
        if self.tool:
            call = {"id": new_call_id(), "type": "function", "function": {"name": self.tool, "arguments": choice.text}}
            message |= {"content": None, "tool_calls": [call]}
        return {"index": index, "message": message, "logprobs": logprobs, "finish_reason": self.name_finish(choice.finish)}


def new_call_id() -> str:
    return f"call_{secrets.token_hex(12)}"
