"""A provider on loopback that says exactly the bytes it is told to, and remembers what it was sent."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import orjson

from gateway import AddressPolicy, ApiRequest, Bounds, Connection, Gateway

KEY = "sk-loopback-0123456789abcdef"
PATIENCE = 10.0  # s; nothing takes that long unless it never happens, also on a machine with much else to do
# Quick for a provider, ample for a loopback: none of these ends a call that goes well.
QUICK = Bounds(connect=PATIENCE, first_byte=PATIENCE, silence=PATIENCE, write=PATIENCE, total=3 * PATIENCE, max_bytes=4 * 1024 * 1024)
CHAT = ApiRequest("POST", "/chat/completions", json={"model": "m", "messages": []})
CHAT_STREAM = ApiRequest("POST", "/chat/completions", json={"model": "m", "messages": []}, stream=True)


@dataclass
class Received:
    """One request as it came off the wire."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> object:
        return orjson.loads(self.body)


@dataclass
class Talk:
    """One connection, from the server's side."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    received: list[Received]
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear_head(self) -> Received:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rows = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
        self.received.append(Received(line, headers, b""))
        return self.received[-1]

    async def hear(self) -> Received:
        request = await self.hear_head()
        request.body = await self.reader.readexactly(int(request.headers.get("content-length", 0)))
        return request

    async def say(self, *pieces: bytes, pause: float = 0.0) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(pause)

    async def hear_hang_up(self) -> None:
        """Wait until the other side has closed the connection."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(65536):
                pass
        self.hung_up.set()

    def reset(self) -> None:
        """Break the connection with RST."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = Callable[[Talk], Awaitable[None]]


@dataclass
class Loopback:
    """The running server and ways to call it."""

    port: int
    received: list[Received] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    gateways: list[Gateway] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connection(self, **changes: object) -> Connection:
        values: dict[str, object] = {"base_url": f"{self.origin}/v1", "key": KEY, "dialect": "openai"}
        values["policy"] = AddressPolicy(frozenset({self.origin, f"http://localhost:{self.port}"}))
        return Connection(**(values | changes))

    async def hear_hang_up(self) -> None:
        """Wait until the first connection was closed by the other side, which may have gone before we heard of it."""
        async with asyncio.timeout(PATIENCE):
            while not self.talks:
                await asyncio.sleep(0.005)
            await self.talks[0].hung_up.wait()

    def gateway(self, bounds: Bounds = QUICK, **changes: object) -> Gateway:
        self.gateways.append(Gateway(self.connection(**changes), bounds))
        return self.gateways[-1]


@contextlib.asynccontextmanager
async def serving(script: Script) -> AsyncIterator[Loopback]:
    """A server that plays the script once for each connection, then hangs up."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = Talk(reader, writer, loopback.received)
        loopback.talks.append(talk)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await script(talk)
        finally:
            writer.close()

    server = await asyncio.start_server(play, "127.0.0.1", 0, backlog=512)
    loopback = Loopback(server.sockets[0].getsockname()[1])
    try:
        yield loopback
    finally:
        for gateway in loopback.gateways:
            await gateway.aclose()
        server.close()


def answer(body: bytes, status: str = "200 OK", content_type: str = "application/json", *headers: str) -> bytes:
    """A whole HTTP answer."""
    rows = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    if content_type:
        rows.append(f"Content-Type: {content_type}")
    return "\r\n".join([*rows, "", ""]).encode() + body


def stream_head(content_type: str = "text/event-stream", *headers: str) -> bytes:
    """The head of an answer whose body goes on until the connection is closed."""
    rows = ["HTTP/1.1 200 OK", "Connection: close", f"Content-Type: {content_type}", *headers]
    return "\r\n".join([*rows, "", ""]).encode()


def says(*pieces: bytes, pause: float = 0.0) -> Script:
    """Hear one request, say these bytes, hang up."""

    async def script(talk: Talk) -> None:
        await talk.hear()
        await talk.say(*pieces, pause=pause)

    return script


def answers_with(body: bytes, status: str = "200 OK", content_type: str = "application/json", *headers: str) -> Script:
    return says(answer(body, status, content_type, *headers))


def streams(*pieces: bytes, content_type: str = "text/event-stream") -> Script:
    return says(stream_head(content_type), *pieces)
