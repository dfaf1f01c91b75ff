"""`/v1/responses`: create (whole, streamed, in background), look again, cancel, delete.

Models, options and markers are those of chat; these are its own:

| model | what it does |
|---|---|
| `thinking` | a reasoning item with a summary, then the words |
| `resp-search`, `resp-code`, `resp-files`, `resp-picture` | a call of the provider's own tool, the words, citations (one hostile) |
| `resp-function` | two calls of functions and no word |
| `resp-refusal` | a refusal instead of text |
| `resp-failed` | status 200, `response.failed` |
| `resp-unknown` | events between that nobody knows |
| `resp-twice` | every event comes twice, with the same number |
| `resp-order` | the last events of the text come before their deltas, and items end before they begin |
| `resp-vanish` | created in background, and 404 ever after |
| `resp-trouble` | 500 to the first two looks at what was created in background |
| `resp-lost` | creates it, and resets the connection before a word of it |
| `reset-middle`, `half-chunk`, `stall`, `no-finish`, `error-in-stream` | as in chat |
| all that refuse or turn away | as in chat |

In background `delay` is the time to the end, in milliseconds. `background` needs `store`. What was stored is kept until `DELETE` or reset;
`GET …?stream=true&starting_after=n` tells the events behind that number. Everything else of the API answers 404.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.loopback.asking import Ask, marker_in
from tests.loopback.behaviours import BEHAVIOURS, REFUSALS, turn_away
from tests.loopback.frames import STREAM_HEADERS, error
from tests.loopback.pacing import send_paced
from tests.loopback.response_asks import ask_of, fault_in
from tests.loopback.response_events import WITH_TOOLS, events_of, head_of, response_of
from tests.loopback.stories import TEXTS
from tests.loopback.wire import Exchange

PATH = "/v1/responses"
TURNED_AWAY = ("429-storm", "503-storm", "leaks-key", "html-502", "html-200", "redirect", "reset-before", "close-before")
AS_IN_CHAT = frozenset({*REFUSALS, *TURNED_AWAY})
OWN = ("refusal", "failed", "function", "unknown", "twice", "order", "vanish", "trouble", "lost")
BREAKS = frozenset({"reset-middle", "half-chunk", "stall", "no-finish", "error-in-stream"})
SPEAKS = ("steady", "loop", "thinking", "length", "filtered", "only-responses", "429-then-ok", "503-then-ok")
KNOWN = frozenset({*TEXTS, *(f"resp-{name}" for name in OWN), *WITH_TOOLS, *BREAKS, *SPEAKS})
DELAY, RATE = 20, 100


@dataclass(slots=True)
class Kept:
    """One that was stored. `until`: when it is ready."""

    ask: Ask
    id: str
    until: float
    token: str
    cancelled: bool = False
    looks: int = 0

    def as_now(self) -> dict[str, Any]:
        if self.cancelled:
            return head_of(self.ask, self.id, "cancelled")
        if time.monotonic() < self.until:
            return head_of(self.ask, self.id, "in_progress" if self.looks > 1 else "queued")
        return response_of(self.ask, self.id)


class ResponseDesk:
    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.asked: Counter[tuple[str, str]] = Counter()
        self.made = 0

    def forget(self) -> None:
        self.kept.clear()
        self.asked.clear()

    def routes(self) -> dict[tuple[str, str], Callable[[Exchange], Awaitable[None]]]:
        return {("POST", PATH): self.create}

    def takes(self, path: str) -> bool:
        return path.startswith(f"{PATH}/")

    async def create(self, exchange: Exchange) -> None:
        try:
            body = json.loads(exchange.body)
        except ValueError:
            body = None
        if fault := fault_in(body):
            exchange.whole(400, error(fault[0], code="invalid_value" if fault[1] else "invalid_json", param=fault[1] or None))
            return
        ask = self._read(exchange, body)
        if ask.name in AS_IN_CHAT:
            await BEHAVIOURS[ask.name](exchange, ask)
        elif ask.name in {"429-then-ok", "503-then-ok"} and ask.earlier < ask.option("times", 1):
            turn_away(exchange, ask, int(ask.name[:3]))
        elif ask.name.startswith("refuses-") and (name := ask.name.removeprefix("refuses-")) in _flat(body):
            exchange.whole(400, error(f"Unsupported parameter: '{name}'.", code="unsupported_parameter", param=name))
        elif ask.name not in KNOWN and not ask.name.startswith("refuses-"):
            exchange.whole(404, error(f"The model `{ask.model}` does not exist.", code="model_not_found", param="model"))
        else:
            await self._answer(exchange, ask)

    def _read(self, exchange: Exchange, body: dict[str, Any]) -> Ask:
        record = exchange.record
        ask = ask_of(body, record.key, 0)
        ask = ask_of(body, record.key, self.asked[ask.model, ask.text])
        self.asked[ask.model, ask.text] += 1
        record.model, record.token, record.body = ask.model, marker_in(ask.text), body
        return ask

    async def _answer(self, exchange: Exchange, ask: Ask) -> None:
        self.made += 1
        id, delay = f"resp_{self.made:06d}", ask.option("delay", DELAY) / 1000
        is_background = bool(ask.body.get("background"))
        if ask.body.get("store", True):
            self.kept[id] = Kept(ask, id, time.monotonic() + (delay if is_background else 0), exchange.record.token)
        if ask.name == "resp-lost":
            exchange.reset()
        elif is_background:
            exchange.whole(200, json.dumps(head_of(ask, id, "queued")).encode())
        elif ask.streams:
            await asyncio.sleep(delay)
            await tell(exchange, ask, id)
        else:
            await asyncio.sleep(delay)
            exchange.whole(200, json.dumps(response_of(ask, id)).encode())

    async def look(self, exchange: Exchange, path: str) -> None:
        """Everything below the path of one response."""
        id, _slash, act = path.removeprefix(f"{PATH}/").partition("/")
        kept = self.kept.get(id)
        if kept is not None:
            exchange.record.model, exchange.record.token = kept.ask.model, kept.token
        if kept is None or kept.ask.name == "resp-vanish":
            exchange.whole(404, error(f"Response with id '{id}' not found.", code="response_not_found", param="id"))
        elif (exchange.method, act) == ("DELETE", ""):
            del self.kept[id]
            exchange.whole(200, json.dumps({"id": id, "object": "response", "deleted": True}).encode())
        elif (exchange.method, act) == ("POST", "cancel"):
            self._cancel(exchange, kept)
        elif (exchange.method, act) == ("GET", ""):
            await self._show(exchange, kept)
        else:
            exchange.whole(404, error("Unknown request URL.", code="unknown_url"))

    def _cancel(self, exchange: Exchange, kept: Kept) -> None:
        if not kept.ask.body.get("background"):
            exchange.whole(400, error("Only background responses can be cancelled.", code="invalid_value"))
            return
        kept.cancelled = kept.cancelled or time.monotonic() < kept.until
        exchange.whole(200, json.dumps(kept.as_now()).encode())

    async def _show(self, exchange: Exchange, kept: Kept) -> None:
        kept.looks += 1
        query = parse_qs(urlsplit(exchange.path).query)
        if kept.ask.name == "resp-trouble" and kept.looks <= 2:
            exchange.whole(*REFUSALS["500"])
        elif query.get("stream") == ["true"]:
            await asyncio.sleep(max(0.0, kept.until - time.monotonic()))
            after = int(query.get("starting_after", ["-1"])[0])
            events = (event for event in events_of(kept.ask, kept.as_now()) if event["sequence_number"] > after)
            exchange.head(200, STREAM_HEADERS)
            await send_paced(exchange, map(frame_of, events), 0)
            exchange.end()
        else:
            exchange.whole(200, json.dumps(kept.as_now()).encode())


def _flat(body: dict[str, Any]) -> set[str]:
    """Names of parameters, those of one level below with a dot."""
    return {*body, *(f"{name}.{inner}" for name, value in body.items() if isinstance(value, dict) for inner in value)}


def frame_of(event: dict[str, Any]) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode("utf-8", "surrogatepass")


async def tell(exchange: Exchange, ask: Ask, id: str) -> None:
    events = list(shaped(ask, events_of(ask, response_of(ask, id))))
    half = len(events) // 2
    exchange.head(200, STREAM_HEADERS)
    shown = events[:half] if ask.name in BREAKS else events
    await send_paced(exchange, map(frame_of, shown), ask.option("rate", RATE))
    if ask.name == "stall":
        await asyncio.Event().wait()
    elif ask.name == "reset-middle":
        await asyncio.sleep(0.05)
        exchange.reset()
    elif ask.name == "half-chunk":
        exchange.raw(b'ff\r\ndata: {"type": "response.output_te')
        exchange.close()
    elif ask.name == "error-in-stream":
        fault = {"type": "error", "code": "server_error", "message": "The model ran out of memory.", "param": None, "sequence_number": half}
        exchange.write(frame_of(fault))
        exchange.end()
    else:
        exchange.end()


def shaped(ask: Ask, events: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The events as odd servers send them."""
    events = list(events)
    if ask.name == "resp-order":
        inner = events[2:-1]
        late = [event for event in inner if not event["type"].endswith("output_text.delta")]
        events = [*events[:2], *reversed(late), *(event for event in inner if event not in late), events[-1]]
    for event in events:
        yield event
        if ask.name == "resp-twice":
            yield event
        if ask.name == "resp-unknown":
            yield {"type": "response.of.tomorrow", "delta": "nobody knows", "sequence_number": event["sequence_number"], "item": None}
            yield {"type": "response.output_text.delta", "delta": None, "output_index": "x"}
