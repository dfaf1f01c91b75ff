"""How an answer is told: as a stream of pieces or as a whole, to the end or only half of it."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tests.loopback.asking import Ask
from tests.loopback.frames import STREAM_HEADERS, chunk, completion, delta, frame, piece_frame, usage
from tests.loopback.pacing import send_at_once, send_paced
from tests.loopback.stories import pieces, thoughts
from tests.loopback.wire import Exchange

DONE = b"data: [DONE]\n\n"
DELAY, RATE = 20, 100
Shape = Callable[[Iterable[bytes]], Iterator[bytes]]
unchanged: Shape = iter


def told(ask: Ask) -> Sequence[str]:
    return pieces(ask.model, ask.limit)


def finish_reason(ask: Ask) -> str:
    if ask.limit is not None and len(told(ask)) < len(pieces(ask.model)):
        return "length"
    return {"length": "length", "filtered": "content_filter"}.get(ask.name, "stop")


def ending(ask: Ask, finish: str, used: dict[str, Any], done: bool = True) -> Iterator[bytes]:
    yield delta(ask.model, finish)
    if ask.wants_usage and ask.name != "no-usage":
        yield frame(chunk(ask.model, [], usage=used))
    if done:
        yield DONE


async def open_stream(exchange: Exchange, ask: Ask) -> None:
    exchange.head(200, STREAM_HEADERS)
    await asyncio.sleep(ask.option("delay", DELAY) / 1000)


async def tell(exchange: Exchange, ask: Ask, shape: Shape = unchanged, done: bool = True, default_rate: int = RATE) -> None:
    """The whole answer. `shape` may change the bytes of the stream on their way."""
    thinking = thoughts() if ask.name == "thinking" else []
    used = usage(ask, len(told(ask)), len(thinking))
    if not ask.streams:
        await tell_whole(exchange, ask, "".join(thinking), None if ask.name == "no-usage" else used)
        return
    await open_stream(exchange, ask)
    rate = ask.option("rate", default_rate)
    exchange.write(b"".join(shape([delta(ask.model, role="assistant", content="")])))
    for thought in thinking:
        exchange.write(piece_frame(ask.model, thought, "reasoning_content"))
        await asyncio.sleep(1 / rate if rate else 0)
    await send_paced(exchange, shape(piece_frame(ask.model, piece) for piece in told(ask)), rate)
    exchange.write(b"".join(shape(ending(ask, finish_reason(ask), used, done))))
    exchange.end()


async def tell_whole(exchange: Exchange, ask: Ask, thinking: str, used: dict[str, Any] | None) -> None:
    await asyncio.sleep(ask.option("delay", DELAY) / 1000)
    exchange.whole(200, completion(ask, "".join(told(ask)), finish_reason(ask), thinking, used))


async def tell_half(exchange: Exchange, ask: Ask) -> None:
    """Half of the answer, and then nothing: what follows is the fault."""
    if not ask.streams:
        body = completion(ask, "".join(told(ask)), "stop")
        exchange.head(200, {"content-type": "application/json"}, len(body))
        exchange.raw(body[: len(body) // 2])
        return
    await open_stream(exchange, ask)
    half = told(ask)[: len(told(ask)) // 2]
    await send_paced(exchange, (piece_frame(ask.model, piece) for piece in half), ask.option("rate", RATE))


async def tell_rest(exchange: Exchange, ask: Ask) -> None:
    """What comes after as many words as the last message of the assistant has."""
    rest = told(ask)[len(ask.said.split()) :]
    await open_stream(exchange, ask)
    await send_paced(exchange, (piece_frame(ask.model, piece) for piece in rest), ask.option("rate", RATE))
    exchange.write(b"".join(ending(ask, "stop", usage(ask, len(rest)))))
    exchange.end()


async def tell_endlessly(exchange: Exchange, ask: Ask) -> None:
    """Words for ever, at once unless a rate was asked for."""
    from tests.loopback.stories import words

    await open_stream(exchange, ask)
    rate = ask.option("rate", 0)
    frames = (delta(ask.model, content=word) for word in words())
    await (send_paced(exchange, frames, rate) if rate else send_at_once(exchange, frames))
