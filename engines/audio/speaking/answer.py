"""Speech on its way out: bytes as they are, or as events."""

import base64
import pathlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from engines.audio.speaking.request import FORMATS, VOICE, Ask
from engines.folders import Folder
from engines.studio import Reply
from engines.wire import encode_named_event, while_listening

# Base64 makes four characters of three bytes.
PIECE = 3 * 16 * 1024
# Whichever voice was asked for.
HEADERS = {"x-voice": VOICE, "cache-control": "no-store", "x-accel-buffering": "no"}


async def pieces_of(path: pathlib.Path, replies: AsyncGenerator[Reply, None]) -> AsyncGenerator[bytes | Reply, None]:
    """What is in the file as soon as it is there; at last the answer of the job."""
    handle = None
    try:
        async with aclosing(replies):
            async for reply in replies:
                told = reply.get("partial") or reply["done"]
                handle = handle or path.open("rb")
                while handle.tell() < told["size"]:
                    yield handle.read(min(PIECE, told["size"] - handle.tell()))
                if "done" in reply:
                    yield told
    finally:
        if handle is not None:
            handle.close()


async def events_of(pieces: AsyncGenerator[bytes | Reply, None]) -> AsyncGenerator[dict[str, Any] | bytes, None]:
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, bytes):
                yield encode_named_event({"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode()})
            else:
                yield encode_named_event({"type": "speech.audio.done", "usage": build_usage(piece), "voice": VOICE})


def build_usage(done: Reply) -> dict[str, int]:
    return {"input_tokens": done["read"], "output_tokens": done["made"], "total_tokens": done["read"] + done["made"]}


class SoundAnswer(Response):
    """The sound, sent while it is made. When that fails in the middle the connection is cut, so that nobody takes it for whole."""

    def __init__(self, pieces: AsyncGenerator[bytes | Reply, None], ask: Ask, folder: Folder) -> None:
        super().__init__(headers=HEADERS, media_type=FORMATS[ask.response_format])
        del self.headers["content-length"]
        self.pieces = pieces
        self.folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await while_listening(receive, self.send_all(send))
        finally:
            await self.pieces.aclose()
            self.folder.cleanup()

    async def send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for piece in self.pieces:
            if isinstance(piece, bytes):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
