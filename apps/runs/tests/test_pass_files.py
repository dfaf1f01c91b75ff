"""The folder for what passes through a worker: its own, gone with it, and removed by the next one where it was killed."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import pytest

from apps.runs import scratch
from launch.install import ROOT

OTHER = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from apps.runs import scratch
scratch.take_scratch()
open(tempfile.mkdtemp(prefix="playground-answer-") + "/0", "wb").write(b"half a picture")
print(tempfile.tempdir, flush=True)
sys.stdin.read()
scratch.leave_scratch()
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    scratch.leave_scratch()


@pytest.fixture
def other(home):
    """Another worker process with something in its folder."""
    running = []

    def start():
        command = [sys.executable, "-c", OTHER, str(home)]
        child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(child)
        return child, pathlib.Path(child.stdout.readline().strip())

    yield start
    for child in running:
        child.kill()
        child.communicate()


def test_temporary_files_of_a_worker_lie_in_its_folder(home):
    scratch.take_scratch()
    own = pathlib.Path(tempfile.mkdtemp()).parent
    assert own.parent == home and own.name.startswith("playground-worker-")
    assert own.stat().st_mode & 0o777 == 0o700
    scratch.leave_scratch()
    assert list(home.iterdir()) == []


def test_what_a_killed_worker_left_goes_with_the_next_start(home, other):
    child, folder = other()
    assert [path.read_bytes() for path in folder.glob("*/0")] == [b"half a picture"]
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    scratch.take_scratch()
    assert not folder.exists() and len(list(home.iterdir())) == 1


def test_the_folder_of_a_living_one_is_left_alone(home, other):
    child, folder = other()
    scratch.take_scratch()
    assert len(list(folder.glob("*/0"))) == 1
    child.communicate("")
    assert not folder.exists()


def test_what_is_called_alike_and_is_no_folder_of_ours_is_left_alone(home, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "letter").write_text("dear")
    (home / "playground-worker-link").symlink_to(elsewhere)
    (home / "playground-worker-file").write_text("x")
    scratch.take_scratch()
    assert (elsewhere / "letter").exists() and (home / "playground-worker-file").exists()


def test_a_worker_starts_without_one(home, monkeypatch):
    def full(**kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    scratch.take_scratch()
    assert tempfile.tempdir == str(home)
