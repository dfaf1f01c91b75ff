"""A limit on what a request may bring, before anything of it is kept.

Under ASGI Django writes the whole body to the disk before the first view, middleware or limit of its own
is asked: without this, a stranger fills the disk.
"""

from typing import Any, Final

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGIReceiveEvent, ASGISendCallable, Scope
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.core.middleware import CONTENT_SECURITY_POLICY

# A refused body is still read this far, so that a browser gets to see the refusal and not a broken connection.
MOST_DRAINED: Final = 64 * 1024 * 1024
SLACK: Final = 64 * 1024  # names and boundaries around the fields


class TooLarge(Exception):
    """The body has grown beyond the limit. Django has not begun to answer, since it reads the body first."""


class BodyLimit:
    """Answers 413 to a body above the limit, whether its length was told or not."""

    def __init__(self, app: ASGI3Application, limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + SLACK) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        size = 0

        async def counted() -> ASGIReceiveEvent:
            nonlocal size
            event = await receive()
            if event["type"] == "http.request":
                size += len(event["body"])
            if size > self.limit:
                raise TooLarge
            return event

        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif told_length(scope["headers"]) > self.limit:
            await refuse(receive, send)
        else:
            try:
                await self.app(scope, counted, send)
            except TooLarge:
                await refuse(receive, send)


def told_length(headers: Any) -> int:
    told = next((value for name, value in headers if name.lower() == b"content-length"), b"")
    return int(told) if told.isdigit() and len(told) < 20 else 0


async def refuse(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await drain(receive)
    context = {
        "title": _("This is too much at once"),
        "sentence": _("What you sent is larger than this server takes in one form. Nothing of it was kept."),
        "product_name": settings.PRODUCT_NAME,
    }
    body = render_to_string("core/error_plain.html", context).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def drain(receive: ASGIReceiveCallable) -> None:
    """Read on to the end of the body, or as far as patience goes; nothing is kept."""
    size = 0
    while size < MOST_DRAINED:
        event = await receive()
        if event["type"] != "http.request" or not event["more_body"]:
            return
        size += len(event["body"])
