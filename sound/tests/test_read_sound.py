"""Files that are not as one thinks: several tracks, missing stretches, changes in the middle, wrong words about themselves."""

import contextlib
import os
import pathlib
import subprocess
import sys
import threading

import numpy as np
import psutil
import pytest

import sound
from sound.process import HANDED_ON, work
from sound.tests.made import FIRST, RATE, beginnings, bursts, file_of, near, tracks, uneven_mp3, wav, with_gap

HIDDEN = "PLAYGROUND_SECRET_KEY"


def measured(path: pathlib.Path) -> sound.Measured:
    return sound.measure(path, most_seconds=3600)


@pytest.mark.parametrize("default", [0, 1])
def test_of_several_tracks_it_hears_the_one_that_is_meant_to_be_heard(tmp_path, default):
    path = tracks(tmp_path / "a.mkv", bursts(3), bursts(6, every=1, long=0.2), default=default)
    assert len(beginnings(path)) == (3, 6)[default]


def test_what_a_browser_recorded_has_a_length(tmp_path):
    found = measured(with_gap(tmp_path / "a.webm", bursts(5), at=99, gap=0))
    assert abs(found.seconds - 10) < 0.1
    assert not found.ends_early and not found.is_playable


def test_a_stretch_that_is_missing_is_silence(tmp_path):
    path = with_gap(tmp_path / "a.webm", bursts(4), at=4.3, gap=3.0)
    assert near(beginnings(path), [FIRST, FIRST + 2, FIRST + 7, FIRST + 9], 0.06)
    assert abs(measured(path).seconds - 11) < 0.1


def test_a_clock_that_jumps_by_days_is_no_stretch_that_is_missing(tmp_path):
    path = with_gap(tmp_path / "a.webm", bursts(4), at=4.3, gap=90_000.0)
    assert abs(measured(path).seconds - 8) < 0.1


def test_rate_and_channels_may_change_in_the_middle(tmp_path):
    low = file_of(tmp_path / "low.aac", bursts(3), "aac")
    stereo = wav(tmp_path / "s.wav", rate=48_000, channels=2, seconds=3)
    path = tmp_path / "both.aac"
    path.write_bytes(low.read_bytes() + _at_48k(stereo).read_bytes() + low.read_bytes())
    assert abs(measured(path).seconds - (6 + 3 + 6)) < 0.5


def _at_48k(source: pathlib.Path) -> pathlib.Path:
    import av

    target = source.with_suffix(".aac")
    with av.open(str(source)) as reading, av.open(str(target), "w", format="adts") as writing:
        stream = writing.add_stream("aac", rate=48_000, layout="stereo")
        for frame in reading.decode(audio=0):
            frame.pts = None
            writing.mux(stream.encode(frame))
        writing.mux(stream.encode(None))
    return target


def test_an_uneven_mp3_is_played_from_a_copy(tmp_path):
    """Chromium goes to another moment of it than it says, and does not know how long it is."""
    samples = bursts(20) + np.random.default_rng(1).normal(0, 0.02, 40 * RATE).astype(np.float32) * (np.arange(40 * RATE) > 20 * RATE)
    for has_count in (True, False):
        found = measured(uneven_mp3(tmp_path / "a.mp3", samples, has_count=has_count))
        assert not found.is_playable and not found.ends_early
        assert abs(found.seconds - 40) < 0.1


def test_a_length_that_is_made_up_is_not_believed(tmp_path):
    """A header that promises half a day: too long by its words, two seconds by what is there."""
    path = wav(tmp_path / "a.wav", rate=8_000)
    data = bytearray(path.read_bytes())
    data[40:44] = (8_000 * 2 * 43_200).to_bytes(4, "little")
    path.write_bytes(data)
    assert abs(measured(path).seconds - 2) < 0.1


@pytest.mark.parametrize("name", ["a.m4a", "a.mov"])
def test_one_whose_table_is_missing_is_damaged(tmp_path, name):
    path = tmp_path / name
    import av

    with av.open(str(path), "w") as file:
        stream = file.add_stream("aac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray((bursts(5) * 32767).astype(np.int16).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(sound.Unusable) as caught:
        measured(path)
    assert caught.value.kind == "broken"


def test_a_recording_that_breaks_off_keeps_what_came(tmp_path):
    path = with_gap(tmp_path / "a.webm", bursts(20), at=999, gap=0)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 10 < measured(path).seconds < 30


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told_apart_from_everything_else(tmp_path):
    with pytest.raises(sound.NoRoom) as caught:
        sound.make_listenable(wav(tmp_path / "a.wav"), pathlib.Path("/dev/full"))
    assert caught.value.errno == 28


@pytest.mark.skipif(sys.platform != "linux", reason="environments are read from /proc")
def test_a_child_knows_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv(HIDDEN, "hidden")
    seen: list[dict[str, str]] = []
    real = subprocess.Popen

    def start(*args, **kwargs):
        child = real(*args, **kwargs)
        seen.append(psutil.Process(child.pid).environ())
        return child

    monkeypatch.setattr("sound.process.subprocess.Popen", start)
    work({"do": "measure", "path": str(wav(tmp_path / "a.wav")), "most_seconds": 60})
    assert HIDDEN in os.environ and seen and HIDDEN not in seen[0]
    assert set(seen[0]) <= {*HANDED_ON, "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}


def test_an_hour_needs_no_more_memory_than_a_minute(tmp_path):
    """As numbers it would be 230 MB."""
    path = wav(tmp_path / "a.wav", seconds=1)
    data = bytearray(path.read_bytes()[:44])
    data[40:44] = (RATE * 2 * 3600).to_bytes(4, "little")
    path.write_bytes(data)
    os.truncate(path, 44 + RATE * 2 * 3600)
    most, over = 0, threading.Event()

    def watch():
        nonlocal most
        while not over.wait(0.02):
            for child in psutil.Process().children():
                with contextlib.suppress(psutil.Error):
                    most = max(most, child.memory_info().rss if "sound" in child.cmdline() else 0)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        found = measured(path)
    finally:
        over.set()
        watching.join()
    assert found.seconds == 3600 and found.is_silent and 20e6 < most < 150e6
