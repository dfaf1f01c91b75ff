"""Answers that come before the caller has sent everything: a wrong key, a file that says it is too large."""

import asyncio
import contextlib

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_SECONDS = 10.0


class BodyRest:
    """Reads on for a while after such an answer. To close at once would reset the connection, and the caller might never see the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not has_body(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        is_read = False

        async def watched() -> Message:
            nonlocal is_read
            message = await receive()
            is_read = is_read or not message.get("more_body", False)
            return message

        async def send_and_read_on(message: Message) -> None:
            if is_read or message["type"] != "http.response.body" or message.get("more_body", False):
                await send(message)
                return
            await send({**message, "more_body": True})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_SECONDS):
                    while not is_read:
                        await watched()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self.app(scope, watched, send_and_read_on)


def has_body(headers: Headers) -> bool:
    """Who waits for "100 Continue" sends nothing when something else comes."""
    return "expect" not in headers and (headers.get("content-length", "0") != "0" or "transfer-encoding" in headers)
