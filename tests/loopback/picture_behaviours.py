"""What each picture model does. The table that explains them is in `tests.loopback.images`."""

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from tests.loopback import pictures
from tests.loopback.behaviours import HTML, PAGE, REFUSALS
from tests.loopback.frames import STREAM_HEADERS, error
from tests.loopback.picture_answers import (
    DELAY,
    base64_of,
    blocked,
    completed,
    entry_of,
    event,
    open_stream,
    revised,
    send_events,
    send_slowly,
    send_whole,
    sketches,
    whole,
)
from tests.loopback.picture_asks import PictureAsk
from tests.loopback.picture_making import make
from tests.loopback.wire import Exchange

DONE = b"data: [DONE]\n\n"
HUGE = 10_000_000


class Shelf(Protocol):
    """Where pictures lie that are given by a link."""

    def put(self, exchange: Exchange, body: bytes, content_type: str, *, host: str = "") -> str:
        """The link, good for one GET."""


Behaviour = Callable[[Exchange, PictureAsk, Shelf], Awaitable[None]]
PICTURE_BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(*names: str) -> Callable[[Behaviour], Behaviour]:
    def register(function: Behaviour) -> Behaviour:
        PICTURE_BEHAVIOURS.update(dict.fromkeys(names, function))
        return function

    return register


# --- Whole and well ------------------------------------------------------------------------------
async def tell(exchange: Exchange, ask: PictureAsk, shelf: Shelf, bodies: Sequence[bytes], texts: Sequence[str] = ()) -> None:
    """These files as they were asked for: a link, an object, or events. `texts` stands in place of their base64."""
    texts = texts or [base64_of(body) for body in bodies]
    if ask.streams and ask.name != "ignores-stream":
        await open_stream(exchange, ask)
        for body, text in zip(bodies, texts, strict=True):
            await send_events(exchange, [*await asyncio.to_thread(sketches, ask, body), completed(ask, text)])
        if ask.name == "done":
            exchange.write(DONE)
        exchange.end()
        return
    await asyncio.sleep(ask.option("delay", DELAY) / 1000)
    if ask.wants_link:
        await tell_links(exchange, ask, [shelf.put(exchange, body, "image/png") for body in bodies])
    else:
        await send_whole(exchange, ask, [entry_of(ask, text) for text in texts])


async def tell_links(exchange: Exchange, ask: PictureAsk, links: Sequence[str]) -> None:
    more = {} if ask.is_legacy else {"revised_prompt": revised(ask)}
    await send_whole(exchange, ask, [{"url": link, "b64_json": None, **more} for link in links])


