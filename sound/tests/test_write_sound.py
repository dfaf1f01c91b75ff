"""Joining, other formats, and pieces that are handed on while they are made."""

import itertools
import os
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

import sound
from sound.errors import Failed
from sound.formats import FORMATS, PCM_RATE
from sound.process import ROOT, work
from sound.reading import decode
from sound.tests.made import FIRST, RATE, beginnings, bursts, file_of, near
from sound.writing import encode

WRITTEN = [name for name in FORMATS if name != "pcm"]


@pytest.mark.parametrize("format", WRITTEN)
def test_files_are_joined_in_order(tmp_path, format):
    paths = [file_of(tmp_path / f"{number}.flac", bursts(2), "flac") for number in range(3)]
    joined = sound.join(paths, tmp_path / "all", format, pause=0.5)
    assert abs(joined.seconds - 13) < 0.1
    wanted = [FIRST + at for at in (0, 2, 4.5, 6.5, 9, 11)]
    assert near(beginnings(tmp_path / "all"), wanted, 0.06)
    assert len(joined.peaks) == sound.PEAKS


def test_headerless_sound_is_joined_too(tmp_path):
    path = tmp_path / "a.pcm"
    path.write_bytes(b"".join(encode([bursts(2)], RATE, "pcm")))
    sound.join([path, path], tmp_path / "all.wav", "wav")
    assert near(beginnings(tmp_path / "all.wav"), [FIRST + at for at in (0, 2, 4, 6)], 0.03)


def test_a_length_is_right_where_players_look_for_it(tmp_path):
    for format in ("wav", "mp3", "flac"):
        path = file_of(tmp_path / f"a.{format}", bursts(5), format)
        assert abs(sound.measure(path, most_seconds=60).told_seconds - 10) < 0.05  # type: ignore[operator]


@pytest.mark.parametrize("format", FORMATS)
def test_pieces_come_while_it_is_written(format):
    taken = 0

    def blocks():
        nonlocal taken
        for block in np.array_split(bursts(30), 60):
            taken += 1
            yield block

    pieces = encode(blocks(), RATE, format)
    first = list(itertools.islice(pieces, 2))
    assert len(first) == 2 and taken < 60
    assert len(b"".join([*first, *pieces])) > 10_000


def test_pcm_is_what_the_api_says():
    data = b"".join(encode([bursts(5)], RATE, "pcm"))
    assert abs(len(data) / 2 / PCM_RATE - 10) < 0.01


def test_numbers_that_are_none_do_no_harm(tmp_path):
    samples = bursts(2)
    samples[1000:1010] = 7.0
    path = file_of(tmp_path / "a.wav", samples, "wav")
    assert max(np.abs(block).max() for block in decode(path, RATE)) <= 1.0


def test_a_child_that_takes_too_long_is_ended(tmp_path):
    path = file_of(tmp_path / "a.wav", bursts(2), "wav")
    with pytest.raises(Failed):
        work({"do": "measure", "path": str(path), "most_seconds": 60}, longest=0.01)
    assert not [child for child in psutil.Process().children() if "sound" in child.cmdline()]


def test_a_full_disk_is_told_as_such(tmp_path):
    path = file_of(tmp_path / "a.wav", bursts(2), "wav")
    with pytest.raises(Failed, match=r"IsADirectoryError|PermissionError"):
        sound.make_listenable(path, tmp_path)


def test_a_child_ends_with_its_parent():
    start = "p = subprocess.Popen([sys.executable, '-m', 'sound'], stdin=subprocess.PIPE)"
    code = f"import subprocess, sys, time; {start}; print(p.pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    end = time.monotonic() + 10
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE and time.monotonic() < end:
        time.sleep(0.05)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


@pytest.mark.skipif(sys.platform != "linux", reason="priorities are read from /proc")
def test_a_child_steps_back(tmp_path):
    child = subprocess.Popen([sys.executable, "-m", "sound"], stdin=subprocess.PIPE, cwd=ROOT)
    end = time.monotonic() + 10
    while psutil.Process(child.pid).nice() < min(19, os.nice(0) + 10) and time.monotonic() < end:
        time.sleep(0.05)
    assert psutil.Process(child.pid).nice() >= min(19, os.nice(0) + 10)
    child.kill()
    child.wait()
