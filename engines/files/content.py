"""Sends the bytes of a file, whole or from one place to another, in pieces that are read while they are sent."""

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import BinaryIO
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from engines.errors import ApiError
from engines.files.store import Piece, StoredFile
from engines.wire import while_listening

READ_BYTES = 256 * 1024
RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII)


def asked_range(request: Request, file: StoredFile) -> tuple[int, int] | None:
    """From which byte to before which byte; None for all. 416 for what is not there.

    Several ranges, and what is no range at all, count as not asked for, as the standard allows. So does a range of a file that
    `if-range` does not know: the caller holds the beginning of another one.
    """
    found = RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if not found or not (found[1] or found[2]) or request.headers.get("if-range", etag_of(file)) != etag_of(file):
        return None
    if not found[1]:
        start, stop = max(0, file.bytes - int(found[2])), file.bytes
    else:
        start, stop = int(found[1]), min(file.bytes, int(found[2]) + 1 if found[2] else file.bytes)
    if found[1] and found[2] and int(found[2]) < int(found[1]):
        return None
    if start >= file.bytes or start >= stop:
        headers = {"content-range": f"bytes */{file.bytes}"}
        raise ApiError(416, f"The file has {file.bytes} bytes.", code="range_not_satisfiable", param="range", headers=headers)
    return start, stop


def etag_of(file: StoredFile) -> str:
    """What is stored under an id never changes."""
    return f'"{file.id}"'


def is_whole(pieces: list[Piece]) -> bool:
    """Whether the bytes are still where we put them. Asked before an answer begins."""
    try:
        return bool(pieces) and all(piece.path.stat().st_size == piece.size for piece in pieces)
    except OSError:
        return False


class Content(Response):
    """A file that is deleted while it is sent breaks off, and its length tells the caller so."""

    media_type = "application/octet-stream"

    def __init__(self, file: StoredFile, pieces: list[Piece], asked: tuple[int, int] | None) -> None:
        start, stop = asked or (0, file.bytes)
        headers = {
            "content-length": str(stop - start),
            "content-disposition": f"attachment; filename*=utf-8''{quote(file.filename, safe='')}",
            "accept-ranges": "bytes",
            "etag": etag_of(file),
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        if asked:
            headers["content-range"] = f"bytes {start}-{stop - 1}/{file.bytes}"
        super().__init__(None, 206 if asked else 200, headers)
        self.pieces, self.start, self.stop = pieces, start, stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await while_listening(receive, self.send_all(send, scope["method"] == "HEAD"))

    async def send_all(self, send: Send, is_head: bool) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if not is_head:
            async for body in self.bodies():
                await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def bodies(self) -> AsyncGenerator[bytes, None]:
        place = 0
        for piece in self.pieces:
            first, last = max(self.start - place, 0), min(self.stop - place, piece.size)
            place += piece.size
            if first < last:
                async for body in read_piece(piece, first, last):
                    yield body


async def read_piece(piece: Piece, first: int, last: int) -> AsyncGenerator[bytes, None]:
    """The bytes of a piece from `first` to before `last`. Raises OSError if it is gone or became shorter."""
    file: BinaryIO = await asyncio.to_thread(piece.path.open, "rb", 0)
    try:
        file.seek(first)
        while first < last:
            body = await asyncio.to_thread(file.read, min(READ_BYTES, last - first))
            if not body:
                raise OSError(f"{piece.path.name} became shorter while it was sent")
            first += len(body)
            yield body
    finally:
        file.close()