@behaviour("plain", "exact", "ignores-stream", "done")
async def answer_well(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    await tell(exchange, ask, shelf, await make(ask))


@behaviour("slow")
async def answer_late(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    await asyncio.sleep(ask.option("delay", 10_000) / 1000)
    await answer_well(exchange, dataclasses.replace(ask, options={}), shelf)


@behaviour("link")
async def answer_with_links(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    await tell_links(exchange, ask, [shelf.put(exchange, body, f"image/{ask.format}") for body in await make(ask)])


@behaviour("link-foreign")
async def answer_with_links_elsewhere(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    """The same server under another name, which nobody allowed."""
    await tell_links(exchange, ask, [shelf.put(exchange, body, "image/png", host="localhost") for body in await make(ask)])


@behaviour("link-gone")
async def answer_with_dead_links(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    host = exchange.headers.get("host", "")
    await tell_links(exchange, ask, [f"http://{host}/pictures/gone-{number}" for number in range(ask.n)])


@behaviour("link-page")
async def answer_with_links_to_pages(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    await tell_links(exchange, ask, [shelf.put(exchange, PAGE, HTML) for _ in range(ask.n)])


# --- Other than asked ----------------------------------------------------------------------------
ODD_BODIES: dict[str, Callable[[], bytes]] = {"text": lambda: pictures.TEXT, "svg": lambda: pictures.SVG, "bomb": pictures.bomb}


@behaviour(*ODD_BODIES)
async def answer_no_pictures(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    body = await asyncio.to_thread(ODD_BODIES[ask.name])
    await tell(exchange, without_sketches(ask), shelf, [body] * ask.n)


@behaviour("one-broken")
async def answer_one_broken(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    _, *others = await make(ask)
    await tell(exchange, without_sketches(ask), shelf, [pictures.TEXT, *others])


@behaviour("broken-base64")
async def answer_broken_base64(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    bodies = await make(ask)
    texts = [base64_of(body) for body in bodies]
    await tell(exchange, ask, shelf, bodies, [f"{text[: len(text) // 2]}!?{text[len(text) // 2 :]}" for text in texts])


@behaviour("wrong-size")
async def answer_half_as_large(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    width, height = ask.size
    smaller = dataclasses.replace(ask, values={**ask.values, "size": f"{width // 2}x{height // 2}"})
    await tell(exchange, ask, shelf, await make(smaller))


@behaviour("wrong-format")
async def answer_in_another_format(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    other = "png" if ask.format == "jpeg" else "jpeg"
    await tell(exchange, ask, shelf, await make(dataclasses.replace(ask, values={**ask.values, "output_format": other})))


@behaviour("fewer")
async def answer_one_less(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    await tell(exchange, ask, shelf, (await make(ask))[: max(1, ask.n - 1)])


@behaviour("none")
async def answer_nothing(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    await tell(exchange, ask, shelf, [])


@behaviour("huge")
async def answer_hugely(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    """One picture after the other, so that not all of them stand in memory here."""
    bodies = await make(ask)
    await asyncio.sleep(ask.option("delay", DELAY) / 1000)
    exchange.head(200, STREAM_HEADERS if ask.streams else {"content-type": "application/json"})
    opening, between, closing = (b": huge\n\n", b"", b": end\n\n") if ask.streams else (b'{"data": [', b", ", b"]}")
    exchange.write(opening)
    for number, body in enumerate(bodies):
        text = base64_of(await asyncio.to_thread(pictures.padded, body, ask.option("bytes", HUGE), number))
        entry = completed(ask, text) if ask.streams else json.dumps(entry_of(ask, text)).encode()
        await send_slowly(exchange, entry if number == 0 else between + entry)
    exchange.write(closing)
    exchange.end()


def without_sketches(ask: PictureAsk) -> PictureAsk:
    """What is no picture has no sketch."""
    return dataclasses.replace(ask, values={**ask.values, "partial_images": 0})


# --- No -------------------------------------------------------------------------------------------
@behaviour("401", "quota", "500")
async def refuse(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    exchange.whole(*REFUSALS[ask.name])


@behaviour("blocked")
async def stop_at_input(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    exchange.whole(400, json.dumps({"error": blocked("input")}).encode())


@behaviour("blocked-late")
async def stop_at_output(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    if not ask.streams:
        exchange.whole(400, json.dumps({"error": blocked("output")}).encode())
        return
    await open_stream(exchange, ask)
    failed = event("error", {"type": "error", "error": blocked("output")})
    await send_events(exchange, [*(await first_sketches(ask))[:1], failed])
    exchange.end()


@behaviour("refuses-quality")
async def refuse_quality(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    if "quality" not in ask.values:
        await answer_well(exchange, ask, shelf)
        return
    message = "Unsupported parameter: 'quality' is not supported with this model."
    exchange.whole(400, error(message, code="unsupported_parameter", param="quality"))


@behaviour("429-then-ok")
async def turn_away_first(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    if ask.earlier >= ask.option("times", 1):
        await answer_well(exchange, ask, shelf)
        return
    body = error("Rate limit reached for images per minute. Please try again later.", "requests", "rate_limit_exceeded")
    exchange.whole(429, body, headers={"retry-after": str(ask.option("wait", 1))})


# --- Broken off ----------------------------------------------------------------------------------
@behaviour("cut")
async def close_in_a_picture(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    await tell_half(exchange, ask)
    exchange.close()


@behaviour("stall")
async def fall_silent_in_a_picture(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    await tell_half(exchange, ask)
    await asyncio.Event().wait()


@behaviour("reset-before")
async def reset_before(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    exchange.reset()


@behaviour("half-stream")
async def end_after_sketches(exchange: Exchange, ask: PictureAsk, shelf: Shelf) -> None:
    if not ask.streams:
        await close_in_a_picture(exchange, ask, shelf)
        return
    await open_stream(exchange, ask)
    await send_events(exchange, await first_sketches(ask))
    exchange.end()


async def first_sketches(ask: PictureAsk) -> list[bytes]:
    return await asyncio.to_thread(sketches, ask, (await make(ask))[0])


async def tell_half(exchange: Exchange, ask: PictureAsk) -> None:
    """Half of the last picture's text, and then nothing: what follows is the fault."""
    texts = [base64_of(body) for body in await make(ask)]
    if ask.streams:
        await open_stream(exchange, ask)
        last = completed(ask, texts[0])
        await send_events(exchange, [*await first_sketches(ask), last[: len(last) // 2]])
        return
    entries: list[dict[str, Any]] = [entry_of(ask, text) for text in texts]
    body = whole(ask, entries)
    exchange.head(200, {"content-type": "application/json"}, len(body))
    exchange.write(body[: len(body) - len(texts[-1]) // 2])
