"""The key that callers must show, and the door that asks for it."""

import hmac
import os
import pathlib
import secrets

from starlette.types import ASGIApp, Receive, Scope, Send

from engines.errors import ApiError


def read_key(file: pathlib.Path) -> str:
    """The key kept in `file`; the file is made, readable by its owner only, if there is none.

    Whoever starts first makes it: the site and this provider read the same file.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(descriptor, "w") as handle:
        key = secrets.token_urlsafe(32)
        handle.write(key)
    return key


class Door:
    """Lets nobody without the key to anything under /v1."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self.app = app
        self.expected = f"Bearer {key}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/v1") and not self.has_key(scope):
            await refusal().as_response()(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def has_key(self, scope: Scope) -> bool:
        shown = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        return hmac.compare_digest(shown, self.expected)


def refusal() -> ApiError:
    message = "The API key is missing or wrong. Send it as 'Authorization: Bearer KEY'."
    return ApiError(401, message, code="invalid_api_key", headers={"www-authenticate": "Bearer"})
