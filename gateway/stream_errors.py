"""Errors inside an answer that began with status 200."""

from collections.abc import Mapping
from typing import Any

from gateway.error_bodies import Said, read_body, read_error, without_keys
from gateway.errors import GatewayError, Kind, Lost
from gateway.refusals import build_details, is_blocked, specific_kind
from gateway.sse import Frame
from gateway.types import ApiEvent
from gateway.wording import sentence_of, shorten

_ERROR_TYPES = frozenset({"error", "image_generation_user_error"})


def error_in_event(event: ApiEvent, keys: tuple[str, ...], *, has_content: bool) -> GatewayError | None:
    """The error that this event is, if it is one."""
    data = event.data
    if data.get("error") or str(data.get("type")) in _ERROR_TYPES or event.name == "error":
        return error_of(data, keys, has_content=has_content)
    return None


def failed_event(event: ApiEvent, keys: tuple[str, ...]) -> GatewayError | None:
    """The error of a terminal event that tells of failure. The event itself is passed on: it may hold text and usage."""
    response = event.data.get("response")
    if event.data.get("type") != "response.failed" or not isinstance(response, Mapping):
        return None
    return error_of({"error": response.get("error") or "The provider could not finish this answer."}, keys, has_content=True)


def error_of(value: Any, keys: tuple[str, ...], *, has_content: bool = False) -> Lost:
    """The error that a JSON value tells of. Before any content its words may name a kind of their own."""
    return _build(read_error(value), keys, has_content=has_content)


def unreadable_event(frame: Frame, keys: tuple[str, ...]) -> GatewayError | None:
    """For data that is not JSON: an error if it is called one or was meant to be JSON; else a keep-alive, which is passed over."""
    if frame.name == "error":
        return _build(read_body(frame.data), keys, has_content=True)
    if frame.data[:1] == b"{":
        return Lost("stream_error", "A part of the provider's answer cannot be read.")
    return None


def _build(said: Said, keys: tuple[str, ...], *, has_content: bool) -> Lost:
    kind: Kind = "stream_error" if has_content and not is_blocked(said) else specific_kind(said) or "stream_error"
    said = without_keys(said, keys)
    message = shorten(said.message)
    details = build_details(kind, said, message)
    code = (said.code or said.type)[:100]
    return Lost(kind, sentence_of(kind, message, details), code=code, parameter=said.parameter[:100], details=details)
