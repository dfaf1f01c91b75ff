"""The one door to providers."""

import contextlib
import re
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson

from gateway.addresses import AddressGuard, origin_of
from gateway.answers import Answer
from gateway.calls import Call, build_call, checked_origin
from gateway.clock import CallClock
from gateway.errors import GatewayError, NotSent
from gateway.failures import TRANSPORT_ERRORS, failure_of
from gateway.json_text import decode_json
from gateway.links import build_link_call, link_error
from gateway.masking import mask_bytes
from gateway.multipart import MultipartBody
from gateway.refusals import refusal
from gateway.streams import ApiStream
from gateway.threads import in_thread
from gateway.transport import current_clock, make_client
from gateway.types import ApiRequest, ApiResponse, Bounds, Connection

SMALL_BODY = 64 * 1024
LONGEST_LOOK = 256 * 1024
DEFAULT_BOUNDS = Bounds()


class Gateway:
    """Calls to one provider. One for each Connection and process; it lives on the event loop of its first call.

    Sends each request once: nothing is retried, redirected or remembered here. Every failure is a GatewayError.
    """

    def __init__(self, connection: Connection, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        self._connection = connection
        self._bounds = bounds
        self._keys = (connection.key,) if connection.key else ()
        self._client: httpx.AsyncClient | None = None

    async def aclose(self) -> None:
        """Close what is open. A later call would open it again."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.aclose()

    async def send(self, request: ApiRequest, *, save_to: Path | None = None, bounds: Bounds | None = None) -> ApiResponse:
        """Make the call and read the whole answer.

        With `save_to` the body goes to that file, whatever it is; a JSON body is decoded as well, unless the request says that
        the answer is a file (`is_file`). Raises GatewayError; OSError only when the file cannot be written.
        """
        answer = await self._open(request, bounds or self._bounds)
        try:
            return await self._read(answer, save_to, request)
        finally:
            await answer.aclose()

    async def fetch(self, url: str, *, save_to: Path, bounds: Bounds | None = None) -> ApiResponse:
        """Get what a link in an answer leads to, into a file; `content_type` is what the server says of it.

        Public addresses and those that the connection's policy allows; no redirect is followed, and the key goes
        only where it belongs. A link without a host is taken as of this provider. Raises Lost of the kind "link", which is never sent
        again by itself, since the answer itself was paid for; OSError only when the file cannot be written.
        """
        try:
            call = build_link_call(self._connection, url)
            async with make_client(AddressGuard(origin_of(call.url), self._connection.policy)) as client:
                answer = await self._deliver(client, call, bounds or self._bounds)
                try:
                    await self._check_status(answer)
                    await answer.save_file(save_to)
                finally:
                    await answer.aclose()
        except GatewayError as error:
            raise link_error(error, url) from error
        return _response(answer, saved=save_to)

    async def probe(self, request: ApiRequest, *, bounds: Bounds | None = None) -> ApiResponse:
        """Whatever comes back, as it is: also an error, a redirect that is not followed, a web page, half a body.

        `body` holds the beginning, at most `LONGEST_LOOK`, whatever its type is, and `json` its value if it is JSON.
        For finding out what a server is. Raises GatewayError only when there is no answer at all.
        """
        answer = await self._ask(request, bounds or self._bounds)
        try:
            body = mask_bytes(await answer.read_beginning(LONGEST_LOOK), [key.encode() for key in self._keys])
        finally:
            await answer.aclose()
        return _response(answer, json=_json_or_none(body), body=body)

    @contextlib.asynccontextmanager
    async def stream(self, request: ApiRequest, *, bounds: Bounds | None = None) -> AsyncIterator[ApiStream]:
        """Make the call and give its events as they come. Leaving, in whatever way, ends the provider's work at once."""
        answer = await self._open(request, bounds or self._bounds)
        try:
            yield ApiStream(answer, _pictures_asked(request))
        finally:
            await answer.aclose()

    async def _open(self, request: ApiRequest, bounds: Bounds) -> Answer:
        """Send, and wait for the head of the answer. Raises what the status means."""
        answer = await self._ask(request, bounds)
        await self._check_status(answer)
        return answer

    async def _ask(self, request: ApiRequest, bounds: Bounds) -> Answer:
        """Send, and wait for the head of the answer, whatever it is."""
        call = build_call(self._connection, request)
        return await self._deliver(self._running_client(), call, bounds)

    async def _deliver(self, client: httpx.AsyncClient, call: Call, bounds: Bounds) -> Answer:
        clock = CallClock(bounds)
        token = current_clock.set(clock)
        try:
            http_request = self._build_http(call, clock)
            response = await clock.wait(client.send(http_request, stream=True))
        except TRANSPORT_ERRORS as error:
            raise failure_of(error, clock, call.url) from error
        finally:
            current_clock.reset(token)
        return Answer(response, clock, self._keys)

    def _running_client(self) -> httpx.AsyncClient:
        if self._client is None:
            guard = AddressGuard(checked_origin(self._connection.base_url), self._connection.policy)
            self._client = make_client(guard)
        return self._client

    def _build_http(self, call: Call, clock: CallClock) -> httpx.Request:
        is_plain = ("Accept", "text/event-stream") in call.headers or any(name == "Range" for name, _value in call.headers)
        headers = [*call.headers, ("Accept-Encoding", "identity" if is_plain else "gzip, deflate")]
        if call.json is None and not call.is_multipart:
            clock.has_body = False
            return httpx.Request(call.method, call.url, headers=headers)
        if call.is_multipart:
            try:
                body = MultipartBody(call.fields, call.files)
            except OSError as error:
                raise NotSent("bad_request", "A file that was to be sent cannot be read.") from error
            headers += [("Content-Type", body.content_type), ("Content-Length", str(body.length))]
            return httpx.Request(call.method, call.url, headers=headers, content=_watched(body, clock))
        encoded = _encode_json(call.json)
        headers.append(("Content-Length", str(len(encoded))))
        return httpx.Request(call.method, call.url, headers=headers, content=_watched(_slices(encoded), clock))

    async def _check_status(self, answer: Answer) -> None:
        """Raise the error that the answer is, if it is one."""
        if 200 <= answer.status < 300:
            return
        try:
            body = await answer.read_error_body()
        finally:
            await answer.aclose()
        raise refusal(answer.status, answer.headers, body, keys=self._keys, request_id=answer.request_id)

    async def _read(self, answer: Answer, save_to: Path | None, request: ApiRequest) -> ApiResponse:
        names = request.spill
        if save_to is not None and request.is_file:
            await answer.save_as_it_is(save_to)
            return _response(answer, saved=save_to)
        if save_to is not None:
            return _response(answer, json=await answer.save(save_to), saved=save_to)
        body, spilled = await answer.spill(names) if names and answer.may_be_json else (await answer.read(), None)
        try:
            value = answer.read_json(body)
        except BaseException:
            if spilled is not None:
                await in_thread(spilled.close)
            raise
        return _response(answer, json=value, body=b"" if value is not None else body, spilled=spilled)


def _response(answer: Answer, **read: Any) -> ApiResponse:
    return ApiResponse(
        status=answer.status,
        headers=answer.headers,
        content_type=answer.content_type,
        request_id=answer.request_id,
        first_byte_ms=answer.first_byte_ms,
        total_ms=answer.clock.elapsed_ms,
        **read,
    )


def _pictures_asked(request: ApiRequest) -> int:
    told = str((request.json or dict(request.fields)).get("n"))
    return int(told) if re.fullmatch(r"[1-9]\d{0,2}", told) else 1


def _json_or_none(body: bytes) -> Any:
    try:
        return decode_json(body)
    except ValueError:
        return None


def _encode_json(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise NotSent("bad_request", "The request holds something that cannot be written as JSON.") from error


async def _slices(body: bytes) -> AsyncIterator[bytes]:
    """A small body at once; a large one in pieces, so that a slow line is told from a dead one."""
    for start in range(0, len(body), SMALL_BODY):
        yield body[start : start + SMALL_BODY]


async def _watched(body: AsyncIterable[bytes], clock: CallClock) -> AsyncIterator[bytes]:
    """The body, with each piece that was taken telling the clock so."""
    async for piece in body:
        clock.enter("write")
        yield piece
    clock.enter("first_byte")
