"""The web's side: one Redis subscription for each process wakes all its viewers.

Every two seconds one query looks at the rows of everything that is watched, so that the page tells
the truth also when Redis is away or a worker died.
"""

import asyncio
import logging
import uuid
from collections import deque
from typing import Any
from weakref import WeakKeyDictionary

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from apps.runs.live.messages import Message, channel_name
from apps.runs.models import FINAL, Run

log = logging.getLogger(__name__)
LOOK_SECONDS = 2.0
LOOK_SECONDS_WITHOUT_REDIS = 1.0
ANSWER_SECONDS = 2.0
RETRY_SECONDS = 0.5
HELLO = "hello"
Notice = Message | None  # None: look at the row


class Viewer:
    """One browser connection: what has happened to its runs since it last asked."""

    def __init__(self) -> None:
        self._notices: deque[tuple[uuid.UUID, Notice]] = deque()
        self._wake = asyncio.Event()

    def tell(self, run_id: uuid.UUID, notice: Notice) -> None:
        self._notices.append((run_id, notice))
        self._wake.set()

    async def wait(self, seconds: float) -> list[tuple[uuid.UUID, Notice]]:
        """The next notices, at the latest after so many seconds."""
        if not self._notices:
            try:
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            except TimeoutError:
                return []
        self._wake.clear()
        notices = list(self._notices)
        self._notices.clear()
        return notices


class Hub:
    """Belongs to one event loop. Starts its two tasks with the first viewer."""

    def __init__(self) -> None:
        self._viewers: dict[uuid.UUID, set[Viewer]] = {}
        self._channels: dict[bytes, uuid.UUID] = {}
        self._confirmed: dict[bytes, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._redis = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=2, health_check_interval=10, socket_keepalive=True
        )
        self._replays = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, max_connections=20)
        self._pubsub: PubSub | None = None
        self.is_connected = False

    async def watch(self, run_ids: list[uuid.UUID], viewer: Viewer) -> None:
        """From now on the viewer is told what happens to these runs."""
        fresh = [run_id for run_id in run_ids if run_id not in self._viewers]
        for run_id in run_ids:
            self._viewers.setdefault(run_id, set()).add(viewer)
            self._channels[channel_name(run_id).encode()] = run_id
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._look())]
        await self._change("subscribe", fresh)

    async def leave(self, run_ids: list[uuid.UUID], viewer: Viewer) -> None:
        gone = []
        for run_id in run_ids:
            watching = self._viewers.get(run_id)
            if watching is None:
                continue
            watching.discard(viewer)
            if not watching:
                del self._viewers[run_id]
                del self._channels[channel_name(run_id).encode()]
                gone.append(run_id)
        await self._change("unsubscribe", gone)

    async def replay(self, run_id: uuid.UUID) -> list[Message]:
        """What was published so far, oldest first; empty when Redis is away."""
        try:
            entries: Any = await self._replays.xrange(channel_name(run_id))
        except (RedisError, OSError, TimeoutError):
            return []
        return [Message.decode(fields[b"m"]) for _, fields in entries]

    async def _change(self, act: str, run_ids: list[uuid.UUID]) -> None:
        """Tell Redis what is watched. While it is away nothing is needed: the listener subscribes to everything when it is back."""
        if not run_ids or self._pubsub is None or not self.is_connected:
            return
        names = [channel_name(run_id) for run_id in run_ids]
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await getattr(self._pubsub, act)(*names)
                if act == "subscribe":  # what is published from now on is heard, so a replay leaves no gap
                    await asyncio.gather(*(self._confirmation(name.encode()).wait() for name in names))
        except (RedisError, OSError, TimeoutError):
            self.is_connected = False

    def _confirmation(self, channel: bytes) -> asyncio.Event:
        return self._confirmed.setdefault(channel, asyncio.Event())

    async def _listen(self) -> None:
        is_told = False
        while True:
            try:
                await self._listen_once()
            except (RedisError, OSError, TimeoutError) as error:
                if self.is_connected or not is_told:
                    log.warning("Live text: Redis is away (%s), pages follow the rows.", type(error).__name__)
                is_told = True
            self.is_connected = False
            self._confirmed.clear()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen_once(self) -> None:
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(f"{settings.REDIS_PREFIX}:live:{HELLO}")
            if await pubsub.get_message(timeout=ANSWER_SECONDS) is None:
                raise TimeoutError  # it takes connections and does not answer: frozen
            self._pubsub, self.is_connected = pubsub, True
            if self._channels:
                await pubsub.subscribe(*(channel.decode() for channel in self._channels))
            self._tell_all()  # something may have been missed
            await self._hear(pubsub)

    async def _hear(self, pubsub: PubSub) -> None:
        """Pass messages on. Silence is asked about, and silence after that means that Redis is frozen."""
        is_asked = False
        while self.is_connected:
            message = await pubsub.get_message(timeout=ANSWER_SECONDS)
            if message is not None:
                is_asked = False
                self._dispatch(message)
            elif is_asked:
                raise TimeoutError
            else:
                is_asked = True
                await pubsub.ping()

    def _dispatch(self, message: dict[str, Any]) -> None:
        channel = message["channel"]
        if message["type"] == "subscribe":
            self._confirmation(channel).set()
        elif message["type"] == "unsubscribe":
            self._confirmed.pop(channel, None)
        elif message["type"] == "message" and channel in self._channels:
            run_id = self._channels[channel]
            notice = Message.decode(message["data"])
            for viewer in self._viewers[run_id]:
                viewer.tell(run_id, notice)

    def _tell_all(self) -> None:
        for run_id, viewers in self._viewers.items():
            for viewer in viewers:
                viewer.tell(run_id, None)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS if self.is_connected else LOOK_SECONDS_WITHOUT_REDIS)
            if not self._viewers:
                continue
            if not self.is_connected:
                self._tell_all()
                continue
            try:
                ended = await sync_to_async(ended_among, thread_sensitive=False)(list(self._viewers))
            except (DatabaseError, InterfaceError) as error:
                log.warning("Live text: the database does not answer (%s).", type(error).__name__)
                continue
            for run_id in ended:
                for viewer in self._viewers.get(run_id, ()):
                    viewer.tell(run_id, None)


def ended_among(run_ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Those that have reached a final state."""
    close_old_connections()
    try:
        return list(Run.objects.filter(pk__in=run_ids, status__in=FINAL).values_list("pk", flat=True))
    finally:
        close_old_connections()  # an idle thread would hold one of the few connections of a pool


_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
