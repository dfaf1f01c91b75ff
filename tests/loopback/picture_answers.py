"""Answers with pictures, in OpenAI's shapes: one object, or events with sketches before each picture."""

import asyncio
import base64
import json
import time
from collections.abc import Sequence
from typing import Any

from tests.loopback.frames import CREATED, STREAM_HEADERS, frame
from tests.loopback.picture_asks import PictureAsk
from tests.loopback.pictures import sketch
from tests.loopback.wire import Exchange

DELAY, PAUSE = 20, 0.02
TOKENS = {"low": 272, "medium": 1056, "auto": 1056, "high": 4160, "xhigh": 6240, "max": 8320}
TOKENS_OF_IMAGE, TOKENS_OF_SKETCH = 100, 100
EVENTS = {"generations": "image_generation", "edits": "image_edit"}
BLOCKED = {
    "message": "Your request was rejected by the safety system. If you believe this is an error, contact us and include the request ID.",
    "type": "image_generation_user_error",
    "param": None,
    "code": "moderation_blocked",
}


def blocked(stage: str) -> dict[str, Any]:
    """The error of a picture that was stopped, at the `input` or the `output`."""
    return {**BLOCKED, "moderation_details": {"moderation_stage": stage, "categories": ["violence"]}}


def usage(ask: PictureAsk, count: int) -> dict[str, Any]:
    text, images = len(ask.prompt.split()), TOKENS_OF_IMAGE * (len(ask.images) + (ask.mask is not None))
    sketches = int(ask.values.get("partial_images") or 0) if ask.streams else 0
    made = count * (TOKENS[str(ask.values.get("quality") or "auto")] + TOKENS_OF_SKETCH * sketches)
    return {
        "input_tokens": text + images,
        "input_tokens_details": {"text_tokens": text, "image_tokens": images},
        "output_tokens": made,
        "output_tokens_details": {"text_tokens": 0, "image_tokens": made},
        "total_tokens": text + images + made,
    }


def settings(ask: PictureAsk) -> dict[str, Any]:
    """What an answer tells of the settings it was made with."""
    quality = str(ask.values.get("quality") or "auto")
    return {
        "background": "transparent" if ask.values.get("background") == "transparent" else "opaque",
        "output_format": ask.format,
        "quality": "medium" if quality == "auto" else quality,
        "size": "{}x{}".format(*ask.size),
    }


def base64_of(body: bytes) -> str:
    return base64.b64encode(body).decode()


def entry_of(ask: PictureAsk, text: str) -> dict[str, Any]:
    """One picture in a whole answer, given as base64."""
    return {"b64_json": text} if ask.is_legacy else {"b64_json": text, "revised_prompt": revised(ask)}


def revised(ask: PictureAsk) -> str:
    return f"{ask.prompt}, in soft light"


def whole(ask: PictureAsk, entries: Sequence[dict[str, Any]]) -> bytes:
    """The answer as one object. DALL·E 2 tells neither settings nor usage."""
    more = {} if ask.is_legacy else {**settings(ask), "usage": usage(ask, len(entries))}
    return json.dumps({"created": CREATED, "data": list(entries), **more}).encode()


def event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\n".encode() + frame(data)


def completed(ask: PictureAsk, text: str) -> bytes:
    name = f"{EVENTS[ask.act]}.completed"
    return event(name, {"type": name, "b64_json": text, "created_at": CREATED, **settings(ask), "usage": usage(ask, 1)})


def sketches(ask: PictureAsk, body: bytes) -> list[bytes]:
    """The events before a picture, as many as were asked for."""
    name, count = f"{EVENTS[ask.act]}.partial_image", int(ask.values.get("partial_images") or 0)
    shared = {"type": name, "created_at": CREATED, **settings(ask)}
    return [
        event(name, {**shared, "b64_json": base64_of(sketch(body, index, count)), "partial_image_index": index}) for index in range(count)
    ]


async def send_whole(exchange: Exchange, ask: PictureAsk, entries: Sequence[dict[str, Any]]) -> None:
    body = await asyncio.to_thread(whole, ask, entries)
    exchange.head(200, {"content-type": "application/json"}, len(body))
    await send_slowly(exchange, body)
    exchange.end()


async def send_slowly(exchange: Exchange, body: bytes) -> None:
    """As fast as it is taken, so that a large body does not wait here."""
    for start in range(0, len(body), 500_000):
        exchange.write(body[start : start + 500_000])
        await exchange.drain()


async def send_events(exchange: Exchange, frames: Sequence[bytes]) -> None:
    for each in frames:
        exchange.write(each)
        exchange.record.sent.append(time.monotonic())
        await exchange.drain()
        await asyncio.sleep(PAUSE)


async def open_stream(exchange: Exchange, ask: PictureAsk) -> None:
    exchange.head(200, STREAM_HEADERS)
    await asyncio.sleep(ask.option("delay", DELAY) / 1000)
