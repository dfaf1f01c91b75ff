"""A request in OpenAI's terms becomes the call that one server understands. Pure."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from gateway.addresses import METADATA_NAMES, BadAddress, origin_of, without_default_port
from gateway.dialects import DIALECTS, Dialect
from gateway.errors import NotSent
from gateway.masking import mask
from gateway.types import ApiRequest, Connection, FilePart

USER_AGENT = "Playground/0.1.0"
KEY_PLACEHOLDER = "$OPENAI_API_KEY"
SHOWN_OF_DATA = 60  # letters of a picture inside a request
PLAIN_HEADERS = (("Accept", "*/*"), ("User-Agent", USER_AGENT))
"""What goes to a server that is not the provider."""
SAFE_IN_PATHS = "/%:@!$&'()*+,;=~"

_OURS = frozenset(
    {
        *("host", "authorization", "api-key", "cookie", "user-agent", "accept", "accept-encoding"),
        *("content-type", "content-length", "transfer-encoding", "connection", "te", "upgrade", "range"),
    }
)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")


@dataclass(frozen=True, slots=True)
class Call:
    """Exactly what is sent: everything is decided, nothing is left to the transport."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    json: dict[str, Any] | None
    fields: tuple[tuple[str, str], ...]
    files: tuple[FilePart, ...]

    @property
    def is_multipart(self) -> bool:
        return self.json is None and bool(self.fields or self.files)


def build_call(connection: Connection, request: ApiRequest) -> Call:
    """Translate. Raises NotSent for an address or a key that cannot be used."""
    dialect = DIALECTS[connection.dialect]
    return Call(
        method=request.method.upper(),
        url=_build_url(connection, dialect, request),
        headers=build_headers(connection, dialect, request),
        json=_build_json(dialect, request),
        fields=_build_fields(request),
        files=request.files,
    )


def describe(connection: Connection, request: ApiRequest) -> dict[str, Any]:
    """The same call for a person or for code that shows it: the key is a placeholder, files are only named."""
    call = build_call(connection, request)
    headers = dict(call.headers)
    if call.is_multipart:
        headers["Content-Type"] = "multipart/form-data"
    if connection.key:
        headers = {name: value.replace(connection.key, KEY_PLACEHOLDER) for name, value in headers.items()}
    shown: dict[str, Any] = {"method": call.method, "url": mask(call.url, [connection.key]), "headers": headers}
    if call.json is not None:
        shown["json"] = _without_data(call.json)
    if call.is_multipart:
        shown["fields"] = [[name, value] for name, value in call.fields]
        shown["files"] = [{"field": part.field, "name": part.name, "content_type": part.content_type} for part in call.files]
    return shown


def _without_data(value: Any) -> Any:
    """The same without what pictures in it are made of: megabytes that nobody reads."""
    if isinstance(value, str):
        return f"{value[:SHOWN_OF_DATA]}…" if value.startswith("data:") and len(value) > 4 * SHOWN_OF_DATA else value
    if isinstance(value, dict):
        if value.keys() == {"data", "format"} and isinstance(value["data"], str) and len(value["data"]) > 4 * SHOWN_OF_DATA:  # sound
            return {**value, "data": f"{value['data'][:SHOWN_OF_DATA]}…"}
        return {name: _without_data(item) for name, item in value.items()}
    return [_without_data(item) for item in value] if isinstance(value, list) else value


def checked_origin(url: str) -> str:
    """The origin of an address, which a key is bound to. Raises NotSent when no call may go there."""
    try:
        origin = origin_of(url)
    except BadAddress as error:
        raise NotSent("blocked_address", str(error)) from error
    if urlsplit(origin).hostname in METADATA_NAMES:
        raise NotSent("blocked_address", "Calls to a cloud's metadata service are never allowed.", details={"address": origin})
    return origin


def _build_url(connection: Connection, dialect: Dialect, request: ApiRequest) -> str:
    if not request.path.startswith("/"):
        raise ValueError(f"a path begins with a slash: {request.path!r}")
    typed = urlsplit(connection.base_url)
    root = quote(typed.path.rstrip("/"), safe=SAFE_IN_PATHS)
    if connection.api_version and dialect.dated_root and not root.endswith("/v1"):
        path = _dated_path(root, dialect, request)
    else:
        path = (root or dialect.bare_root) + request.path
    query = "&".join(part for part in (typed.query, urlencode(_build_query(connection, request))) if part)
    return without_default_port(checked_origin(connection.base_url)) + path + (f"?{query}" if query else "")


def _dated_path(root: str, dialect: Dialect, request: ApiRequest) -> str:
    root, _, typed_deployment = root.partition("/deployments/")
    root = root.removesuffix(dialect.dated_root) + dialect.dated_root
    deployment = typed_deployment or quote(_model_of(request), safe="")
    if request.path in dialect.deployment_paths and deployment:
        return f"{root}/deployments/{deployment}{request.path}"
    return root + request.path


def _model_of(request: ApiRequest) -> str:
    if request.json is not None:
        return str(request.json.get("model") or "")
    return dict(request.fields).get("model", "")


def _build_query(connection: Connection, request: ApiRequest) -> list[tuple[str, str]]:
    version = [("api-version", connection.api_version)] if connection.api_version else []
    return [*version, *request.query]


def build_headers(connection: Connection, dialect: Dialect, request: ApiRequest) -> tuple[tuple[str, str], ...]:
    """Everything but the length. Raises NotSent for a key or an extra header that no header can hold."""
    headers = [(name, value) for name, value in connection.headers if name.lower() not in {*_OURS, dialect.auth_header.lower()}]
    if connection.key:
        headers.append((dialect.auth_header, dialect.auth_prefix + connection.key))
    headers.append(("Accept", "text/event-stream" if request.stream else "*/*"))
    if request.json is not None:
        headers.append(("Content-Type", "application/json"))
    if request.byte_range is not None:
        headers.append(("Range", "bytes={}-{}".format(*request.byte_range)))
    headers.append(("User-Agent", USER_AGENT))
    for name, value in headers:
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise _unusable_header(name, dialect)
    return tuple(headers)


def _unusable_header(name: str, dialect: Dialect) -> NotSent:
    if name == dialect.auth_header:
        return NotSent("auth", "The key holds a line break or another character that no key has. Enter it again.")
    return NotSent("bad_request", "An extra header of this provider has a character that no header can have.")


def _build_json(dialect: Dialect, request: ApiRequest) -> dict[str, Any] | None:
    if request.json is None:
        return None
    body = {_json_name(name, dialect, request): value for name, value in request.json.items()}
    if not dialect.takes_stream_options:
        body.pop("stream_options", None)
    if request.stream:
        body["stream"] = True
    return body


def _json_name(name: str, dialect: Dialect, request: ApiRequest) -> str:
    is_limit = name == "max_completion_tokens" and request.path == "/chat/completions"
    return dialect.token_limit if is_limit else name


def _build_fields(request: ApiRequest) -> tuple[tuple[str, str], ...]:
    is_form = request.json is None and bool(request.fields or request.files)
    if is_form and request.stream and "stream" not in dict(request.fields):
        return (*request.fields, ("stream", "true"))
    return request.fields
