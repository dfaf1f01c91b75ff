"""Reads the product's event stream as a browser's EventSource does."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Self

from tests.product.client import Client, Connection, Page


@dataclass(frozen=True, slots=True)
class Event:
    """`name` is "" for an unnamed message. `at` is a time of the monotonic clock."""

    name: str
    data: str
    id: str
    at: float


class EventParser:
    """Bytes in, events out."""

    def __init__(self, take: Callable[[Event], None]) -> None:
        self.take = take
        self.rest = b""
        self.last_id = ""

    def feed(self, data: bytes) -> None:
        now = time.monotonic()
        *blocks, self.rest = (self.rest + data).split(b"\n\n")
        for block in blocks:
            self._block(block, now)

    def _block(self, block: bytes, now: float) -> None:
        name, lines = "", []
        for line in block.decode().split("\n"):
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "data":
                lines.append(value)
            elif field == "event":
                name = value
            elif field == "id":
                self.last_id = value
        if lines:
            self.take(Event(name, "\n".join(lines), self.last_id, now))


class Live:
    """One event stream. Closing it is closing the tab."""

    def __init__(self, client: Client, path: str, headers: Mapping[str, str], on_event: Callable[[Event], None] | None = None) -> None:
        self.client, self.path, self.headers = client, path, headers
        self.events: asyncio.Queue[Event | None] = asyncio.Queue()
        self.parser = EventParser(on_event or self.events.put_nowait)
        self.plain_bytes = 0
        self.connection: Connection | None = None
        self.task: asyncio.Task[Page] | None = None

    async def open(self) -> Page:
        """Connect, and return when the headers are here."""
        self.connection = await self.client.connect()
        begun: asyncio.Future[Page] = asyncio.get_running_loop().create_future()
        request = self.client.build("GET", self.path, {"accept": "text/event-stream", **self.headers})
        self.task = asyncio.ensure_future(self.connection.ask(request, self._take, begun))
        self.task.add_done_callback(lambda _task: self.events.put_nowait(None))
        return await begun

    def _take(self, data: bytes) -> None:
        self.plain_bytes += len(data)
        self.parser.feed(data)

    @property
    def wire_bytes(self) -> int:
        return self.connection.page.wire_bytes if self.connection else 0

    async def finished(self) -> Page:
        """Until the server has ended the stream; raises ConnectionResetError when it was cut."""
        assert self.task
        return await self.task

    async def __aiter__(self) -> AsyncIterator[Event]:
        """The events, until the stream ends in whatever way."""
        while (event := await self.events.get()) is not None:
            yield event

    async def close(self) -> None:
        if self.connection:
            self.connection.close()
        if self.task:
            await asyncio.wait([self.task])
            self.task.exception()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()
