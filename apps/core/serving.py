"""Stored files on their way to a browser: under our names, never as something that could act on a page of ours."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, cast
from urllib.parse import quote

from django.core.files.base import File
from django.http import FileResponse, Http404

# What a browser may show in place. Everything else is only downloaded.
SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
ENDINGS: Final = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}
# A picture that is something else as well stays a picture: no scripts, no frames, no requests.
POLICY: Final = "default-src 'none'; sandbox"
A_DAY: Final = 24 * 3600


class InPieces(FileResponse):
    """A file that is read while it is sent. Under ASGI Django would read all of it into memory first."""

    block_size = 256 * 1024

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces, loop = cast(Iterator[bytes], self.streaming_content), asyncio.get_running_loop()
        while (piece := await loop.run_in_executor(None, lambda: next(pieces, None))) is not None:
            yield piece


def served(file: Any, content_type: str, name: str, *, is_shown: bool = False, is_for_ever: bool = False) -> FileResponse:
    """The bytes of a stored file. Whoever calls it has asked whether this person may see them. 404 where the storage has lost it.

    `is_shown`: in place, where its type allows it. `is_for_ever`: the same address never has other bytes.
    """
    try:
        content: File[bytes] = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    is_shown = is_shown and content_type in SHOWN
    response = InPieces(content, content_type=content_type if content_type in SHOWN else "application/octet-stream")
    response["Content-Disposition"] = _disposition(name, is_shown)
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"private, max-age={A_DAY}, immutable" if is_for_ever else "private, no-cache"
    return response


def _disposition(name: str, is_shown: bool) -> str:
    """RFC 6266: a plain name for all, and the whole one for those who read it."""
    plain = "".join(letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_" for letter in name) or "file"
    kind = "inline" if is_shown else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
