"""A really started provider for the tests, with weights that are fetched once and kept."""

import contextlib
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import httpx
import psutil
import pytest
from openai import OpenAI

from engines.weights import DEFAULT_SETS
from tests.speech_samples import needed

if TYPE_CHECKING:
    from engines.tests.stored import Keeper

ROOT = pathlib.Path(__file__).resolve().parents[2]
Found = TypeVar("Found")
MODEL = "smollm2-135m-instruct"
ILLUSTRATOR, EDITOR = "procedural-illustration", "remove-and-fill"
HEARER, SPEAKER = "whisper-tiny.en", "hibari-tts"
READER, CHECKER = "minilm-l6-v2", "tox-block-moderation"


@dataclass
class Provider:
    """A running `python -m engines`."""

    process: subprocess.Popen[bytes]
    url: str
    key: str

    @property
    def client(self) -> OpenAI:
        return OpenAI(base_url=self.url, api_key=self.key, max_retries=0, timeout=60)

    def call(self, method: str, path: str, **options: object) -> httpx.Response:
        """A raw call, for what the official client would never send."""
        headers = options.pop("headers", {"authorization": f"Bearer {self.key}"})
        return httpx.request(method, self.url.removesuffix("/v1") + path, headers=headers, timeout=60, trust_env=False, **options)

    def children(self, module: str = "") -> list[psutil.Process]:
        """Its processes, or those in which that module runs."""
        return [child for child in psutil.Process(self.process.pid).children() if not module or module in command_of(child)]


def command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []


@contextlib.contextmanager
def running_provider(weights: pathlib.Path, folder: pathlib.Path, *more: str) -> Iterator[Provider]:
    key_file = folder / "key"
    command = [sys.executable, "-m", "engines", "--port", "0", "--weights", str(weights), "--key-file", str(key_file), *more]
    log = folder / "log"
    with log.open("w") as sink:
        process = subprocess.Popen(command, cwd=ROOT, stderr=sink)
    try:
        url = wait_for(lambda: next((line.split()[-1] for line in log.read_text().splitlines() if "listens on" in line), None), 60)
        yield Provider(process, url, key_file.read_text())
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(look: Callable[[], Found | None], seconds: float = 20) -> Found:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"Not seen within {seconds} s")


@pytest.fixture(scope="session")
def weights() -> pathlib.Path:
    return [needed(name) for name in DEFAULT_SETS][-1]


@pytest.fixture(scope="session")
def provider(weights: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with running_provider(weights, tmp_path_factory.mktemp("provider")) as started:
        yield started


@pytest.fixture
def client(provider: Provider) -> OpenAI:
    return provider.client


@pytest.fixture(scope="module")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Keeper]":
    """A provider that keeps files and has no model."""
    from engines.tests.stored import running_keeper

    with running_keeper(tmp_path_factory.mktemp("keeper")) as started:
        yield started


@pytest.fixture
def start_provider(tmp_path: pathlib.Path) -> Iterator[Callable[..., Provider]]:
    """Starts another provider, for tests that harm it."""
    with contextlib.ExitStack() as stack:
        yield lambda weights, *more: stack.enter_context(running_provider(weights, tmp_path, *more))
