"""Pictures in answers of the chat API, in every place where compatible servers were seen to put them."""

import base64
import functools
import json
from typing import Any

from tests.loopback import pictures
from tests.loopback.asking import Ask
from tests.loopback.frames import completion, delta, usage
from tests.loopback.telling import ending, open_stream
from tests.loopback.wire import Exchange

SAID = "Here it is: a boat."
SIZE = (96, 64)
CHAT_PICTURES = (
    "chat-pictures", "chat-pictures-only", "chat-pictures-whole", "chat-pictures-parts", "chat-pictures-inline", "chat-pictures-bare",
    "chat-pictures-bad", "chat-pictures-cut", "chat-pictures-dead",
)  # fmt: skip
BAD = (pictures.SVG, pictures.TEXT, b"", b"\x89PNG\r\n\x1a\nbroken")


async def answer_with_pictures(exchange: Exchange, ask: Ask) -> None:
    """Words and `times` (1) pictures. In a stream they come as OpenRouter sends them, or as the rest of the name says."""
    sources = [data_url(body) for body in bodies_of(ask)]
    if ask.name == "chat-pictures-dead":
        sources = [f"http://{exchange.headers['host']}/pictures/gone"]
    if not ask.streams or ask.name == "chat-pictures-whole":
        exchange.whole(200, _whole(ask, sources))
        return
    await open_stream(exchange, ask)
    for parts in _deltas(ask, sources):
        exchange.write(delta(ask.model, **parts))
    if ask.name == "chat-pictures-cut":
        exchange.close()
        return
    exchange.write(b"".join(ending(ask, "stop", usage(ask, 5))))
    exchange.end()


def bodies_of(ask: Ask) -> list[bytes]:
    if ask.name == "chat-pictures-bad":
        return [pictures.bomb(), *BAD, picture_of(1)]
    return [picture_of(number) for number in range(1, ask.option("times", 1) + 1)]


@functools.lru_cache(maxsize=64)
def picture_of(number: int) -> bytes:
    """The picture of that number in every answer."""
    return pictures.encode(pictures.draw("chat", number, SIZE))


def data_url(body: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(body).decode()}"


def _deltas(ask: Ask, sources: list[str]) -> list[dict[str, Any]]:
    if ask.name == "chat-pictures-parts":
        parts = [{"type": "text", "text": SAID}, *({"type": "image_url", "image_url": {"url": source}} for source in sources)]
        return [{"role": "assistant", "content": parts}]
    if ask.name in {"chat-pictures-inline", "chat-pictures-bare"}:
        is_bare = ask.name.endswith("bare")
        text = f"{SAID}\n\n" + "\n".join(source if is_bare else f"![a boat]({source})" for source in sources) + "\n\nDo you like it?"
        return [{"content": text[at : at + 700]} for at in range(0, len(text), 700)]
    images = {"images": [{"type": "image_url", "index": at, "image_url": {"url": source}} for at, source in enumerate(sources)]}
    words = [] if ask.name == "chat-pictures-only" else [{"content": word} for word in (SAID[:8], SAID[8:])]
    return [{"role": "assistant", "content": ""}, *words, images]


def _whole(ask: Ask, sources: list[str]) -> bytes:
    answer = json.loads(completion(ask, SAID, "stop", used=usage(ask, 5)))
    answer["choices"][0]["message"]["images"] = [{"type": "image_url", "image_url": {"url": source}} for source in sources]
    return json.dumps(answer).encode()
