"""`make run`, second half: check what is in the way, prepare, start the processes, say the address."""

import fcntl
import http.client
import importlib.util
import os
import pathlib
import sys
import time
from collections.abc import Callable
from typing import IO

from honcho.environ import parse_procfile

from launch import install, ports, prepare, valkey
from launch.problems import CannotStart
from launch.supervisor import Child, Supervisor
from playground import env

READY_WITHIN = 60.0
# A person waits at the terminal: answers in the making are cut and kept sooner than on a server.
QUICK_SHUTDOWN = "5"
# What processes say at every start or end and nobody can act on.
NOISE = {
    "valkey": "overcommit_memory|Received SIGTERM|ready to exit",
    "worker": "^$|Warm shutdown|superuser|not recommended|a different user|User information|_security_error",
}


def main() -> int:
    # Chats, sessions and the queue's file are for this account alone: without it SQLite makes files that all can read.
    os.umask(0o077)
    try:
        return Start().run()
    except (CannotStart, env.BadSetting) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


class Start:
    """One start. What it decides is in `environment`, which every process gets."""

    def __init__(self) -> None:
        self.path = "/"
        self.data = pathlib.Path(env.text("PLAYGROUND_DATA", str(install.ROOT / "data"))).resolve()
        self.host = env.text("PLAYGROUND_BIND", ports.LOOPBACK)
        self.port = env.number("PORT", 8000)
        self.engines_port = env.number("ENGINES_PORT", 8010)
        self.with_engines = env.flag("PLAYGROUND_ENGINES", True) and not env.text("ENGINES_URL")
        self.environment = env.for_process(
            DJANGO_SETTINGS_MODULE="playground.settings",
            PATH=f"{pathlib.Path(sys.executable).parent}{os.pathsep}{env.text('PATH')}",
            PYTHONUNBUFFERED="1",
            PLAYGROUND_DATA=str(self.data),
            PORT=str(self.port),
            PLAYGROUND_BIND=self.host,
            ENGINES_PORT=str(self.engines_port),
            LOG_LEVEL=env.text("LOG_LEVEL", "WARNING"),
            RUN_SHUTDOWN_GRACE=env.text("RUN_SHUTDOWN_GRACE", QUICK_SHUTDOWN),
        )
        self.supervisor = Supervisor(self.environment, str(install.ROOT))
        self.commands = parse_procfile((install.ROOT / "Procfile").read_text()).processes

    def run(self) -> int:
        lock = self._lock()
        self._check_ports()
        self._report_missing()
        self.supervisor.take_signals()
        try:
            return self._run()
        finally:
            self.supervisor.stop()
            lock.close()

    def _run(self) -> int:
        for step in (self._start_engines, self._start_queue, self._prepare, self._start_site, self._announce, self.supervisor.run):
            step()
            if self.supervisor.is_stopping or self.supervisor.failed:
                break
        self.supervisor.say(self.supervisor.failed or "Stopping …")
        return 1 if self.supervisor.failed else 0

    def _child(self, name: str, needed: bool = True, last: bool = False, grace: float = 10) -> Child:
        return Child(name, self.commands[name], needed, last, grace, NOISE.get(name, ""))

    def _lock(self) -> IO[str]:
        """One start for each data folder: two queues writing the same file would ruin it. The lock ends with its process."""
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            lock = (self.data / "start.lock").open("w")
        except OSError as error:
            raise CannotStart(f"The data folder {self.data} cannot be used: {error.strerror}. Change PLAYGROUND_DATA.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                f"Playground already runs with the data folder {self.data}. Stop it first, or set PLAYGROUND_DATA to another."
            ) from None
        return lock

    def _check_ports(self) -> None:
        ports.require_free(self.port, self.host, "the site", "PORT")
        if self.with_engines:
            ports.require_free(self.engines_port, ports.LOOPBACK, "the built-in provider", "ENGINES_PORT")

    def _report_missing(self) -> None:
        missing = install.missing_engines()
        if missing:
            print(f"Not available for this machine: {', '.join(missing)}. What needs them says so; everything else works.", flush=True)

    def _start_engines(self) -> None:
        if not self.with_engines:
            return
        if importlib.util.find_spec("starlette") is None:
            print("The built-in provider is not installed; everything else works.", flush=True)
            return
        sentence = prepare.fetch_weights(self.data / "models", self.environment, lambda: self.supervisor.is_stopping)
        if sentence:
            print(sentence, flush=True)
        self.supervisor.start(self._child("engines", needed=False))

    def _start_queue(self) -> None:
        """Start our own server, if it is ours, and wait until it answers."""
        chosen = valkey.choose(env.text("REDIS_URL"), self.data)
        self.environment["REDIS_URL"] = self.supervisor.environment["REDIS_URL"] = chosen.url
        valkey.remember(chosen, self.data)
        if not chosen.is_ours:
            return
        self.supervisor.environment.update(VALKEY_SERVER=chosen.server, VALKEY_CONFIG=chosen.config)
        if not self._valkey_answers(chosen.url):
            aside = valkey.set_aside(self.data)
            self.supervisor.say(f"Valkey could not start with its old files; they are in {aside} now. Nothing is lost.")
            if not self._valkey_answers(chosen.url):
                raise CannotStart("Valkey does not start; the lines above say why.")

    def _valkey_answers(self, url: str) -> bool:
        child = self._child("valkey", last=True)
        self.supervisor.start(child)
        return _becomes_true(lambda: valkey.answers(url), lambda: child.is_running) or self.supervisor.is_stopping

    def _prepare(self) -> None:
        import django
        from django.core.exceptions import ImproperlyConfigured

        env.adopt(self.environment)
        try:
            django.setup()
            prepare.migrate()
            prepare.collect_static()
            self.path = prepare.setup_path()
        except ImproperlyConfigured as error:
            raise CannotStart(f"The settings cannot be used: {error}") from error

    def _start_site(self) -> None:
        for name in ("worker", "web"):
            self.supervisor.start(self._child(name, grace=float(self.environment["RUN_SHUTDOWN_GRACE"]) + 10))

    def _announce(self) -> None:
        """Print the address once its page really answers."""
        host = "localhost" if self.host in {ports.LOOPBACK, "0.0.0.0", "::"} else self.host  # noqa: S104
        limit = time.monotonic() + READY_WITHIN
        answered = False

        def is_over() -> bool:
            nonlocal answered
            answered = _page_answers(self.host, self.port)
            return answered or time.monotonic() > limit

        self.supervisor.run(until=is_over, every=0.05)
        if answered:
            self.supervisor.say(f"Playground is ready: http://{host}:{self.port}{self.path}")
        elif not self.supervisor.failed and not self.supervisor.is_stopping:
            self.supervisor.say(f"http://{host}:{self.port}{self.path} does not answer yet after {READY_WITHIN:.0f} seconds; still trying.")


def _becomes_true(question: Callable[[], bool], worth_waiting: Callable[[], bool], within: float = 20.0) -> bool:
    limit = time.monotonic() + within
    while time.monotonic() < limit and worth_waiting():
        if question():
            return True
        time.sleep(0.02)
    return False


def _page_answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host.replace("0.0.0.0", ports.LOOPBACK), port, timeout=5)  # noqa: S104
    try:
        connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
