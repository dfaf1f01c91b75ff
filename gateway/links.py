"""Links found in answers: what a call to one is, and what it means when it fails. Pure."""

from typing import Any
from urllib.parse import quote, urlsplit

from gateway.addresses import BadAddress, origin_of, without_default_port
from gateway.calls import PLAIN_HEADERS, SAFE_IN_PATHS, Call, build_headers, checked_origin
from gateway.dialects import DIALECTS
from gateway.errors import GatewayError, Lost
from gateway.types import ApiRequest, Connection


def build_link_call(connection: Connection, url: str) -> Call:
    """A GET of the link; with the key only where that is the provider's own origin. Raises NotSent when no call may go there."""
    ours = checked_origin(connection.base_url)
    url = url.strip()
    if url.startswith("/") and not url.startswith("//"):
        url = ours + url
    origin = checked_origin(url)
    headers = build_headers(connection, DIALECTS[connection.dialect], ApiRequest("GET", "/")) if origin == ours else PLAIN_HEADERS
    parts = urlsplit(url)
    place = without_default_port(origin) + quote(parts.path or "/", safe=SAFE_IN_PATHS)
    return Call("GET", f"{place}?{parts.query}" if parts.query else place, headers, json=None, fields=(), files=())


def link_error(error: GatewayError, url: str) -> Lost:
    """The error of a call to a link. It is none of the answer's own call, which has happened and may have been billed.

    Its status is therefore in the details, with the kind it would have as `cause` and the host as `address`.
    """
    address = _host_of(url) or error.details.get("address", "")
    details: dict[str, Any] = {"cause": error.kind, "address": address, "may_retry": False}
    details |= {"status": error.status} if error.status else {}
    details |= {name: error.details[name] for name in ("seconds", "bytes", "location") if name in error.details}
    return Lost(
        "link", f"The file that the answer links to could not be fetched. {_reason(error, address or 'The provider')}", details=details
    )


def _reason(error: GatewayError, address: str) -> str:
    if error.status and not 200 <= error.status < 300:
        return f"{address} answers with status {error.status}."
    if error.kind.startswith("timeout") and "seconds" in error.details:
        return f"{address} did not send it within {error.details['seconds']:g} s."
    if error.kind == "cut":
        return f"The connection to {address} broke."
    if error.kind == "blocked_address" and "address" in error.details:
        return f"{address} is not a public address."
    if error.kind == "not_api":
        return f"{address} answers with something else."
    return error.sentence


def _host_of(url: str) -> str:
    try:
        return without_default_port(origin_of(url)).partition("://")[2]
    except BadAddress:
        return ""
