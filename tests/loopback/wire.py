"""HTTP/1.1 at the level of bytes: one `Connection` for each socket, one `Exchange` for each request on it."""

import array
import asyncio
import contextlib
import itertools
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, cast

import httptools

LINGER_NOT = struct.pack("ii", 1, 0)  # close() then sends a reset
numbers = itertools.count(1)


@dataclass(slots=True)
class Record:
    """What is known of one request. Times are of the machine's monotonic clock."""

    path: str
    method: str = ""
    at: float = field(default_factory=time.monotonic)
    id: int = field(default_factory=lambda: next(numbers))
    model: str = ""
    token: str = ""
    key: str = ""
    body: Any = None
    parts: list[dict[str, Any]] = field(default_factory=list)
    finished: bool = False
    connection_closed_at: float | None = None
    sent: "array.array[float]" = field(default_factory=lambda: array.array("d"))

    def as_dict(self, body: bool = False, sent: bool = False) -> dict[str, Any]:
        known = {
            name: getattr(self, name)
            for name in ("id", "path", "method", "model", "token", "key", "at", "finished", "connection_closed_at")
        }
        known |= {"pieces": len(self.sent), "parts": self.parts}
        if body:
            known["body"] = self.body
        if sent:
            known["sent"] = list(self.sent)
        return known


class Exchange:
    """One request and its answer, with the verbs to answer well and badly."""

    def __init__(self, connection: "Connection", method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        self.connection, self.method, self.path, self.headers, self.body = connection, method, path, headers, body
        self.record = Record(path, method)
        self.chunked = False

    def head(self, status: int, headers: Mapping[str, str], length: int | None = None) -> None:
        """The status line and headers; without a length the body goes in chunks."""
        self.chunked = length is None
        framing = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"x-request-id: req_{self.record.id:08d}", framing]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.raw(("\r\n".join(lines) + "\r\n\r\n").encode())

    def write(self, data: bytes) -> None:
        self.raw(b"%x\r\n%b\r\n" % (len(data), data) if self.chunked else data)

    def raw(self, data: bytes) -> None:
        """Bytes as they are, outside any framing."""
        self.connection.transport.write(data)

    def end(self) -> None:
        if self.chunked:
            self.raw(b"0\r\n\r\n")
        self.record.finished = True

    def whole(self, status: int, body: bytes, content_type: str = "application/json", headers: Mapping[str, str] | None = None) -> None:
        self.head(status, {"content-type": content_type, **(headers or {})}, len(body))
        self.write(body)
        self.end()

    def reset(self) -> None:
        self.connection.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self.connection.transport.abort()

    def close(self) -> None:
        self.connection.transport.close()

    async def drain(self) -> None:
        """Until the client has taken enough; for those who write as fast as they can."""
        await self.connection.writable.wait()
        await asyncio.sleep(0)


Answer = Callable[[Exchange], Awaitable[None]]


class Connection(asyncio.Protocol):
    """Reads requests one after the other; when the client goes away, the answer it was getting is cancelled."""

    transport: asyncio.Transport

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.task: asyncio.Task[None] | None = None
        self.served: list[Record] = []
        self.writable = asyncio.Event()
        self.writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.abort()

    def on_message_begin(self) -> None:
        self.path, self.body = "", bytearray()
        self.headers: dict[str, str] = {}

    def on_url(self, url: bytes) -> None:
        self.path += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        exchange = Exchange(self, self.parser.get_method().decode(), self.path, self.headers, bytes(self.body))
        self.served.append(exchange.record)
        self.task = asyncio.get_running_loop().create_task(self._serve(exchange))

    async def _serve(self, exchange: Exchange) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await self.answer(exchange)

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def connection_lost(self, error: Exception | None) -> None:
        for record in self.served:
            record.connection_closed_at = time.monotonic()
        if self.task:
            self.task.cancel()
