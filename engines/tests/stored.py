"""A provider that keeps files and has no model, for the tests of files and uploads."""

import contextlib
import hashlib
import pathlib
from collections.abc import Iterator
from typing import Any

from engines.tests.conftest import Provider, running_provider


class Keeper(Provider):
    """`data`: the folder that it was given."""

    data: pathlib.Path

    def on_disk(self) -> list[str]:
        """Everything that lies there beside the table of contents."""
        return sorted(path.name for folder in ("arriving", "pieces") for path in (self.data / folder).rglob("*"))

    def send(self, content: bytes = b"hello", name: str = "a.txt", purpose: str | None = "vision", **more: Any) -> Any:
        data = {key: value for key, value in {"purpose": purpose, **more}.items() if value is not None}
        return self.call("POST", "/v1/files", data=data, files={"file": (name, content)})


@contextlib.contextmanager
def running_keeper(folder: pathlib.Path) -> Iterator[Keeper]:
    data = folder / "data"
    with running_provider(folder / "no-weights", folder, "--data", str(data)) as started:
        keeper = Keeper(started.process, started.url, started.key)
        keeper.data = data
        yield keeper


def check(answer: Any, param: str | None, code: str | None, status: int = 400, kind: str = "invalid_request_error") -> None:
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"], error["type"]) == (status, param, code, kind), error
    assert error["message"]
    assert answer.headers["x-request-id"]


def noise(size: int) -> bytes:
    """So many bytes that look like chance and are always the same."""
    return hashlib.shake_128(b"seed").digest(size)
