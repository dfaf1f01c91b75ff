"""What server it is, told from what it says of itself: its address, its list of models, a few open pages.

The pages stand beside the API at the same origin and are asked without the key. OpenAI and Azure are
known by their host alone: anybody can look like them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from apps.providers.connections import DIALECT_OF_HOST
from apps.providers.model_list import clean_text
from gateway import DIALECTS, ApiRequest, ApiResponse, Bounds, Connection, Gateway, GatewayError

FACT_BOUNDS = Bounds(connect=3, first_byte=3, silence=2, write=2, total=4)
LONGEST_VERSION = 40


@dataclass(frozen=True, slots=True)
class Server:
    """What was found; empty where nothing tells. `dialect` is a key of the gateway's table."""

    dialect: str = ""
    name: str = ""
    version: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"dialect": self.dialect, "name": self.name, "version": self.version} if self.name else {}


UNKNOWN = Server()
_OWNERS = {
    "vllm": ("vllm", "vLLM"),
    "llamacpp": ("llamacpp", "llama.cpp"),
    "library": ("ollama", "Ollama"),
    "sglang": ("other", "SGLang"),
    "organization_owner": ("other", "LM Studio"),
}


async def find_server(connection: Connection, listing: ApiResponse | None) -> Server:
    """The kind of server and its version, by at most a few GETs. Never raises for what a server does."""
    server = recognise(connection, listing)
    if server.version or server.dialect in {"openai", "azure", "builtin"}:
        return server
    entries = entries_of(listing)
    gateway = Gateway(_beside(connection), FACT_BOUNDS)
    looked: dict[str, ApiResponse | None] = {}
    try:
        for page in _pages_for(server.dialect, connection.dialect):
            if page.path not in looked:
                looked[page.path] = await _look_at(gateway, page.path)
            answer = looked[page.path]
            found = page.read(answer, entries) if answer is not None else None
            if found is not None and server.dialect in {"", found.dialect}:
                return found
    finally:
        await gateway.aclose()
    return server


def recognise(connection: Connection, listing: ApiResponse | None) -> Server:
    """What the address and the list of models tell. Pure."""
    by_address = _by_address(connection)
    if by_address.dialect or listing is None:
        return by_address
    headers = {name.lower(): value for name, value in listing.headers.items()}
    if any(name.startswith(("x-litellm-", "llm_provider-")) for name in headers):
        return _named("litellm", headers.get("x-litellm-version", ""))
    if "llama.cpp" in headers.get("server", "").lower():
        return _named("llamacpp")
    owners = {str(entry.get("owned_by", "")).lower() for entry in entries_of(listing)}
    for owner, (dialect, name) in _OWNERS.items():
        if owner in owners:
            return Server(dialect, name)
    return UNKNOWN


def entries_of(listing: ApiResponse | None) -> list[Mapping[str, Any]]:
    """The entries of a list of models that are objects."""
    body = listing.json if listing is not None else None
    entries = body.get("data") if isinstance(body, Mapping) else body
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []


def _by_address(connection: Connection) -> Server:
    """Azure has two surfaces: the dated one, which wants a version in each call, and the one that ends in /v1."""
    if connection.dialect == "builtin":
        return _named("builtin")
    if connection.dialect == "azure":  # also behind a gateway of the company's own
        return _named("azure", _azure_version(connection))
    host = (urlsplit(connection.base_url).hostname or "").lower()
    for suffix, dialect in DIALECT_OF_HOST:
        if host == suffix or host.endswith(f".{suffix}"):
            return _named(dialect, _azure_version(connection) if dialect == "azure" else "")
    return UNKNOWN


def _azure_version(connection: Connection) -> str:
    is_v1 = urlsplit(connection.base_url).path.rstrip("/").endswith("/v1")
    return "v1" if is_v1 or not connection.api_version else connection.api_version


def _named(dialect: str, version: str = "") -> Server:
    return Server(dialect, DIALECTS[dialect].title, clean_text(version, LONGEST_VERSION))


def _beside(connection: Connection) -> Connection:
    """The same origin without the key, at the address that the API hangs under."""
    parts = urlsplit(connection.base_url)
    root = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/").removesuffix("/v1"), "", ""))
    return replace(connection, base_url=root, key="", dialect="other", api_version="", headers=())


async def _look_at(gateway: Gateway, path: str) -> ApiResponse | None:
    try:
        answer = await gateway.probe(ApiRequest("GET", path))
    except GatewayError:
        return None
    return answer if answer.status == 200 else None


Entries = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """An open page of one kind of server, and how it is told by it."""

    dialect: str
    path: str
    read: Callable[[ApiResponse, Entries], Server | None]


def _version_of(answer: ApiResponse, name: str = "version") -> str:
    value = answer.json.get(name) if isinstance(answer.json, Mapping) else None
    return value if isinstance(value, str) else ""


def _is_like_localai(entries: Entries) -> bool:
    """Its entries say nothing but their names."""
    return bool(entries) and not any("created" in entry or "owned_by" in entry for entry in entries)


def _read_localai(answer: ApiResponse, entries: Entries) -> Server | None:
    version = _version_of(answer)
    return _named("localai", version) if version and _is_like_localai(entries) else None


def _read_vllm(answer: ApiResponse, entries: Entries) -> Server | None:
    version = _version_of(answer)
    is_vllm = any(entry.get("owned_by") == "vllm" or "max_model_len" in entry for entry in entries)
    return _named("vllm", version) if version and is_vllm else None


def _read_ollama(answer: ApiResponse, entries: Entries) -> Server | None:
    version = _version_of(answer)
    return _named("ollama", version) if version and not _is_like_localai(entries) else None


def _read_llamacpp(answer: ApiResponse, entries: Entries) -> Server | None:
    build = _version_of(answer, "build_info")
    is_llamacpp = build or (isinstance(answer.json, Mapping) and "default_generation_settings" in answer.json)
    return _named("llamacpp", build) if is_llamacpp else None


def _read_litellm(answer: ApiResponse, entries: Entries) -> Server | None:
    version = _version_of(answer, "litellm_version")
    return _named("litellm", version) if version else None


def _read_alive(answer: ApiResponse, entries: Entries) -> Server | None:
    return _named("litellm") if b"i'm alive" in answer.body[:100].lower() else None


PAGES = (
    Page("localai", "/version", _read_localai),
    Page("vllm", "/version", _read_vllm),
    Page("ollama", "/api/version", _read_ollama),
    Page("llamacpp", "/props", _read_llamacpp),
    Page("litellm", "/health/readiness", _read_litellm),
    Page("litellm", "/health/liveliness", _read_alive),
)


def _pages_for(found: str, typed: str) -> list[Page]:
    """Only those of the kind that is known; else all, those of the kind that was typed first."""
    if found:
        return [page for page in PAGES if page.dialect == found]
    return sorted(PAGES, key=lambda page: page.dialect != typed)
