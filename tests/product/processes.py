"""Child processes with a log each, started from a shell line, and ended by their own id."""

import os
import pathlib
import signal
import socket
import subprocess
import time
from collections.abc import Mapping

import psutil

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def procfile_command(name: str) -> str:
    """The line of the Procfile, without its name."""
    for line in (ROOT / "Procfile").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return line.partition(":")[2].strip()
    raise LookupError(f"the Procfile has no line for {name}")


class Child:
    """One process of the product. Started again after its end, it appends to the same log."""

    def __init__(self, name: str, command: str, environment: Mapping[str, str], log: pathlib.Path) -> None:
        self.name, self.command, self.environment, self.log = name, command, dict(environment), log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert not self.is_alive, f"{self.name} is already running"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", self.command], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process, f"{self.name} was not started"
        return self.process.pid

    def send_signal(self, number: signal.Signals) -> None:
        assert self.is_alive, f"{self.name} is not running: {self.log_tail()}"
        os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL, to the process and what it has started: nobody gets to tidy up."""
        family = [*psutil.Process(self.pid).children(recursive=True), psutil.Process(self.pid)]
        for process in family:
            process.kill()
        self.wait()

    def terminate(self, patience: float = 40) -> float:
        """SIGTERM; the seconds until it had gone."""
        begun = time.monotonic()
        if self.is_alive:
            self.send_signal(signal.SIGTERM)
            try:
                self.wait(patience)
            except subprocess.TimeoutExpired:
                self.kill()
        return time.monotonic() - begun

    def wait(self, patience: float = 10) -> None:
        assert self.process
        self.process.wait(patience)

    def log_tail(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


def family_of(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes and their children so far."""
    total = 0.0
    for pid in pids:
        for process in family_of(pid):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def memory_bytes(pids: list[int]) -> int:
    """Memory that only these processes have, with shared pages divided among those that share them, where the system tells."""
    return sum(memory_of(process) for pid in pids for process in family_of(pid))


def memory_of(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    return int(getattr(full, "pss", 0) or full.uss)
