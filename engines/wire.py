"""What all endpoints share of HTTP: request ids, bodies with a limit, event streams, callers who leave."""

import asyncio
import contextlib
import pathlib
import secrets
from collections.abc import AsyncGenerator, Coroutine
from typing import Any, TypeVar

import orjson
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engines.errors import ApiError, invalid, log, mistake, too_large
from engines.folders import Folder

MAX_JSON_BYTES = 8 * 1024 * 1024
# A refused body is still read this far, so that the caller gets to see the refusal and not a reset connection.
MAX_DRAINED_BYTES = 8 * MAX_JSON_BYTES
DONE = b"data: [DONE]\n\n"

Value = TypeVar("Value")


class CallerLeft(Exception):
    """Nobody listens any more; there is nothing to answer."""


class RequestIds:
    """Puts `x-request-id` on every answer: refusals, errors and mistakes of our own included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = f"req_{secrets.token_hex(16)}"
        has_begun = False

        async def send_with_id(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except (CallerLeft, ClientDisconnect):
            log.info("%s: the caller left", request_id)
        except Exception:
            log.exception("%s: %s %s failed", request_id, scope["method"], scope["path"])
            if has_begun:
                raise
            await mistake().as_response()(scope, receive, send_with_id)


async def limited(request: Request, most_bytes: int) -> AsyncGenerator[bytes, None]:
    """The body in parts; after more than `most_bytes` of them, 413."""
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= most_bytes:
            yield part
        elif size > most_bytes + MAX_DRAINED_BYTES:
            break
    if size > most_bytes:
        raise too_large("The body", most_bytes)


async def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object, or the fitting 400 or 413."""
    return parse_json(b"".join([part async for part in limited(request, MAX_JSON_BYTES)]))


async def save_body(request: Request, path: pathlib.Path, most_bytes: int) -> None:
    """The body as a file, or 413. Bodies that come slowly wait on the disk, not in memory."""
    with path.open("wb") as handle:
        async for part in limited(request, most_bytes):
            await asyncio.to_thread(handle.write, part)


def parse_json(body: bytes) -> dict[str, Any]:
    try:
        values = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise invalid(f"The body is not valid JSON: {error}.", None, "invalid_json") from error
    if not isinstance(values, dict):
        raise invalid("The body must be a JSON object.", None, "invalid_json")
    return values


async def wait_until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def while_listening(receive: Receive, work: Coroutine[Any, Any, Value]) -> Value:
    """The result of `work`, which is cancelled at once when the caller hangs up (CallerLeft)."""
    task = asyncio.ensure_future(work)
    left = asyncio.ensure_future(wait_until_left(receive))
    try:
        await asyncio.wait({task, left}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise CallerLeft
        return task.result()
    finally:
        for each in (task, left):
            each.cancel()
        await asyncio.gather(task, left, return_exceptions=True)


async def after_first(receive: Receive, items: AsyncGenerator[Value, None]) -> AsyncGenerator[Value, None]:
    """The same items, of which the first is awaited here, before any answer begins: a refusal still gets its own status."""
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(contextlib.aclosing(items))
        first = await while_listening(receive, anext(items))
        stack.pop_all()
    return put_first(first, items)


async def put_first(first: Value, items: AsyncGenerator[Value, None]) -> AsyncGenerator[Value, None]:
    async with contextlib.aclosing(items):
        yield first
        async for item in items:
            yield item


def encode_event(value: Any) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"


def encode_named_event(value: dict[str, Any]) -> bytes:
    """An event whose `type` stands before it too, as OpenAI sends those of pictures and sound."""
    return b"event: " + value["type"].encode() + b"\n" + encode_event(value)


class EventStream(Response):
    """Sends what `events` yields as server-sent events, then `ending`; closes `events` and removes `folder` whatever happens.

    Bytes are sent as they are: for events that are too large to be in memory at once. A failure on the way is told inside
    the stream, and then there is no `ending`.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[dict[str, Any] | bytes, None], ending: bytes = DONE, folder: Folder | None = None) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self.events = events
        self.ending = ending
        self.folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await while_listening(receive, self.send_all(send))
        finally:
            await self.events.aclose()
            if self.folder is not None:
                self.folder.cleanup()

    async def send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        last = self.ending
        try:
            async for event in self.events:
                body = event if isinstance(event, bytes) else encode_event(event)
                await send({"type": "http.response.body", "body": body, "more_body": True})
        except ApiError as error:
            last = encode_event(error.as_json())
        except Exception as error:
            log.error("A stream failed", exc_info=error)
            last = encode_event(mistake().as_json())
        await send({"type": "http.response.body", "body": last, "more_body": False})
