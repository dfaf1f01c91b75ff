"""How an answer of sound is told: whole, as a stream, half of it, or something else in its place."""

import asyncio
import base64
import json
from collections.abc import Iterable, Iterator

import numpy as np

from sound.formats import FORMATS
from sound.writing import encode
from tests.loopback.frames import STREAM_HEADERS, error, frame
from tests.loopback.picture_rules import Refusal
from tests.loopback.sound_answers import events, whole
from tests.loopback.sound_asks import SoundAsk
from tests.loopback.tones import Samples, tone_words
from tests.loopback.wire import Exchange

RATE = 16_000
CHARACTERS_A_SECOND = 15.0
SHORTEST_WORD = 0.55  # seconds: a burst, and a pause by which it is told from the next
PAGE = b"<!doctype html><title>502 Bad Gateway</title><h1>Bad gateway</h1>"
OPTIONAL = ("language", "prompt", "temperature", "instructions", "speed")
ERRORS = {
    "fails": (500, error("The server had an error while processing your request.", "server_error")),
    "key": (401, error("Incorrect API key provided.", code="invalid_api_key")),
    "quota": (429, error("You exceeded your current quota.", "insufficient_quota", "insufficient_quota")),
}


async def goes_wrong(exchange: Exchange, ask: SoundAsk) -> bool:
    """The behaviours that come to no answer. Raises Refusal."""
    if ask.name == "slow":
        await asyncio.sleep(ask.option("delay", 10_000) / 1000)
    if ask.name == "refuses":
        _refuse_setting(ask)
    if ask.name == "busy" and ask.is_first:
        body = error("Rate limit reached. Please try again later.", "requests", "rate_limit_exceeded")
        exchange.whole(429, body, headers={"retry-after": str(ask.option("wait", 1))})
    elif ask.name in ERRORS and (ask.name != "fails" or (ask.is_meant and ask.is_first)):
        exchange.whole(*ERRORS[ask.name])
    elif ask.name in ("page", "gateway"):
        exchange.whole(200 if ask.name == "page" else 502, PAGE, "text/html")
    elif ask.name == "reset":
        exchange.reset()
    else:
        return False
    return True


def _refuse_setting(ask: SoundAsk) -> None:
    """The first of those that nobody has to send; one at a time, as services do."""
    for name in OPTIONAL:
        if name in ask.values:
            raise Refusal(f"Unsupported parameter: '{name}' is not supported with this model.", "unsupported_parameter", name)


async def tell(exchange: Exchange, ask: SoundAsk) -> None:
    """What was heard."""
    if ask.streams:
        exchange.head(200, STREAM_HEADERS)
        frames = list(events(ask))
        await _send(exchange, ask, frames, len(frames))
        return
    body, kind = whole(ask)
    exchange.head(200, {"content-type": kind}, len(body))
    await _send(exchange, ask, [body[: len(body) // 2], body[len(body) // 2 :]], 2)


async def say(exchange: Exchange, ask: SoundAsk) -> None:
    """The words of the text as tones, in pieces as they are ready."""
    form = "wav" if ask.name == "wrong" else ask.values.get("response_format", "mp3")
    told = FORMATS[ask.values.get("response_format", "mp3")].content_type
    if ask.name == "nothing":
        exchange.whole(200, b"", told)
    elif ask.name == "text":
        exchange.whole(200, json.dumps({"detail": "I would rather write."}).encode())
    else:
        samples = spoken(ask.values["input"], float(ask.values.get("speed", 1)))
        pieces = [*encode(np.array_split(samples, max(1, len(samples) // RATE)), RATE, form)]
        is_sse = ask.values.get("stream_format") == "sse"
        exchange.head(200, STREAM_HEADERS if is_sse else {"content-type": told})
        await _send(exchange, ask, _as_events(ask, pieces) if is_sse else pieces, len(pieces))


def spoken(text: str, speed: float = 1.0) -> Samples:
    """Word n of the text as the word n of the tones; 15 characters a second at ordinary speed, where the words have room for it."""
    count = len(text.split())
    every = max(SHORTEST_WORD, len(text) / CHARACTERS_A_SECOND / speed / max(count, 1))
    return tone_words(range(1, count + 1), every=every, rate=RATE)


def _as_events(ask: SoundAsk, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield frame({"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode()})
    asked, made = len(ask.values["input"].split()), len(ask.values["input"])
    yield frame({"type": "speech.audio.done", "usage": {"input_tokens": asked, "output_tokens": made, "total_tokens": asked + made}})


async def _send(exchange: Exchange, ask: SoundAsk, pieces: Iterable[bytes], count: int) -> None:
    """One piece after the other; half of them where it breaks off or falls silent there."""
    for place, piece in enumerate(pieces):
        if ask.name in ("cut", "stall") and place >= max(1, count // 2):
            break
        exchange.write(piece)
        await exchange.drain()
    if ask.name == "stall":
        await asyncio.Event().wait()
    exchange.close() if ask.name == "cut" else exchange.end()
