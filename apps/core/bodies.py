"""A limit on what a request may bring, before anything of it is kept.

Under ASGI Django writes the whole body to the disk before the first view, middleware or limit of its own
is asked: without this, a stranger fills the disk.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGIReceiveEvent, ASGISendCallable, HTTPScope, Scope
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.core.middleware import CONTENT_SECURITY_POLICY

# A refused body is still read this far, so that a browser gets to see the refusal and not a broken connection.
MOST_DRAINED: Final = 64 * 1024 * 1024
SLACK: Final = 64 * 1024  # names and boundaries around the fields
MEGABYTE: Final = 1024 * 1024


class TooLarge(Exception):
    """The body has grown beyond the limit. Django has not begun to answer, since it reads the body first."""


class BodyLimit:
    """Answers 413 to a body above the limit, whether its length was told or not.

    `larger`: for what is posted to some addresses, by a pattern of the whole path, another limit holds, with another advice.
    """

    def __init__(
        self,
        app: ASGI3Application,
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        larger: Mapping[str, tuple[int, Any]] = settings.LARGER_BODIES,
    ) -> None:
        self.app = app
        self.limit = limit
        self.larger = [(re.compile(pattern), *rule) for pattern, rule in larger.items()]

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        size, (limit, advice) = 0, self.limit_for(scope)

        async def counted() -> ASGIReceiveEvent:
            nonlocal size
            event = await receive()
            if event["type"] == "http.request":
                size += len(event["body"])
            if size > limit + SLACK:
                raise TooLarge
            return event

        try:
            if told_length(scope["headers"]) > limit + SLACK:
                raise TooLarge
            await self.app(scope, counted, send)
        except TooLarge:
            is_part = bool(_header(scope["headers"], b"hx-request"))
            await refuse(told(limit, advice), is_part, receive, send)

    def limit_for(self, scope: HTTPScope) -> tuple[int, Any]:
        """How many bytes, and what is said about more of them ("" where it is a form)."""
        found = ((most, advice) for pattern, most, advice in self.larger if pattern.fullmatch(scope["path"]))
        return next(found, (self.limit, "")) if scope["method"] == "POST" else (self.limit, "")


def told_length(headers: Any) -> int:
    told = _header(headers, b"content-length")
    return int(told) if told.isdigit() and len(told) < 20 else 0


def _header(headers: Any, wanted: bytes) -> bytes:
    return next((value for name, value in headers if name.lower() == wanted), b"")


async def refuse(context: dict[str, str], is_part: bool, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """A page that says what to do; for htmx a toast, which leaves the page with all that was typed."""
    await drain(receive)
    body = render_to_string("core/_error_toast.html" if is_part else "core/error_plain.html", context).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
        *([(b"hx-retarget", b"#toasts"), (b"hx-reswap", b"beforeend")] if is_part else []),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def told(limit: int, advice: Any = "") -> dict[str, str]:
    """What a person reads. `advice`: what to do where files are taken; elsewhere it is a form."""
    sentence = _("What you sent is larger than this server takes here, which is %(most)s MB. Nothing of it was kept.")
    advice = advice or _("Shorten it and send it again.")
    return {
        "title": _("This is too much at once"),
        "sentence": f"{sentence % {'most': f'{limit / MEGABYTE:.4g}'}} {advice}",
        "product_name": settings.PRODUCT_NAME,
    }


async def drain(receive: ASGIReceiveCallable) -> None:
    """Read on to the end of the body, or as far as patience goes; nothing is kept."""
    size = 0
    while size < MOST_DRAINED:
        event = await receive()
        if event["type"] != "http.request" or not event["more_body"]:
            return
        size += len(event["body"])
