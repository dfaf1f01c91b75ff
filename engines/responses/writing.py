"""One response while it is written: the events of its stream, in order, and the object that they build."""

import time
from collections.abc import AsyncGenerator
from typing import Any

from engines.chat.answer import new_call_id
from engines.chat.tokens import Counts, Piece
from engines.chat.turn import Turn
from engines.errors import ApiError
from engines.responses.items import Item, new_id
from engines.responses.request import ResponseAsk

Event = dict[str, Any]
ENDED = ("completed", "incomplete", "failed", "cancelled")


def new_response(ask: ResponseAsk) -> dict[str, Any]:
    return {
        "id": new_id("resp"),
        "object": "response",
        "created_at": int(time.time()),
        "completed_at": None,
        "status": "queued" if ask.background else "in_progress",
        "error": None,
        "incomplete_details": None,
        "model": ask.chat.model,
        "output": [],
        "reasoning": {"effort": None, "summary": None},
        "service_tier": "default",
        "truncation": "disabled",
        "usage": None,
        **ask.echo,
    }


def build_usage(counts: Counts) -> dict[str, Any]:
    return {
        "input_tokens": counts.prompt,
        "input_tokens_details": {"cached_tokens": counts.cached, "cache_write_tokens": 0},
        "output_tokens": counts.completion,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": counts.prompt + counts.completion,
    }


class Writing:
    """Numbers the events. `response` is always what a GET would tell now."""

    def __init__(self, response: dict[str, Any]) -> None:
        self.response = response
        self.number = 0

    def event(self, kind: str, **more: Any) -> Event:
        event = {"type": f"response.{kind}", "sequence_number": self.number, **more}
        self.number += 1
        return event

    def whole(self, kind: str) -> Event:
        return self.event(kind, response={**self.response, "output": list(self.response["output"])})

    def opening(self) -> list[Event]:
        """Told before the model is asked: a response in the background is queued first."""
        kinds = ["created", "queued"] if self.response["status"] == "queued" else ["created"]
        return [self.whole(kind) for kind in kinds]

    def begin(self) -> Event:
        self.response["status"] = "in_progress"
        return self.whole("in_progress")

    async def write(self, turn: Turn, pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[Event, None]:
        """From the first item to the last event."""
        item = new_item(turn)
        part = {"item_id": item["id"], "output_index": 0} | ({} if turn.tool else {"content_index": 0})
        yield self.event("output_item.added", output_index=0, item=dict(item))
        if not turn.tool:
            yield self.event("content_part.added", **part, part=text_part(""))
        text, finish = "", "stop"
        async for piece in pieces:
            text += piece.text
            finish = piece.finish or finish
            if piece.text and turn.tool:
                yield self.event("function_call_arguments.delta", **part, delta=piece.text)
            elif piece.text:
                yield self.event("output_text.delta", **part, delta=piece.text, logprobs=[])
            if piece.counts is not None:
                self.response["usage"] = build_usage(piece.counts)
        for event in self.close_item(item, part, text, finish):
            yield event
        yield self.end(finish)

    def close_item(self, item: Item, part: dict[str, Any], text: str, finish: str) -> list[Event]:
        if item["type"] == "function_call":
            item["arguments"] = text
            events = [self.event("function_call_arguments.done", **part, name=item["name"], arguments=text)]
        else:
            item["content"] = [text_part(text)]
            events = [
                self.event("output_text.done", **part, text=text, logprobs=[]),
                self.event("content_part.done", **part, part=text_part(text)),
            ]
        item["status"] = "incomplete" if finish == "length" else "completed"
        self.response["output"] = [item]
        return [*events, self.event("output_item.done", output_index=0, item=item)]

    def end(self, finish: str) -> Event:
        if finish == "length":
            self.response |= {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
            return self.whole("incomplete")
        self.response |= {"status": "completed", "completed_at": int(time.time())}
        return self.whole("completed")

    def fail(self, error: ApiError) -> Event:
        """Nothing half: what was written until then is not part of a failed response."""
        fail(self.response, error.message, "invalid_prompt" if error.status < 500 else "server_error")
        return self.whole("failed")

    def cancel(self) -> Event:
        """The end of a stream that is cancelled or deleted: `response.incomplete`, with a response whose status is "cancelled".

        OpenAI's text has the status and no event for it. Of the three last events that clients know, "completed" would claim
        an answer, and on "failed" they raise the `error` of the response, which one that was cancelled has not.
        """
        self.response |= {"status": "cancelled", "output": [], "usage": None, "completed_at": None, "incomplete_details": None}
        return self.whole("incomplete")


LOST = "The built-in provider ended while it wrote this response, or could not keep it. Send it again."


def lost(end: Event) -> Event:
    """In the place of an end that could not be kept: what is told is what a GET will tell."""
    response = dict(end["response"])
    fail(response, LOST)
    return end | {"type": "response.failed", "response": response}


def fail(response: dict[str, Any], message: str, code: str = "server_error") -> None:
    response |= {"status": "failed", "output": [], "usage": None, "completed_at": None, "incomplete_details": None}
    response["error"] = {"code": code, "message": message}


def text_part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def new_item(turn: Turn) -> Item:
    if turn.tool:
        call = {"call_id": new_call_id(), "name": turn.tool.name, "arguments": ""}
        return {"id": new_id("fc"), "type": "function_call", "status": "in_progress", **call}
    return {"id": new_id("msg"), "type": "message", "status": "in_progress", "role": "assistant", "content": []}
