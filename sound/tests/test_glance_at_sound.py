"""What a file says of itself, told in a moment."""

import pathlib
import wave

import pytest

import sound


def test_it_tells_the_length_without_reading(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000 * 3))
    told = sound.glance(path)
    assert (told["told_seconds"], told["content_type"], told["has_video"], told["rate"]) == (3.0, "audio/wav", False, 8000)


def test_it_refuses_what_is_no_sound(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF" + bytes(200))
    with pytest.raises(sound.Unusable):
        sound.glance(path)
