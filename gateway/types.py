"""The values that go into the gateway and come out of it. All frozen; nothing here does anything."""

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.spilled import Spilled


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some bytes of a file on this machine: `size` of them, from `start` on."""

    path: pathlib.Path
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file in a multipart body. It is streamed from `path`, or from `stretches` one after the other; never read whole, never joined.

    `name` is what the provider is told, `field` is its form field (`file`, `image[]` …).
    """

    field: str
    path: pathlib.Path
    name: str
    content_type: str
    stretches: tuple[Stretch, ...] = ()

    def sources(self) -> tuple[Stretch, ...]:
        """What is read, in order. Raises OSError if the file cannot be looked at."""
        return self.stretches or (Stretch(self.path, 0, self.path.stat().st_size),)

    @property
    def size(self) -> int:
        """Bytes. Raises OSError."""
        return sum(stretch.size for stretch in self.sources())


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One call, in OpenAI's own terms; a dialect translates it when it is sent.

    `path` is below the provider's address ("/chat/completions"). A body is either `json`, or
    multipart of `fields` (name, text; repeated names allowed, order kept) and `files`.

    `spill` names JSON fields of the answer, wherever they stand in it, that hold files as base64 text ("b64_json"):
    `Gateway.send` decodes them into temporary files while the answer is read. It means nothing for a stream, nor with `save_to`.

    `byte_range`: the first and the last byte that are wanted of a file. A server may give all of it nevertheless: `ApiResponse.status`
    tells (206 or 200). `is_file`: the answer is a file as it is, whatever it looks like; it goes to the disk (`save_to`).
    """

    method: str
    path: str
    json: Mapping[str, Any] | None = None
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[FilePart, ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    stream: bool = False
    spill: tuple[str, ...] = ()
    byte_range: tuple[int, int] | None = None
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A whole answer. `json` for JSON bodies; else `body` (small), or `saved` if a file was asked for.

    Where the request named fields to `spill`, each of their strings is "spilled:<n>" in `json`, and the file that it held
    is `spilled.paths[n]`; None and "" stay as they are. `spilled` is None where there was none. The files go with it.

    Durations are milliseconds of a monotonic clock, counted from the moment the request was begun.
    """

    status: int
    headers: Mapping[str, str]
    json: Any = None
    body: bytes = b""
    saved: pathlib.Path | None = None
    spilled: Spilled | None = None
    content_type: str = ""
    request_id: str = ""
    first_byte_ms: int = 0
    total_ms: int = 0


@dataclass(frozen=True, slots=True)
class ApiEvent:
    """One event of a stream: the decoded JSON object, and the SSE event name if it had one."""

    data: Mapping[str, Any]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long and how much, in seconds and bytes."""

    connect: float = 10.0
    first_byte: float = 120.0
    silence: float = 120.0
    write: float = 120.0
    total: float = 900.0
    max_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Which addresses a call may go to beside public ones.

    `private_origins` holds exact "scheme://host:port" strings that an administrator allowed.
    Cloud metadata addresses are never allowed.
    """

    private_origins: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a call goes and with what. Hashable, so that each process keeps one `Gateway` for each.

    `key` never shows in a repr. `headers` are extra ones (organization, project), as pairs.
    """

    base_url: str
    key: str = field(default="", repr=False)
    dialect: str = "other"
    policy: AddressPolicy = AddressPolicy()
    api_version: str = ""
    headers: tuple[tuple[str, str], ...] = ()
