"""Keys of providers at rest: authenticated encryption under secrets that are not in the database.

The secrets of `settings.PROVIDER_KEY_SECRETS` may be any text; a key of the right size is derived from
each. The first encrypts, all decrypt, so a secret is changed by putting a new one in front and running
`manage.py rotate_provider_keys`. Nothing here logs, and no exception carries a key.
"""

import base64
import functools
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"playground provider key"
SHOWN_AT_END, SHORTEST_SHOWN = 4, 12


class KeyLost(Exception):
    """A stored key was encrypted under a secret that this installation no longer has."""


def encrypt(text: str) -> str:
    """The text, readable only with one of the secrets. No text stays no text."""
    return _box(tuple(settings.PROVIDER_KEY_SECRETS)).encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """What `encrypt` was given. Raises `KeyLost` if no secret opens it."""
    if not token:
        return ""
    try:
        return _box(tuple(settings.PROVIDER_KEY_SECRETS)).decrypt(token.encode()).decode()
    except (InvalidToken, UnicodeError):
        raise KeyLost from None


def rotate(token: str) -> str:
    """The same text under the newest secret. Raises `KeyLost` if no secret opens it."""
    try:
        return _box(tuple(settings.PROVIDER_KEY_SECRETS)).rotate(token.encode()).decode()
    except (InvalidToken, UnicodeError):
        raise KeyLost from None


def tail_of(key: str) -> str:
    """What may be shown of it. Of a short key that would be half of it, so nothing."""
    return key[-SHOWN_AT_END:] if len(key) >= SHORTEST_SHOWN else ""


@functools.lru_cache(maxsize=4)
def _box(secrets: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(secret)) for secret in secrets])


def _fernet_key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode()))
