"""Sends the pieces of an answer at their times, without a task switch for each of them."""

import asyncio
import time
from collections.abc import Iterable

from tests.loopback.wire import Exchange

BATCH = 64


class Pace:
    """Writes one frame after the other, `rate` a second, counted from the first so that no delay adds up."""

    def __init__(self, exchange: Exchange, frames: Iterable[bytes], rate: int) -> None:
        self.exchange, self.frames, self.interval = exchange, iter(frames), 1 / rate
        self.loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self.loop.create_future()
        self.due = self.loop.time()

    async def run(self) -> None:
        self._tick()
        await self.done

    def _tick(self) -> None:
        if self.done.cancelled():
            return
        now = self.loop.time() + 0.0005
        while self.due <= now:
            frame = next(self.frames, None)
            if frame is None:
                self.done.set_result(None)
                return
            self.exchange.write(frame)
            self.exchange.record.sent.append(time.monotonic())
            self.due += self.interval
        self.loop.call_at(self.due, self._tick)


async def send_at_once(exchange: Exchange, frames: Iterable[bytes]) -> None:
    """As fast as the client takes them."""
    for number, frame in enumerate(frames):
        exchange.write(frame)
        exchange.record.sent.append(time.monotonic())
        if number % BATCH == 0:
            await exchange.drain()


async def send_paced(exchange: Exchange, frames: Iterable[bytes], rate: int) -> None:
    await (Pace(exchange, frames, rate).run() if rate else send_at_once(exchange, frames))
