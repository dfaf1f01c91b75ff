"""The loopback provider as a child process of a test or a benchmark."""

import pathlib
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any, Self

import httpx

from tests.loopback.forms import Part

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Request:
    """One request that the provider saw. Times are of the machine's monotonic clock, as `time.monotonic()`."""

    id: int
    path: str
    model: str
    token: str
    key: str
    at: float
    finished: bool
    connection_closed_at: float | None
    pieces: int
    body: Any = None
    sent: tuple[float, ...] = ()
    parts: tuple[Part, ...] = ()
    method: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """The texts of a form."""
        return {part.field: part.value for part in self.parts if not part.is_file}

    @property
    def files(self) -> list[Part]:
        """The files of a form, in their order."""
        return [part for part in self.parts if part.is_file]


class Loopback:
    """A running provider. `url` is what a client takes as base address.

    `without` names parts of the API that it does not have: ("/images/variations",).
    """

    def __init__(self, key: str = "", port: int = 0, without: tuple[str, ...] = ()) -> None:
        self.key, self.port, self.without = key, port, without
        self.url = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> Self:
        command = [sys.executable, "-m", "tests.loopback", "--port", str(self.port), "--key", self.key]
        command += [f"--without={path}" for path in self.without]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()
        assert self.url, "the loopback provider did not start"
        self.port = httpx.URL(self.url).port or 0
        return self

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.communicate(timeout=10)
            self.process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def requests(self, token: str = "", body: bool = False, sent: bool = False) -> list[Request]:
        """What was asked of it so far, all or with that marker in the question."""
        query = {name: "1" for name, wanted in (("body", body), ("sent", sent)) if wanted}
        rows = httpx.get(self._address("/_requests"), params=query, trust_env=False).json()
        wanted = [row for row in rows if not token or row["token"] == token]
        return [Request(**{**row, "parts": tuple(Part.from_dict(part) for part in row["parts"])}) for row in wanted]

    def calls(self, token: str, **more: bool) -> list[Request]:
        """The chat calls with that marker."""
        return [request for request in self.requests(token, **more) if request.path.startswith("/v1/chat")]

    def response_calls(self, token: str = "", **more: bool) -> list[Request]:
        """The calls below `/v1/responses`, all or for the question with that marker: `method` tells creating from looking again."""
        return [request for request in self.requests(token, **more) if request.path.startswith("/v1/responses")]

    def picture_calls(self, token: str = "", **more: bool) -> list[Request]:
        """The calls for pictures, all or with that marker in the description. A variation has no description."""
        return [request for request in self.requests(token, **more) if request.path.startswith("/v1/images/")]

    def sound_calls(self, token: str = "", **more: bool) -> list[Request]:
        """The calls that brought or wanted sound, all or with that marker (`tests.loopback.sounds` says where it stands)."""
        return [request for request in self.requests(token, **more) if request.path.startswith("/v1/audio/")]

    def upload(self, sha256: str) -> bytes:
        """A file that it was sent lately."""
        answer = httpx.get(self._address(f"/_uploads/{sha256}"), trust_env=False)
        assert answer.status_code == 200, "no such file, or too many came since"
        return answer.content

    def wait_for_call(self, token: str, timeout: float = 10) -> Request:
        """The first call with that marker, whatever for, as soon as it has come."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if calls := self.requests(token):
                return calls[0]
            time.sleep(0.02)
        raise AssertionError(f"no call with {token} within {timeout} s")

    def reset(self) -> None:
        httpx.post(self._address("/_reset"), trust_env=False)

    def files(self, *, sums: bool = False, **wish: Any) -> dict[str, Any]:
        """What is kept of files there (`tests.loopback.files`), after these wishes."""
        return dict(httpx.post(self._address("/_files" + ("?sums" if sums else "")), json=wish, trust_env=False, timeout=120).json())

    def _address(self, path: str) -> str:
        return self.url.removesuffix("/v1") + path
