"""The supervisor with commands of the shell: what it does when they end, and when it is told to."""

import io
import os
import pathlib
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from launch.supervisor import Child, Lines, Supervisor


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(tmp_path: pathlib.Path, output: io.StringIO) -> Iterator[Supervisor]:
    made = Supervisor({"PATH": os.environ["PATH"]}, str(tmp_path), output)
    yield made
    if made.children and any(child.is_running for child in made.children.values()):
        made.stop()


PATIENCE = 20.0  # s; a shell has said its line long before, also on a machine with much else to do


def until(true: Callable[[], object]) -> Callable[[], bool]:
    """When to go on: as soon as it is true, and when nobody waits for it any more."""
    limit = time.monotonic() + PATIENCE
    return lambda: bool(true()) or time.monotonic() > limit


def never() -> bool:
    return False


def has_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_it_prints_lines_with_the_name_of_their_process(supervisor: Supervisor, output: io.StringIO) -> None:
    supervisor.start(Child("talker", "echo hello; exec sleep 60"))
    supervisor.run(until(lambda: "hello" in output.getvalue()))
    assert "talker | hello" in output.getvalue()


def test_it_keeps_lines_whole_that_come_in_pieces() -> None:
    lines = Lines(Child("web", ""))
    assert lines.split(b"one\ntw") == ["one"]
    assert lines.split(b"o\n") == ["two"]
    assert lines.split("zwölf".encode()[:3]) == []
    assert lines.split("zwölf".encode()[3:]) == []
    assert lines.split(b"") == ["zwölf"]
    assert lines.split(b"") == []


def test_it_leaves_out_noise(supervisor: Supervisor, output: io.StringIO) -> None:
    supervisor.start(Child("talker", "echo news; echo chatter; echo more; exec sleep 60", noise="^chat"))
    supervisor.run(until(lambda: "more" in output.getvalue()))
    assert "news" in output.getvalue() and "more" in output.getvalue()
    assert "chatter" not in output.getvalue()


def test_it_ends_when_nobody_reads_what_it_says(supervisor: Supervisor, output: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(output, "write", refuse)
    supervisor.start(Child("talker", "echo hello; exec sleep 60"))
    supervisor.run(until(never))
    assert supervisor.is_stopping
    supervisor.stop()
    assert not supervisor.children["talker"].is_running


def test_it_starts_a_process_again_and_gives_up_when_it_keeps_ending(
    supervisor: Supervisor, tmp_path: pathlib.Path, output: io.StringIO
) -> None:
    supervisor.start(Child("web", "echo x >> starts; exit 7"))
    supervisor.run(until(never))
    assert (tmp_path / "starts").read_text() == "x\nx\nx\n"
    assert supervisor.failed.startswith("web ended with code 7, 3 times within a minute.")
    assert "starting it again" in output.getvalue()


def test_it_goes_on_without_a_process_it_does_not_need(supervisor: Supervisor, output: io.StringIO) -> None:
    supervisor.start(Child("web", "exec sleep 60"))
    supervisor.start(Child("engines", "exit 1", needed=False))
    supervisor.run(until(lambda: "The rest" in output.getvalue()))
    assert supervisor.failed == ""
    assert supervisor.children["web"].is_running
    assert "The rest goes on without it" in output.getvalue()


def test_it_ends_what_a_process_started_and_what_ignores_a_polite_request(supervisor: Supervisor, tmp_path: pathlib.Path) -> None:
    supervisor.start(Child("stubborn", "trap '' TERM; sleep 60 & echo $! > grandchild; wait; wait", grace=0.5))
    note = tmp_path / "grandchild"
    supervisor.run(until(lambda: note.exists() and note.read_text().strip()))
    grandchild = psutil.Process(int(note.read_text()))
    supervisor.stop()
    assert not supervisor.children["stubborn"].is_running
    is_time = until(lambda: has_ended(grandchild))  # killed, it takes a moment to go; by itself it would stay for a minute
    while not is_time():
        time.sleep(0.02)
    assert has_ended(grandchild)


def test_it_ends_the_queue_after_the_others(supervisor: Supervisor, tmp_path: pathlib.Path) -> None:
    note = "trap 'sleep {pause}; echo {name} >> order; exit' TERM; touch {name}; while :; do sleep 0.05; done"
    supervisor.start(Child("valkey", note.format(name="valkey", pause=0), last=True))
    supervisor.start(Child("worker", note.format(name="worker", pause=0.4)))
    supervisor.run(until(lambda: (tmp_path / "valkey").exists() and (tmp_path / "worker").exists()))
    supervisor.stop()
    assert (tmp_path / "order").read_text().split() == ["worker", "valkey"]
