"""Keeps the processes of the Procfile going, and ends all of them together.

A process that ends by itself is started again; one that keeps ending takes the rest with it, unless the
product works without it. Every process leads a process group of its own, so nothing it started stays behind.
"""

import contextlib
import datetime
import io
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, TextIO, cast

from honcho.colour import get_colours
from honcho.printer import Message, Printer

from launch.lifeline import die_with_parent

PATIENCE = 3
WINDOW = 60.0


@dataclass
class Child:
    """One line of the Procfile.

    `needed`: the product is of no use without it. `last`: stopped after the others. `noise`: a pattern of lines nobody needs.
    """

    name: str
    command: str
    needed: bool = True
    last: bool = False
    grace: float = 10.0
    noise: str = ""
    colour: str = ""
    process: subprocess.Popen[bytes] | None = None
    ends: list[float] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Lines:
    """Cuts what one process writes into lines. One thread reads all pipes: what `die_with_parent` asks for holds for each thread."""

    LONGEST = 64 * 1024

    def __init__(self, child: Child) -> None:
        self.child = child
        self._rest = b""

    def split(self, data: bytes) -> list[str]:
        """The lines that are whole now; no data means that no more will come."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        if self._rest and (not data or len(self._rest) > self.LONGEST):
            whole, self._rest = [*whole, self._rest], b""
        return [line.decode("utf-8", "replace").rstrip() for line in whole]


class Supervisor:
    def __init__(self, environment: Mapping[str, str], folder: str, output: TextIO = sys.stdout) -> None:
        self.environment = dict(environment)
        self.folder = folder
        self.children: dict[str, Child] = {}
        self.failed = ""
        self._pipes = selectors.DefaultSelector()
        self._output = output
        self._printer = Printer(output)
        self._colours = get_colours()
        self._signals = 0

    def take_signals(self) -> None:
        """From now on Ctrl+C and SIGTERM ask for an orderly end; a second one ends everything at once."""
        # Also where a script that put us into the background had SIGINT ignored; only nohup is taken at its word.
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._on_signal)

    @property
    def is_stopping(self) -> bool:
        return self._signals > 0

    def start(self, child: Child) -> None:
        child.colour = child.colour or next(self._colours)
        self.children[child.name] = child
        self._printer.width = max(self._printer.width, len(child.name))
        child.process = subprocess.Popen(
            child.command,
            shell=True,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self._pipes.register(_pipe_of(child.process), selectors.EVENT_READ, Lines(child))

    def run(self, until: Callable[[], bool] = lambda: False, every: float = 0.25) -> None:
        """Pass lines on and start again what ended, until a signal, a failure, or `until` says so."""
        while not self.is_stopping and not self.failed and not until():
            self._print_lines(every)
            for child in list(self.children.values()):
                if not child.is_running:
                    self._on_end(child)

    def stop(self) -> None:
        """End everything: politely, then by force. Returns when nothing is left."""
        first = [child for child in self.children.values() if not child.last]
        self._end_all(first)
        self._end_all([child for child in self.children.values() if child.last])
        self._print_lines(0)
        self._pipes.close()

    def say(self, text: str) -> None:
        self._print_lines(0)
        with self._unless_nobody_listens():
            print(text, file=self._output, flush=True)

    @contextlib.contextmanager
    def _unless_nobody_listens(self) -> Iterator[None]:
        """A closed terminal or pipe asks for the end too, and must not keep it from being orderly."""
        try:
            yield
        except OSError:
            self._signals += 1
            self._output = io.StringIO()
            self._printer.output = self._output

    def _on_signal(self, number: int, frame: object) -> None:
        self._signals += 1

    def _print_lines(self, wait: float) -> None:
        """Print what the processes said, waiting for the first of it for `wait` seconds."""
        for key, _ in self._pipes.select(wait):
            data = os.read(key.fd, 65536)
            for line in key.data.split(data):
                self._print(key.data.child, line)
            if not data:
                self._pipes.unregister(key.fileobj)
                cast(IO[bytes], key.fileobj).close()

    def _print(self, child: Child, line: str) -> None:
        if child.noise and re.search(child.noise, line):
            return
        with self._unless_nobody_listens():
            self._printer.write(Message("line", line, datetime.datetime.now(), child.name, child.colour))

    def _on_end(self, child: Child) -> None:
        """Start a process again that ended by itself, unless it does so all the time."""
        assert child.process is not None
        _kill_group(child.process)
        how = _describe_end(child.process.returncode)
        now = time.monotonic()
        child.ends = [moment for moment in child.ends if now - moment < WINDOW] + [now]
        if len(child.ends) < PATIENCE:
            self.say(f"{child.name} {how}; starting it again.")
            self.start(child)
        elif child.needed:
            self.failed = f"{child.name} {how}, {PATIENCE} times within a minute. Everything is stopped; the lines above say why."
        else:
            del self.children[child.name]
            self.say(f"{child.name} {how}, {PATIENCE} times within a minute. The rest goes on without it; the lines above say why.")

    def _end_all(self, children: list[Child]) -> None:
        for child in children:
            _signal_leader(child.process, signal.SIGTERM)
        heard = self._signals
        limit = time.monotonic() + max((child.grace for child in children), default=0)
        while any(child.is_running for child in children) and time.monotonic() < limit and self._signals <= max(heard, 1):
            self._print_lines(0.05)
        for child in children:
            if child.process:
                _kill_group(child.process)
                child.process.wait()


def _pipe_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


def _signal_leader(process: subprocess.Popen[bytes] | None, number: int) -> None:
    """Only the leader: it tells its own children, and some of them take a second signal for impatience."""
    if process and process.poll() is None:
        process.send_signal(number)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _describe_end(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return "ended" if code == 0 else f"ended with code {code}"
