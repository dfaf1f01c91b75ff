"""Multipart bodies that are read from disk while they are sent."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Sequence

from gateway.types import FilePart, Stretch

PIECE = 256 * 1024

_CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(;[\x20-\x7e]*)?", re.ASCII)


class MultipartBody:
    """Fields, then files, in their order. Sizes are taken once, so that the length is known before it is sent.

    Raises OSError if a file cannot be read.
    """

    def __init__(self, fields: Sequence[tuple[str, str]], files: Sequence[FilePart]) -> None:
        self._boundary = f"playground-{secrets.token_hex(16)}"
        self._parts: list[bytes | Stretch] = []
        for name, value in fields:
            self._parts.append(self._head(name) + value.encode("utf-8", "replace") + b"\r\n")
        for part in files:
            self._parts += [self._head_of_file(part), *part.sources(), b"\r\n"]
        self._parts.append(f"--{self._boundary}--\r\n".encode())
        self.content_type = f"multipart/form-data; boundary={self._boundary}"
        self.length = sum(len(part) if isinstance(part, bytes) else part.size for part in self._parts)

    def _head(self, name: str, more: str = "") -> bytes:
        return f'--{self._boundary}\r\nContent-Disposition: form-data; name="{_quote(name)}"{more}\r\n\r\n'.encode("utf-8", "replace")

    def _head_of_file(self, part: FilePart) -> bytes:
        kind = part.content_type if _CONTENT_TYPE.fullmatch(part.content_type) else "application/octet-stream"
        return self._head(part.field, f'; filename="{_quote(part.name)}"\r\nContent-Type: {kind}')

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
            else:
                async for piece in _read_file(part):
                    yield piece


async def _read_file(stretch: Stretch) -> AsyncIterator[bytes]:
    """Exactly its bytes. Raises OSError if the file became shorter meanwhile."""
    file = await asyncio.to_thread(stretch.path.open, "rb")
    size = stretch.size
    try:
        if stretch.start:
            await asyncio.to_thread(file.seek, stretch.start)
        while size:
            piece = await asyncio.to_thread(file.read, min(PIECE, size))
            if not piece:
                raise OSError("the file became shorter while it was sent")
            size -= len(piece)
            yield piece
    finally:
        file.close()


def _quote(text: str) -> str:
    """As browsers write names in a form's header."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
