"""Keys are made unreadable in every text that is kept or shown."""

import re
from collections.abc import Iterable

SHORTEST_SECRET = 8
"""Shorter "keys" ("none", "ollama") are words, not secrets; masking them would spoil ordinary text."""

_PATTERNS = (
    re.compile(r"\b(?P<keep>sk-|sess-|rk-|gsk_|hf_|xai-|AIza|AKIA)(?P<secret>[A-Za-z0-9_\-]{12,})"),
    re.compile(r"\b(?P<keep>(?i:bearer|basic)\s+)(?P<secret>[A-Za-z0-9._~+/\-]{12,}=*)"),
    re.compile(
        r"(?P<keep>(?i:api[-_ ]?key|x-api-key|access[-_]token|authorization)[\"']?\s*[:=]\s*[\"']?)(?P<secret>[A-Za-z0-9._~+/\-]{12,}=*)"
    ),
    re.compile(r"(?P<keep>)(?P<secret>\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{4,}\.[A-Za-z0-9_\-]{4,})"),
)


def masked(secret: str) -> str:
    """What may be shown of a secret: its last four characters, if enough stays hidden."""
    return "****" + (secret[-4:] if len(secret) >= 2 * SHORTEST_SECRET else "")


def mask(text: str, keys: Iterable[str] = ()) -> str:
    """The text with these keys, and whatever looks like a key, made unreadable."""
    text = mask_keys(text, keys)
    for pattern in _PATTERNS:
        text = pattern.sub(lambda match: match["keep"] + masked(match["secret"]), text)
    return text


def mask_keys(text: str, keys: Iterable[str]) -> str:
    """Only exactly these keys: for answers, where a text that looks like a key may be the answer."""
    for key in sorted(keys, key=len, reverse=True):
        if len(key) >= SHORTEST_SECRET:
            text = text.replace(key, masked(key))
    return text


def mask_bytes(raw: bytes, keys: Iterable[bytes]) -> bytes:
    """The same on bytes as they came. What was valid JSON stays valid JSON."""
    for key in keys:
        if len(key) >= SHORTEST_SECRET and key in raw:
            raw = raw.replace(key, masked(key.decode("latin-1")).encode("latin-1"))
    return raw
