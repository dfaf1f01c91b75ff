"""`make run` from its second half on: the real processes, on ports and in a data folder of their own."""

import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
import pytest

from launch.install import ROOT
from launch.ports import free_port

pytestmark = [pytest.mark.wiring, pytest.mark.timeout(240)]
SECONDS_TO_START = 90
SECONDS_TO_END = 30


@dataclass
class Product:
    """One folder of data that may be started several times."""

    folder: pathlib.Path
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    output: str = ""

    def launch(self, **settings: str) -> "subprocess.Popen[str]":
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        environment = kept | {"PLAYGROUND_ENV_FILE": os.devnull} | self.settings | settings
        command = [sys.executable, "-m", "launch.start"]
        return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def start(self) -> str:
        """Start and return the address it prints."""
        self.process = self.launch()
        assert self.process.stdout is not None
        self.output = ""
        limit = time.monotonic() + SECONDS_TO_START
        for line in self.process.stdout:
            self.output += line
            found = re.match(r"Playground is ready: (http://\S+)", line)
            if found:
                return found[1]
            assert time.monotonic() < limit, self.output
        raise AssertionError(f"it ended before it was ready:\n{self.output}")

    def read_until(self, text: str) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if text in line:
                return
        raise AssertionError(f"never said {text!r}:\n{self.output}")

    def end(self, number: int) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        self.output += self.process.communicate(timeout=SECONDS_TO_END)[0]
        return self.process.returncode

    def processes(self) -> list[psutil.Process]:
        """All that carry our folder in their environment, whoever their parent is now."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def wait_until_gone(self) -> list[psutil.Process]:
        limit = time.monotonic() + SECONDS_TO_END
        while (left := self.processes()) and time.monotonic() < limit:
            time.sleep(0.1)
        return left

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            ours: bool = process.environ().get("PLAYGROUND_DATA") == str(self.folder)
            return ours and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, OSError):
            return False


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    weights = pathlib.Path(os.environ.get("PLAYGROUND_WEIGHTS", ROOT / "data" / "models"))
    settings = {
        "PLAYGROUND_DATA": str(folder / "data"),
        "STATIC_ROOT": str(folder / "static"),
        "PORT": str(free_port()),
        "ENGINES_PORT": str(free_port()),
        "PLAYGROUND_ENGINES": "yes" if weights.is_dir() else "no",
    }
    (folder / "data").mkdir()
    if weights.is_dir():
        (folder / "data" / "models").symlink_to(weights.resolve())
    made = Product(folder / "data", settings)
    yield made
    for process in made.processes():
        process.kill()


def status_of(address: str) -> int:
    host, _, path = address.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host.replace("localhost", "127.0.0.1"), timeout=20)
    try:
        connection.request("GET", f"/{path}", headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


def test_it_prints_the_address_of_the_first_account_and_leaves_nothing_behind_after_ctrl_c(product: Product) -> None:
    address = product.start()
    assert re.fullmatch(rf"http://localhost:{product.settings['PORT']}/setup/\?token=\S{{20,}}", address)
    assert status_of(address) in {200, 302}
    assert product.processes()

    code = product.end(signal.SIGINT)

    assert code == 0
    assert product.wait_until_gone() == []
    assert "Traceback" not in product.output


def test_it_keeps_its_data_from_other_people_of_the_machine(product: Product) -> None:
    kept = [path for path in product.folder.rglob("*") if path.relative_to(product.folder).parts[0] != "models"]
    assert {"playground.sqlite3", "valkey.conf"} <= {path.name for path in kept}
    assert [str(path) for path in kept if path.stat().st_mode & 0o077] == []


def test_it_starts_again_what_was_killed(product: Product) -> None:
    address = product.start()
    assert "Preparing" not in product.output
    worker = next(process for process in product.processes() if "celery" in process.cmdline())

    worker.kill()
    product.read_until("worker was killed by SIGKILL; starting it again.")

    assert status_of(address) in {200, 302}
    assert product.end(signal.SIGTERM) == 0
    assert product.wait_until_gone() == []


def test_it_survives_being_killed_itself(product: Product) -> None:
    product.start()
    assert product.process is not None
    second = product.launch(PORT=str(free_port()), ENGINES_PORT=str(free_port()))
    assert "already runs with the data folder" in second.communicate(timeout=SECONDS_TO_END)[0]
    assert second.returncode == 1

    product.process.kill()
    product.process.communicate()

    if sys.platform == "linux":
        assert product.wait_until_gone() == []
    assert status_of(product.start()) in {200, 302}
    product.end(signal.SIGINT)


def test_it_sets_files_aside_that_the_queue_cannot_read(product: Product) -> None:
    manifest = next((product.folder / "valkey").rglob("*.manifest"))
    manifest.write_text("this is no manifest\n")

    assert status_of(product.start()) in {200, 302}

    assert "Valkey could not start with its old files" in product.output
    product.end(signal.SIGINT)


@pytest.mark.parametrize(("variable", "what"), [("PORT", "the site"), ("ENGINES_PORT", "the built-in provider")])
def test_it_says_which_port_is_taken_before_anything_starts(product: Product, variable: str, what: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        process = product.launch(**{variable: str(port), "PLAYGROUND_ENGINES": "yes"})
        said = process.communicate(timeout=SECONDS_TO_END)[0]
    assert process.returncode == 1
    assert f"Port {port} for {what} is taken" in said
    assert f"make run {variable}=" in said
    assert product.processes() == []


def test_it_says_when_the_named_queue_does_not_answer(product: Product) -> None:
    process = product.launch(REDIS_URL=f"redis://:secret@127.0.0.1:{free_port()}/0", PLAYGROUND_ENGINES="no")
    said = process.communicate(timeout=SECONDS_TO_END)[0]
    assert process.returncode == 1
    assert "no Redis or Valkey answers there" in said
    assert "secret" not in said
