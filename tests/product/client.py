"""A small HTTP client for measuring: little CPU of its own, connections kept open as a browser does, bytes counted."""

import asyncio
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import httptools

KEEP_ALIVE = 3.0  # seconds; servers close after five, and a test that blocks its loop would not see it
Piece = Callable[[bytes], None]


@dataclass(slots=True)
class Page:
    """An answer. `seconds` from the first byte sent to the last received; `wire_bytes` counts the body as it was sent."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)  # grows in place: gigabytes come in pieces of a few kilobytes
    seconds: float = 0.0
    wire_bytes: int = 0

    @property
    def text(self) -> str:
        return self.body.decode()


class Connection(asyncio.Protocol):
    """One connection; one request at a time. `take` gets the body piece by piece, else it is collected."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.is_open = True
        self.rested_at = 0.0
        self.answered: asyncio.Future[Page] | None = None
        self.begun: asyncio.Future[Page] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    async def ask(self, request: bytes, take: Piece | None = None, begun: "asyncio.Future[Page] | None" = None) -> Page:
        self.page, self.take, self.begun = Page(), take, begun
        self.parser = httptools.HttpResponseParser(self)
        self.started = time.perf_counter()
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answered

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key == "set-cookie":
            self.page.cookies.append(text)
        self.page.headers[key] = text

    def on_headers_complete(self) -> None:
        self.page.status = self.parser.get_status_code()
        packed = self.page.headers.get("content-encoding") == "gzip"
        self.unpack = zlib.decompressobj(31).decompress if packed else bytes
        if self.begun and not self.begun.done():
            self.begun.set_result(self.page)

    def on_body(self, body: bytes) -> None:
        self.page.wire_bytes += len(body)
        plain = self.unpack(body)
        if self.take and self.page.status == 200:
            self.take(plain)
        else:
            self.page.body += plain

    def on_message_complete(self) -> None:
        self.page.seconds = time.perf_counter() - self.started
        if self.page.headers.get("connection", "").lower() == "close":
            self.close()
        if self.answered and not self.answered.done():
            self.answered.set_result(self.page)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        for waiting in (self.answered, self.begun):
            if waiting and not waiting.done():
                waiting.set_exception(ConnectionResetError("the server closed the connection before its answer ended"))

    def close(self) -> None:
        self.is_open = False
        self.transport.close()


class Client:
    """Connections to one address, with a cookie jar."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.cookies: dict[str, str] = {}
        self.idle: list[Connection] = []

    async def connect(self) -> Connection:
        while self.idle:
            connection = self.idle.pop()
            if connection.is_open and time.perf_counter() - connection.rested_at < KEEP_ALIVE:
                return connection
            connection.close()
        _transport, protocol = await asyncio.get_running_loop().create_connection(Connection, self.host, self.port)
        return protocol

    def build(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        known = {"host": f"{self.host}:{self.port}", "accept": "*/*", "content-length": str(len(body)), **({"cookie": jar} if jar else {})}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in {**known, **headers}.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body

    async def request(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Page:
        connection = await self.connect()
        try:
            page = await connection.ask(self.build(method, path, headers or {}, body))
        except BaseException:
            connection.close()
            raise
        for cookie in page.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.rest(connection)
        return page

    def rest(self, connection: Connection) -> None:
        """Keep an open connection for the next request."""
        if connection.is_open:
            connection.rested_at = time.perf_counter()
            self.idle.append(connection)

    def close(self) -> None:
        for connection in self.idle:
            connection.close()
        self.idle.clear()
