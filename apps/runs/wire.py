"""The one event loop of a worker process: it owns the network, threads own the database.

A thread hands a `Call` over and hears back through the call's inbox: `Begun` with the first content,
`Ended` once, whatever happens. Nothing here touches the ORM.
"""

import asyncio
import contextlib
import logging
import pathlib
import queue
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import uvloop
from django.conf import settings
from django.utils.translation import gettext as _

from apps.runs import links
from apps.runs.bounds import bounds_of, bounds_of_links
from apps.runs.live.publisher import Channel, Publisher
from apps.runs.operations import Operation, Result, StreamState
from apps.runs.pursuit import pursue
from apps.runs.room import NotKept
from gateway import Connection, Gateway, GatewayError
from gateway.errors import Lost
from gateway.threads import in_thread
from gateway.types import ApiRequest, ApiResponse

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """The first content of the answer is here."""

    run_id: uuid.UUID
    first_ms: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over and its connection closed. Exactly one of `result` and `error` or `cancelled` tells how.

    With an error or a stop, `result` still holds as much as came.
    """

    run_id: uuid.UUID
    result: Result
    error: GatewayError | None = None
    cancelled: str = ""  # the reason given to `Call.cancel`
    request_id: str = ""
    first_ms: int | None = None
    total_ms: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)  # of an answer, not of a refusal


@dataclass(frozen=True, slots=True)
class Previewed:
    """An unfinished picture came: the newest one is in the state of the call, until somebody takes it."""

    run_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Created:
    """The provider has begun an answer in background, and knows it under this id."""

    run_id: uuid.UUID
    remote_id: str


Inbox = queue.SimpleQueue["Begun | Created | Previewed | Ended"]


@dataclass(slots=True)
class Call:
    """One request on its way. Made by a thread, run by the loop."""

    run_id: uuid.UUID
    fence: int
    operation: Operation
    connection: Connection
    request: ApiRequest
    inbox: Inbox
    patience: int | None = None  # seconds, see `bounds_of`
    state: StreamState = field(default_factory=StreamState)
    first_ms: int | None = None
    request_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cancelled: str = ""
    is_over: bool = False
    is_followed: bool = False  # made in background: `pursuit`
    remote_id: str = ""
    earlier: float = 0.0  # seconds since it was sent, where another worker did that
    looks: int = 0
    notices: list[str] = field(default_factory=list)  # sentences for the person, untranslated
    _task: "asyncio.Task[Result] | None" = None

    def cancel(self, reason: str) -> None:
        """Close the provider's connection as soon as the loop comes round. Any thread may ask; the first reason counts."""
        if not self.cancelled:
            self.cancelled = reason
            wire().loop.call_soon_threadsafe(self._cancel_task)

    def created(self, remote_id: str) -> None:
        """Tell the thread under which id it is found again."""
        if remote_id and not self.remote_id:
            self.remote_id = remote_id
            self.inbox.put(Created(self.run_id, remote_id))

    def _cancel_task(self) -> None:
        if self._task is not None:
            self._task.cancel()


