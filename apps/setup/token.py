"""The set-up token: proof that whoever makes the first account can read the terminal of this server."""

import os
import secrets
from hmac import compare_digest

from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.http import HttpRequest

LIMIT = {"app": "allauth.account", "action": "setup_token", "limit_get": True}  # how many: ACCOUNT_RATE_LIMITS


def read_token() -> str:
    """The token from the settings, else from its file; empty when none was made yet."""
    if settings.SETUP_TOKEN:
        return str(settings.SETUP_TOKEN)
    try:
        return str(settings.SETUP_TOKEN_FILE.read_text()).strip()
    except FileNotFoundError:
        return ""


def ensure_token() -> str:
    """The token; made and kept in a file that only this account may read when there is none."""
    token = read_token()
    if token:
        return token
    file = settings.SETUP_TOKEN_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # made by another process in this moment, or left empty by a full disk
        return read_token() or rewrite_token()
    with os.fdopen(descriptor, "w") as handle:
        handle.write(token := secrets.token_urlsafe(24))
    return token


def rewrite_token() -> str:
    token = secrets.token_urlsafe(24)
    settings.SETUP_TOKEN_FILE.write_text(token)
    return token


def is_token(given: str) -> bool:
    """Compared in constant time. Without a token on the server nothing is right."""
    token = read_token()
    return bool(token) and compare_digest(token.encode(), given.encode("utf-8", "replace"))


def may_guess(request: HttpRequest) -> bool:
    """Whether this address has not guessed wrong too often. Asked before the token is looked at, or a right guess would still be heard."""
    return consume(request, **LIMIT, dry_run=True) is not None


def count_guess(request: HttpRequest) -> None:
    """Note a wrong guess of this address."""
    consume(request, **LIMIT)
