"""OpenAI's shapes of an answer. Pictures stay files until the moment they are sent, so that ten of them need no memory."""

import base64
import pathlib
import time
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from engines.folders import Folder
from engines.images.request import Ask
from engines.wire import EventStream, while_listening

# Base64 makes four characters of three bytes, so pieces of a multiple of three can be put behind each other.
PIECE = 3 * 64 * 1024

# Bytes as they are, or a file that is sent as base64.
Part = bytes | pathlib.Path


@dataclass(frozen=True, slots=True)
class Picture:
    """One that is made, or on the way there (`partial` counts those from 0): its file, and what the child told about it."""

    file: pathlib.Path
    width: int
    height: int
    background: str
    seed: int
    tokens: int = 0
    revised: str | None = None
    partial: int | None = None


def join(head: dict[str, Any], field: str, value: list[Part], tail: dict[str, Any]) -> list[Part]:
    """A JSON object, of which one field is given in parts."""
    start = orjson.dumps(head)[:-1] + (b"," if head else b"") + orjson.dumps(field) + b":"
    end = orjson.dumps(tail)
    return [start, *value, (b"," + end[1:]) if tail else b"}"]


def text_of(file: pathlib.Path) -> list[Part]:
    return [b'"', file, b'"']


def pieces_of(parts: list[Part]) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
            continue
        with part.open("rb") as handle:
            while piece := handle.read(PIECE):
                yield base64.b64encode(piece)


def length_of(parts: list[Part]) -> int:
    return sum(len(part) if isinstance(part, bytes) else -(-part.stat().st_size // 3) * 4 for part in parts)


def build_usage(tokens: int) -> dict[str, Any]:
    """The words that were read; pictures have no tokens here."""
    return {
        "total_tokens": tokens,
        "input_tokens": tokens,
        "output_tokens": 0,
        "input_tokens_details": {"text_tokens": tokens, "image_tokens": 0},
        "output_tokens_details": {"text_tokens": 0, "image_tokens": 0},
    }


def extras_of(picture: Picture) -> dict[str, Any]:
    """What OpenAI does not tell: the seed with which exactly this picture can be asked for again."""
    told = {"seed": picture.seed, "revised_prompt": picture.revised}
    return {name: value for name, value in told.items() if value is not None}


def build_answer(ask: Ask, pictures: list[Picture]) -> list[Part]:
    listed: list[Part] = [b"["]
    for index, picture in enumerate(pictures):
        listed += [b"," if index else b"", *join({}, "b64_json", text_of(picture.file), extras_of(picture))]
    listed.append(b"]")
    last = pictures[-1]
    head = {
        "created": int(time.time()),
        "background": last.background,
        "output_format": ask.output_format,
        "quality": ask.quality,
        "size": f"{last.width}x{last.height}",
    }
    return join(head, "data", listed, {"usage": build_usage(last.tokens)})


def build_event(kind: str, ask: Ask, picture: Picture) -> list[Part]:
    """`kind`: image_generation or image_edit."""
    if picture.partial is None:
        name, more = f"{kind}.completed", {"usage": build_usage(picture.tokens), **extras_of(picture)}
    else:
        name, more = f"{kind}.partial_image", {"partial_image_index": picture.partial}
    head = {
        "type": name,
        "created_at": int(time.time()),
        "size": f"{picture.width}x{picture.height}",
        "quality": ask.quality,
        "background": picture.background,
        "output_format": ask.output_format,
    }
    return [f"event: {name}\ndata: ".encode(), *join(head, "b64_json", text_of(picture.file), more), b"\n\n"]


class PictureAnswer(Response):
    """The whole answer, sent piece by piece. Removes the folder when it is sent, or cannot be."""

    media_type = "application/json"

    def __init__(self, parts: list[Part], folder: Folder) -> None:
        super().__init__()
        self.headers["content-length"] = str(length_of(parts))
        self.parts = parts
        self.folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await while_listening(receive, self.send_all(send))
        finally:
            self.folder.cleanup()

    async def send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for piece in pieces_of(self.parts):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class PictureStream(EventStream):
    """Each picture as an event, while the next one is made. OpenAI ends these streams without a mark."""

    def __init__(self, pictures: AsyncGenerator[Picture, None], kind: str, ask: Ask, folder: Folder) -> None:
        super().__init__(self.events_of(pictures, kind, ask), ending=b"", folder=folder)
        self.pictures = pictures

    async def events_of(self, pictures: AsyncGenerator[Picture, None], kind: str, ask: Ask) -> AsyncGenerator[dict[str, Any] | bytes, None]:
        async for picture in pictures:
            for piece in pieces_of(build_event(kind, ask, picture)):
                yield piece
            picture.file.unlink()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.pictures.aclose()
