"""What a body is, told from its first bytes: servers forget or mistake the content type."""

import enum

from gateway.sse import BOM

_FIELDS = (b":", b"data", b"event", b"id", b"retry", b"error")
_ENOUGH = 6


class Shape(enum.Enum):
    EVENTS = "events"
    JSON = "json"
    PAGE = "page"  # HTML, or any other text that is no answer


def shape_of(head: bytes, content_type: str) -> Shape | None:
    """The shape of a streamed answer, or None while there are too few bytes to tell."""
    start = head.removeprefix(BOM).lstrip()
    if not start:
        return None
    if start[:1] in (b"{", b"["):
        return Shape.JSON
    if start[:1] == b"<" or content_type == "text/html":
        return Shape.PAGE
    if content_type == "text/event-stream":
        return Shape.EVENTS
    if len(start) < _ENOUGH and start[:1] != b":":
        return None
    return Shape.EVENTS if start.startswith(_FIELDS) else Shape.PAGE