class Wire:
    """The loop in its thread, with one gateway for each connection and one publisher."""

    def __init__(self) -> None:
        self.loop = uvloop.new_event_loop()
        self._gateways: dict[Connection, Gateway] = {}
        self._publisher: Publisher | None = None
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def submit(self, call: Call) -> None:
        self.loop.call_soon_threadsafe(self._start, call)

    def _start(self, call: Call) -> None:
        started = time.monotonic() - call.earlier
        carry_out = self._pursue if call.is_followed else self._stream if call.request.stream else self._send
        call._task = self.loop.create_task(carry_out(call, started))
        call._task.add_done_callback(lambda task: self._end(call, task, started))
        if call.cancelled:
            call._task.cancel()

    def _end(self, call: Call, task: "asyncio.Task[Result]", started: float) -> None:
        """The last word on a call, whatever became of its task: also of one that was cancelled before its first step."""
        call._task, call.is_over = None, True
        error = None
        if task.cancelled():
            call.cancelled = call.cancelled or "shutdown"
        elif caught := task.exception():
            error = _error_of(call, caught)
        result = None if task.cancelled() or error else task.result()
        ended = _ended(call, result, error, started)
        call.state.extra.clear()  # pictures may be in it, and the call is held until its files are stored
        call.state.take_preview()
        call.inbox.put(ended)

    def announce_end(self, run_id: uuid.UUID) -> None:
        """Tell the viewers of a run to look at its row. Call it after the row was written."""
        self.loop.call_soon_threadsafe(lambda: self._channel(run_id).end())

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something quick after a while, without holding a thread for it."""
        self.loop.call_soon_threadsafe(lambda: self.loop.call_later(seconds, act))

    def _channel(self, run_id: uuid.UUID) -> Channel:
        if self._publisher is None:
            self._publisher = Publisher(settings.REDIS_URL)
        return self._publisher.open(run_id)

    def _gateway(self, connection: Connection) -> Gateway:
        if connection not in self._gateways:
            self._gateways[connection] = Gateway(connection)
        return self._gateways[connection]

    async def _stream(self, call: Call, started: float) -> Result:
        channel = self._channel(call.run_id)
        state = call.state
        seen = 0
        previews = 0
        async with self._gateway(call.connection).stream(
            call.request, bounds=bounds_of(call.operation, call.request, call.patience)
        ) as answer:
            call.request_id, call.headers = answer.request_id, answer.headers
            async for event in answer:
                call.operation.fold(event, state)
                if state.previews > previews:
                    previews = state.previews
                    self._begin(call, started)
                    call.inbox.put(Previewed(call.run_id))
                if state.answer.length + state.thoughts.length == seen:
                    continue
                seen = state.answer.length + state.thoughts.length
                self._begin(call, started)
                channel.grow(state.answer.take_fresh(), state.thoughts)
        return await self._with_links(call, call.operation.finish(state), started)

    def _begin(self, call: Call, started: float) -> None:
        """The first content is here."""
        if call.first_ms is None:
            call.first_ms = milliseconds_since(started)
            call.inbox.put(Begun(call.run_id, call.first_ms))

    async def _send(self, call: Call, started: float) -> Result:
        bounds = bounds_of(call.operation, call.request, call.patience)
        folder = await in_thread(_folder) if call.request.is_file else None
        try:
            path = pathlib.Path(folder.name) / "answer" if folder else None
            response: ApiResponse = await self._gateway(call.connection).send(call.request, save_to=path, bounds=bounds)
            call.first_ms, call.request_id, call.headers = response.first_byte_ms, response.request_id, response.headers
            result = _read_whole(call.operation, response)
        except BaseException:
            if folder is not None:
                await in_thread(folder.cleanup)
            raise
        if folder is not None:
            result.leftovers = (*result.leftovers, folder.cleanup)
        return await self._with_links(call, result, started)

    async def _pursue(self, call: Call, started: float) -> Result:
        result = await pursue(self._gateway(call.connection), call, started)
        return await self._with_links(call, result, started)

    async def _with_links(self, call: Call, result: Result, started: float) -> Result:
        return await links.fetched(self._gateway(call.connection), result, bounds_of_links(time.monotonic() - started))

    def close(self) -> None:
        """Write what is left to Redis and let go of all connections."""
        closing = asyncio.run_coroutine_threadsafe(self._close(), self.loop)
        with contextlib.suppress(TimeoutError):
            closing.result(timeout=5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=2)

    async def _close(self) -> None:
        if self._publisher is not None:
            await self._publisher.close()
        for gateway in self._gateways.values():
            await gateway.aclose()


def _folder() -> "tempfile.TemporaryDirectory[str]":
    """For an answer that is a file. It goes when that is stored."""
    return tempfile.TemporaryDirectory(prefix="playground-outputs-", ignore_cleanup_errors=True)


def _read_whole(operation: Operation, response: ApiResponse) -> Result:
    try:
        return operation.parse_response(response)
    except BaseException:
        if response.spilled is not None:
            response.spilled.close()
        raise


def _ended(call: Call, result: Result | None, error: GatewayError | None, started: float) -> Ended:
    request_id = call.request_id or (error.request_id if error else "") or ""
    cancelled = call.cancelled if result is None else ""
    if result is None:
        result = _what_came(call)
    result.notices = (*result.notices, *(_(notice) for notice in call.notices))
    return Ended(call.run_id, result, error, cancelled, request_id, call.first_ms, milliseconds_since(started), call.headers)


def _error_of(call: Call, caught: BaseException) -> GatewayError:
    """What went wrong, without its traceback: that would hold everything that was read so far."""
    if isinstance(caught, GatewayError):
        return caught.with_traceback(None)
    log.error("Reading the answer of run %s failed", call.run_id, exc_info=caught)
    if isinstance(caught, OSError) and caught.errno is not None:  # the gateway has words for all that happens on the network
        return NotKept(caught)
    return Lost("stream_error", "The answer could not be read.")


def _what_came(call: Call) -> Result:
    """As much of an answer as there is, though its end never came."""
    try:
        return call.operation.finish(call.state)
    except Exception:
        log.exception("Putting together what came of run %s failed", call.run_id)
        return Result(call.state.text, call.state.thinking)


_wire: Wire | None = None
_making = threading.Lock()


def wire() -> Wire:
    """The process's wire, made when it is first needed."""
    global _wire
    with _making:
        if _wire is None:
            _wire = Wire()
        return _wire


def close_wire() -> None:
    global _wire
    with _making:
        if _wire is not None:
            _wire.close()
            _wire = None


def milliseconds_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
