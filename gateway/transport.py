"""The wire: httpx over aiohttp, with every convenience switched off that would send, follow or keep something by itself."""

import functools
import http.cookiejar
import ssl
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

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
    transport = AiohttpTransport(verify=tls_context(), trust_env=False, client=_make_session(guard))
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


class _Connector(aiohttp.TCPConnector):
    """Drops a connection in the middle of an answer at once: a close would first wait until an upload is written out."""

    def _release(self, key: Any, protocol: Any, *, should_close: bool = False) -> None:
        if should_close or protocol.should_close:
            transport = protocol.transport
            super()._release(key, protocol, should_close=True)
            if transport is not None:
                transport.abort()
        else:
            super()._release(key, protocol)


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
