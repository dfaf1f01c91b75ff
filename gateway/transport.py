"""The wire: httpx over aiohttp, with every convenience switched off that would send, follow or keep something by itself."""

import functools
import http.cookiejar
import ssl
from collections.abc import AsyncIterator
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler
from httpx_aiohttp import AiohttpTransport
from httpx_aiohttp.transport import AiohttpResponseStream

from gateway.addresses import AddressBlocked, AddressGuard, AddressInfo
from gateway.clock import CallClock

KEEP_ALIVE = 1.0
"""Seconds that an idle connection is kept: shorter than servers do, so that a request never meets one that is just being closed."""

current_clock: ContextVar[CallClock] = ContextVar("current_clock")


@functools.cache
def tls_context() -> ssl.SSLContext:
    """One for the process: making it costs 20 ms. It trusts certifi's list and the machine's own (also SSL_CERT_FILE)."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def make_client(guard: AddressGuard) -> httpx.AsyncClient:
    """A client for one origin. Times are kept by `CallClock`, not here. To be made inside the running loop."""
    transport = _Transport(verify=tls_context(), trust_env=False, client=_make_session(guard))
    no_cookies = http.cookiejar.CookieJar(policy=http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    no_timeouts = httpx.Timeout(None)
    return httpx.AsyncClient(transport=transport, timeout=no_timeouts, trust_env=False, follow_redirects=False, cookies=no_cookies)


def _make_session(guard: AddressGuard) -> aiohttp.ClientSession:
    connector = _Connector(ssl=tls_context(), limit=0, keepalive_timeout=KEEP_ALIVE, socket_factory=functools.partial(_open_socket, guard))
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        trace_configs=[_make_tracing()],
    )
    session._retry_connection = False  # aiohttp would send PUT and DELETE again on a connection that broke
    return session


class _Transport(AiohttpTransport):
    """Gives each answer a body that loses nothing."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        stream = response.stream
        if isinstance(stream, AiohttpResponseStream):
            response.stream = _Body(stream._aiohttp_response)
        return response


class _Body(AiohttpResponseStream):
    """When a connection breaks, aiohttp drops what has come and was not read yet. Here it is given before the error."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        content = self._aiohttp_response.content
        try:
            async for chunk in content.iter_any():
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            unread = list(content._buffer)
            if unread:
                yield b"".join(unread)[content._buffer_offset :]
            raise httpx.ReadError(str(error)) from error


class _Connector(aiohttp.TCPConnector):
    """Drops a connection in the middle of an answer at once: a close would first wait until an upload is written out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        protocol: type[ResponseHandler] = _Protocol
        self._factory = functools.partial(protocol, loop=self._loop)

    def _release(self, key: Any, protocol: Any, *, should_close: bool = False) -> None:
        if should_close or protocol.should_close:
            transport = protocol.transport
            super()._release(key, protocol, should_close=True)
            if transport is not None:
                transport.abort()
        else:
            super()._release(key, protocol)


class _Protocol(ResponseHandler):
    """Tells the reader of a body when the connection broke.

    By itself aiohttp lets him wait after a malformed chunk, and takes a reset for the end of a body that has no length.
    """

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        self._break_body(exc)
        super().set_exception(exc, *cause)

    def connection_lost(self, exc: BaseException | None) -> None:
        if exc is not None:
            self._break_body(exc)
        super().connection_lost(exc)

    def _break_body(self, error: BaseException) -> None:
        body = self._payload
        if body is not None and not body.is_eof() and body.exception() is None:
            body.set_exception(aiohttp.ClientPayloadError(f"the connection broke: {error!r}"))


def _open_socket(guard: AddressGuard, info: AddressInfo) -> Any:
    try:
        return guard.open_socket(info)
    except AddressBlocked:
        current_clock.get().blocked_address = str(info[4][0])
        raise


def _make_tracing() -> aiohttp.TraceConfig:
    """Tells the clock of the call when its connection stands. The clock is found in the context: writers are tasks of their own."""
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_end.append(_note_connected)
    tracing.on_connection_reuseconn.append(_note_connected)
    return tracing


async def _note_connected(session: aiohttp.ClientSession, context: SimpleNamespace, params: Any) -> None:
    current_clock.get().connected()
