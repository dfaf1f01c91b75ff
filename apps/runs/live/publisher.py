"""The worker's side: growing answers into Redis, all runs of a process in one pipelined write.

The first piece of an answer leaves at once; after that at most one message for each run every 40 ms,
flushed by a timer, so that a model that pauses holds no words back. Redis is for speed only: when it
is away the texts wait here and the rows have them.
"""

import asyncio
import logging
import uuid

import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from apps.runs.live.messages import Message, channel_name
from apps.runs.operations import Growing

log = logging.getLogger(__name__)
JOIN_SECONDS = 0.04
RETRY_SECONDS = 0.5
KEEP_AFTER_SECONDS = 600  # beyond the longest run
KEEP_MESSAGES = 2000
ANSWER_SECONDS = 2.0


class Channel:
    """One run's growing answer, and how much of it has been published."""

    def __init__(self, run_id: uuid.UUID, publisher: "Publisher") -> None:
        self.name = channel_name(run_id)
        self.published = 0
        self.thinking = 0
        self.is_ended = False
        self._pieces: list[str] = []
        self._publisher = publisher
        self._has_spoken = False

    def grow(self, piece: str, thoughts: Growing) -> None:
        """Take a new piece of the answer (may be empty when only thoughts grew)."""
        if piece:
            self._pieces.append(piece)
        self.thinking = thoughts.length
        self._publisher.mark(self, at_once=not self._has_spoken)
        self._has_spoken = True

    def end(self) -> None:
        self.is_ended = True
        self._publisher.mark(self, at_once=True)

    def take(self) -> list[Message]:
        """What to publish now. It counts as published only when `confirm` is called."""
        text = "".join(self._pieces)
        self._pieces = [text] if text else []
        messages = [Message(self.published, text, self.thinking)] if text or not self.is_ended else []
        return [*messages, Message(is_end=True)] if self.is_ended else messages

    def confirm(self, messages: list[Message]) -> None:
        """Forget what Redis has taken."""
        sent = sum(len(message.text) for message in messages)
        text = "".join(self._pieces)[sent:]
        self._pieces = [text] if text else []
        self.published += sent


class Publisher:
    """Lives on the worker's event loop. `mark` never waits and never fails."""

    def __init__(self, url: str) -> None:
        self._redis = redis.asyncio.Redis.from_url(
            url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS, health_check_interval=0, max_connections=4
        )
        self._dirty: dict[str, Channel] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._not_before = 0.0  # after a failure Redis is left alone for a while
        self._is_away = False
        self._flushing: asyncio.Task[None] | None = None

    def open(self, run_id: uuid.UUID) -> Channel:
        return Channel(run_id, self)

    def mark(self, channel: Channel, at_once: bool) -> None:
        self._dirty[channel.name] = channel
        self._plan(0 if at_once else JOIN_SECONDS)

    def _plan(self, delay: float) -> None:
        loop = asyncio.get_running_loop()
        due = max(loop.time() + delay, self._not_before)
        if self._timer is not None:
            if self._due <= due:
                return
            self._timer.cancel()
        self._due = due
        self._timer = loop.call_at(due, self._begin_flush)

    def _begin_flush(self) -> None:
        self._timer = None
        if self._flushing is not None and not self._flushing.done():
            self._plan(JOIN_SECONDS / 4)
            return
        self._flushing = asyncio.get_running_loop().create_task(self._flush())

    async def _flush(self) -> None:
        batch, self._dirty = list(self._dirty.values()), {}
        taken = [(channel, channel.take()) for channel in batch]
        try:
            await self._write(taken)
        except (RedisError, OSError, TimeoutError) as error:
            self._postpone(batch, error)
        else:
            self._is_away = False
            for channel, messages in taken:
                channel.confirm(messages)

    def _postpone(self, batch: list[Channel], error: Exception) -> None:
        """Keep what was not taken for a later try. An ended run needs none: viewers look at its row."""
        if not self._is_away:
            log.warning("Redis does not take live text (%s): pages follow the rows.", type(error).__name__)
        self._is_away = True
        self._not_before = asyncio.get_running_loop().time() + RETRY_SECONDS
        for channel in batch:
            if not channel.is_ended:
                self._dirty.setdefault(channel.name, channel)
        if self._dirty:
            self._plan(0)

    async def _write(self, taken: list[tuple[Channel, list[Message]]]) -> None:
        pipe = self._redis.pipeline(transaction=False)
        for channel, messages in taken:
            for message in messages:
                data = message.encode()
                pipe.xadd(channel.name, {"m": data}, maxlen=KEEP_MESSAGES, approximate=True)
                pipe.publish(channel.name, data)
            if channel.published == 0 or channel.is_ended:
                pipe.expire(channel.name, round(settings.RUN_TOTAL_TIMEOUT) + KEEP_AFTER_SECONDS)
        await pipe.execute()

    async def close(self) -> None:
        """Write what is left, as well as it goes, and let go of Redis."""
        for _ in range(3):
            if self._dirty:
                await self._flush()
        await self._redis.aclose()


def announce_end(run_ids: list[uuid.UUID]) -> None:
    """Tell viewers that runs have ended, from a place without a loop (the sweeper). Losing it is harmless."""
    if not run_ids:
        return
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        for run_id in run_ids:
            client.publish(channel_name(run_id), Message(is_end=True).encode())
    except (RedisError, OSError):
        log.info("Redis is away: viewers see the end of %d runs from the rows.", len(run_ids))
    finally:
        client.close()


def check_queue() -> None:
    """Raises when Redis does not answer within a second (for `/readyz`)."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        client.ping()
    finally:
        client.close()
