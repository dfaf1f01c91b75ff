"""Stored files on their way to a browser: under our names, never as something that could act on a page of ours.

A browser that plays sound asks for stretches of it (RFC 9110, section 14). They are read where they are, from the disk or
from a store that is elsewhere: never the whole for the sake of a part.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import quote

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

# What a browser may show in place. Everything else is only downloaded.
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
SOUND: Final = frozenset({"audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/webm", "audio/wav", "audio/x-wav", "audio/flac"})
SHOWN: Final = PICTURES | SOUND
# A picture that is something else as well stays a picture: no scripts, no frames, no requests.
POLICY: Final = "default-src 'none'; sandbox"
# A browser that opens a sound alone makes a page around it, which asks for the same address. No scripts there either.
POLICY_OF_SOUND: Final = "default-src 'none'; media-src 'self'; sandbox allow-same-origin"
A_DAY: Final = 24 * 3600
BLOCK: Final = 256 * 1024
ONE_RANGE: Final = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})")


class InPieces(StreamingHttpResponse):
    """Bytes that are read while they are sent. Under ASGI Django would read all of them into memory first."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces, loop = cast(Iterator[bytes], self.streaming_content), asyncio.get_running_loop()
        while (piece := await loop.run_in_executor(None, lambda: next(pieces, None))) is not None:
            yield piece


@dataclass(slots=True)
class Stretch:
    """Some bytes of an open file, block by block; closes it at the end, or when nobody wants more."""

    content: Any
    start: int
    length: int
    source: Any = None

    def __iter__(self) -> "Stretch":
        return self

    def __next__(self) -> bytes:
        if not self.length:
            raise StopIteration
        if self.source is None:
            self.source = _open_at(self.content, self.start, self.length)
        block: bytes = self.source.read(min(BLOCK, self.length))
        self.length = self.length - len(block) if block else 0
        if not block:
            raise StopIteration
        return block

    def close(self) -> None:
        self.length = 0
        if self.source is not None and self.source is not self.content:
            self.source.close()
        self.content.close()


def _open_at(content: Any, start: int, length: int) -> Any:
    """Something to read from. An object of S3 is asked for these bytes; opened as a file it would be fetched whole."""
    stored = content.file if isinstance(content, FieldFile) else content
    remote = getattr(stored, "obj", None)
    if remote is not None:
        return remote.get(Range=f"bytes={start}-{start + length - 1}")["Body"]
    content.seek(start)
    return content


class Unsatisfiable(Exception):
    """A stretch was asked for that the file does not have."""


def served(
    file: Any, content_type: str, name: str, *, is_shown: bool = False, is_for_ever: bool = False, request: HttpRequest | None = None
) -> HttpResponseBase:
    """The bytes of a stored file. Whoever calls it has asked whether this person may see them. 404 where the storage has lost it.

    `is_shown`: in place, where its type allows it. `is_for_ever`: the same address never has other bytes.
    `request`: what was asked, for a part of the file or for the headers alone.
    """
    try:
        content = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    size = int(content.size)
    tag = _tag(str(content.name), size)
    response = _body(content, size, tag, request)
    response["Content-Type"] = content_type if content_type in SHOWN else "application/octet-stream"
    response["Content-Disposition"] = _disposition(name, is_shown and content_type in SHOWN)
    response["Content-Security-Policy"] = POLICY_OF_SOUND if content_type in SOUND else POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"private, max-age={A_DAY}, immutable" if is_for_ever else "private, no-cache"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    return response


def _body(content: Any, size: int, tag: str, request: HttpRequest | None) -> HttpResponseBase:
    """All of it, a part (206), nothing because only the headers are wanted, or nothing because there is no such part (416)."""
    if request is not None and request.method == "HEAD":
        content.close()
        return HttpResponse(headers={"Content-Length": str(size)})
    try:
        part = _asked(request, size, tag)
    except Unsatisfiable:
        content.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = part or (0, size)
    headers = {"Content-Length": str(end - start)} | ({"Content-Range": f"bytes {start}-{end - 1}/{size}"} if part else {})
    return InPieces(Stretch(content, start, end - start), status=206 if part else 200, headers=headers)


def _asked(request: HttpRequest | None, size: int, tag: str) -> tuple[int, int] | None:
    """The stretch that was asked for, from and up to; None for all. Several at once, and what is not understood, get all."""
    wanted = ONE_RANGE.fullmatch(request.headers.get("Range", "").strip()) if request is not None and request.method == "GET" else None
    if request is None or wanted is None or wanted.groups() == ("", ""):
        return None
    if request.headers.get("If-Range", tag) != tag:  # the browser has the beginning of other bytes
        return None
    first, last = wanted.groups()
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= end:
        raise Unsatisfiable
    return start, end


def _tag(name: str, size: int) -> str:
    """The same name never gets other bytes."""
    return f'"{hashlib.sha256(name.encode()).hexdigest()[:20]}-{size}"'


def _disposition(name: str, is_shown: bool) -> str:
    """RFC 6266: a plain name for all, and the whole one for those who read it."""
    plain = "".join(letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_" for letter in name) or "file"
    kind = "inline" if is_shown else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
