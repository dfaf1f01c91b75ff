"""What is found out about files of strangers, good ones and bad ones, in the child process."""

import pathlib
import socket

import numpy as np
import pytest

import sound
from sound.formats import FORMATS
from sound.tests.made import RATE, bursts, file_of, video, wav

WRITTEN = [name for name in FORMATS if name != "pcm"]


def measured(path: pathlib.Path, most_seconds: float = 3600) -> sound.Measured:
    return sound.measure(path, most_seconds=most_seconds)


@pytest.mark.parametrize("format", WRITTEN)
def test_it_finds_length_and_pauses_in_every_format(tmp_path, format):
    found = measured(file_of(tmp_path / "a", bursts(10), format))
    assert abs(found.seconds - 20) < 0.1
    assert not found.is_silent and not found.ends_early and not found.has_video
    inner = found.pauses[1:-1]
    assert len(inner) == 9
    assert all(abs(start - (1.2 + 2 * number)) < 0.1 for number, (start, _end) in enumerate(inner))
    assert len(found.peaks) == sound.PEAKS and max(found.peaks) == 255


@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_it_takes_every_rate_and_number_of_channels(tmp_path, rate, channels):
    found = measured(wav(tmp_path / "a.wav", rate=rate, channels=channels, seconds=1))
    assert (found.rate, found.channels) == (rate, channels)
    assert abs(found.seconds - 1) < 0.01


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_it_takes_samples_of_every_width(tmp_path, width):
    assert not measured(wav(tmp_path / "a.wav", width=width)).is_silent


def test_it_knows_what_browsers_play(tmp_path):
    assert measured(wav(tmp_path / "a.wav")).content_type == "audio/wav"
    assert measured(file_of(tmp_path / "a.mp3", bursts(1), "mp3")).content_type == "audio/mpeg"
    assert not measured(video(tmp_path / "a.mp4", bursts(1))).is_playable


def test_a_silent_one_is_told(tmp_path):
    found = measured(file_of(tmp_path / "a.wav", np.zeros(RATE * 3, dtype=np.float32), "wav"))
    assert found.is_silent
    assert found.pauses == [(0.0, 3.0)]


def test_the_sound_of_a_video_begins_where_it_is_heard(tmp_path):
    found = measured(video(tmp_path / "a.mp4", bursts(3), late=1.0))
    assert found.has_video
    assert abs(found.seconds - 7) < 0.2
    assert abs(found.pauses[0][1] - 1.7) < 0.1


def test_one_without_sound_is_refused(tmp_path):
    assert refused(video(tmp_path / "a.mp4", None)) == "no_track"


def refused(path: pathlib.Path, most_seconds: float = 3600) -> str:
    with pytest.raises(sound.Unusable) as caught:
        measured(path, most_seconds)
    return caught.value.kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b"Dear all, here are the minutes.\n" * 50, "not_sound"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 2000, "not_sound"),
        (b"GIF89a" + b"\0" * 500, "not_sound"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", "not_sound"),
        (b"\0" * 5000, "not_sound"),
    ],
)
def test_what_is_no_sound_is_refused(tmp_path, content, kind):
    path = tmp_path / "renamed.mp3"
    path.write_bytes(content)
    assert refused(path) == kind


def test_a_rate_of_nothing_is_refused(tmp_path):
    path = wav(tmp_path / "a.wav")
    data = bytearray(path.read_bytes())
    data[24:28] = bytes(4)
    path.write_bytes(data)
    assert refused(path) in {"no_rate", "not_sound"}


def test_what_is_longer_than_allowed_is_refused_whatever_it_says(tmp_path):
    path = file_of(tmp_path / "a.wav", bursts(10), "wav")
    assert refused(path, 15) == "too_long"
    headless = file_of(tmp_path / "a.aac", bursts(10), "aac")
    assert refused(headless, 15) == "too_long"


@pytest.mark.parametrize("format", ["wav", "flac", "mp3", "opus"])
def test_of_one_that_is_cut_off_the_rest_is_kept(tmp_path, format):
    path = file_of(tmp_path / "a", bursts(20), format)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    found = measured(path)
    assert 10 < found.seconds < 35
    assert found.ends_early or format in {"wav", "opus"}


def test_a_damaged_place_does_not_end_it(tmp_path):
    path = file_of(tmp_path / "a.mp3", bursts(20), "mp3")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = b"\xaa" * 2000
    path.write_bytes(data)
    assert measured(path).seconds > 35


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{address}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{file}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{file}'\n",
        "ffconcat version 1.0\nfile '{address}'\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation>'
        "<BaseURL>{address}</BaseURL></Representation></AdaptationSet></Period></MPD>",
    ],
)
def test_a_list_in_disguise_opens_nothing(tmp_path, text):
    secret = wav(tmp_path / "secret.wav")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        path = tmp_path / "song.mp3"
        path.write_text(text.format(address=f"http://127.0.0.1:{server.getsockname()[1]}/a.ts", file=secret))
        assert refused(path) == "not_sound"
        with pytest.raises(TimeoutError):
            server.accept()
