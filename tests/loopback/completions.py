"""Texts that the loopback provider continues: `POST /v1/completions`, streamed or whole.

Every model does it; those whose names begin with `base` do nothing else, and the rest of the name chooses what happens, with options
behind it: `-rate50` (pieces a second), `-delay200` (ms before the first).

| name | what it does |
|---|---|
| `base-words` and every other | goes on with the same story, up to `max_tokens` pieces; `length` where there was more |
| `base-zeros` | usage with zeros in each piece, as Ollama tells it |
| `base-disguised` | an error written as if it were text, `stop`, no [DONE], as LocalAI does |
| `base-no-done` | no [DONE] |
| `base-cut` | half of it, and then the end of the stream |
| `base-whole` | one JSON object, whatever was asked |
| `base-chatty` | pieces in the shape of a chat |
| `base-lines` | line breaks and blanks between and around words |
| `base-hostile`, `hostile` | HTML and a script |
| `base-odd` | shapes that are none, and a piece of a second text |
| `base-empty` | nothing |
| `base-refuses` | 400 naming `suffix` when it is sent |
| `base-endless` | words for ever |
"""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from tests.loopback.asking import marker_in, parse_model
from tests.loopback.frames import CREATED, STREAM_HEADERS, error, frame
from tests.loopback.pacing import send_paced
from tests.loopback.stories import PIECE, PROSE
from tests.loopback.wire import Exchange

KEPT_BODY: Final = 65_536
RATE: Final = 200
DONE: Final = b"data: [DONE]\n\n"
LINES: Final = (" one", "\n", "\n", "  two", "\n", "\t<three>", " ", "\n", "four", "  ")
HOSTILE: Final = (' <img src=x onerror="alert(1)">', "<script>alert(2)</script>", " </ins></div> **not bold**", "\r\ndata: end")
DISGUISED: Final = "Internal error: rpc error: code = Unavailable desc = the model has gone"
ODD: Final = (None, 5, [None, 7, {"text": 3}, {"index": 1, "text": "of a second text"}, {"index": 0, "text": None}], {"text": "none"})


class CompletionDesk:
    """The endpoint."""

    def routes(self) -> dict[tuple[str, str], Callable[[Exchange], Awaitable[None]]]:
        return {("POST", "/v1/completions"): self.answer}

    async def answer(self, exchange: Exchange) -> None:
        try:
            body = json.loads(exchange.body)
        except ValueError:
            body = None
        if not isinstance(body, dict) or not isinstance(body.get("prompt"), str) or not isinstance(body.get("model"), str):
            exchange.whole(400, error("Missing required parameter: 'prompt'.", code="missing_required_parameter", param="prompt"))
            return
        record = exchange.record
        record.model, record.token = body["model"], marker_in(body["prompt"])
        record.body = body if len(exchange.body) <= KEPT_BODY else None
        name, options = parse_model(body["model"])
        if name == "base-refuses" and "suffix" in body:
            exchange.whole(400, error("Unsupported parameter: 'suffix'.", code="unsupported_parameter", param="suffix"))
            return
        await asyncio.sleep(options.get("delay", 0) / 1000)
        if not body.get("stream") or name == "base-whole":
            exchange.whole(200, json.dumps(whole(name, body)).encode())
            return
        await tell(exchange, name, body, options.get("rate", RATE))


def pieces_of(name: str, body: dict[str, Any]) -> tuple[list[str], str]:
    """What comes next and why it ends."""
    told: dict[str, Iterable[str]] = {
        "base-lines": LINES,
        "base-hostile": HOSTILE,
        "hostile": HOSTILE,
        "base-empty": (),
        "base-disguised": (DISGUISED,),
        "base-endless": itertools.islice(itertools.cycle((" and", " then")), 200_000),
    }
    pieces = list(told.get(name) or ([] if name in told else [" ", *PIECE.findall(PROSE)]))
    most = body.get("max_tokens", 16)
    is_cut = name not in told and len(pieces) > most
    return (pieces[:most] if is_cut else pieces), ("length" if is_cut else "stop")


def choice_of(name: str, text: str, finish: str | None = None) -> dict[str, Any]:
    said = {"delta": {"content": text}} if name == "base-chatty" else {"text": text}
    return {"index": 0, **said, "logprobs": None, "finish_reason": finish}


def event(name: str, body: dict[str, Any], choices: Any, **more: Any) -> bytes:
    zeros = {"usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}} if name == "base-zeros" else {}
    return frame({**head(body), "choices": choices, **zeros, **more})


def head(body: dict[str, Any]) -> dict[str, Any]:
    return {"id": "cmpl-loop", "object": "text_completion", "created": CREATED, "model": body["model"]}


def usage(body: dict[str, Any], pieces: int) -> dict[str, Any]:
    asked = len(body["prompt"].split())
    return {"prompt_tokens": asked, "completion_tokens": pieces, "total_tokens": asked + pieces}


def whole(name: str, body: dict[str, Any]) -> dict[str, Any]:
    pieces, finish = pieces_of(name, body)
    return {**head(body), "choices": [choice_of(name, "".join(pieces), finish)], "usage": usage(body, len(pieces))}


async def tell(exchange: Exchange, name: str, body: dict[str, Any], rate: int) -> None:
    exchange.head(200, STREAM_HEADERS)
    pieces, finish = pieces_of(name, body)
    if name == "base-cut":
        pieces = pieces[: len(pieces) // 2]
    odd = [event(name, body, choices) for choices in ODD] if name == "base-odd" else []
    await send_paced(exchange, iter([*odd, *(event(name, body, [choice_of(name, piece)]) for piece in pieces)]), rate)
    if name != "base-cut":
        exchange.write(event(name, body, [choice_of(name, "", finish)]))
        if body.get("stream_options", {}).get("include_usage") and name not in {"base-zeros", "base-disguised"}:
            exchange.write(event(name, body, [], usage=usage(body, len(pieces))))
        exchange.write(b"" if name in {"base-disguised", "base-no-done"} else DONE)
    exchange.end()
