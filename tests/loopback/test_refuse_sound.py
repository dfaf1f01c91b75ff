"""What is not as documented is refused by the sound endpoints, with the name of what was wrong."""

import base64
from typing import Any

import httpx
import pytest

from tests.loopback import Loopback
from tests.loopback.asking_sound import File, hear, refusal, speak, spoken
from tests.loopback.sound_models import DIARIZE, FOUR_O, MANNERED, NEWEST, TTS, WHISPER

SAMPLE = "data:audio/wav;base64," + base64.b64encode(spoken(2, "wav")[1]).decode()
SHORT_SAMPLE = "data:audio/mpeg;base64," + base64.b64encode(spoken(8)[1]).decode()


@pytest.fixture(scope="module")
def minute() -> File:
    return spoken(30)


@pytest.mark.parametrize(
    ("model", "fields", "param"),
    [
        (WHISPER, {"response_format": "diarized_json"}, "response_format"),
        (FOUR_O, {"response_format": "verbose_json"}, "response_format"),
        (NEWEST, {"response_format": "srt"}, "response_format"),
        (FOUR_O, {"timestamp_granularities__": "word"}, "timestamp_granularities[]"),
        (WHISPER, {"timestamp_granularities__": "word"}, "timestamp_granularities"),
        (WHISPER, {"timestamp_granularities__": ["word", "letter"], "response_format": "verbose_json"}, "timestamp_granularities"),
        (WHISPER, {"timestamp_granularities": "word", "response_format": "verbose_json"}, "timestamp_granularities"),
        (WHISPER, {"language": "English"}, "language"),
        (WHISPER, {"language": ["en", "de"]}, "language"),
        (NEWEST, {"languages__": ["en", "German"]}, "languages"),
        (NEWEST, {"languages__": "en", "language": "en"}, "languages"),
        (FOUR_O, {"languages__": "en"}, "languages[]"),
        (WHISPER, {"temperature": "2"}, "temperature"),
        (WHISPER, {"temperature": "warm"}, "temperature"),
        (WHISPER, {"stream": "yes"}, "stream"),
        (DIARIZE, {"prompt": "Names"}, "prompt"),
        (DIARIZE, {"response_format": "diarized_json"}, "chunking_strategy"),
        (FOUR_O, {"chunking_strategy": "manual"}, "chunking_strategy"),
        (DIARIZE, {"chunking_strategy": '{"type": "other"}'}, "chunking_strategy"),
        (WHISPER, {"include__": "logprobs"}, "include[]"),
        (FOUR_O, {"include__": "words"}, "include"),
        (NEWEST, {"keywords__": "<b>"}, "keywords"),
        (NEWEST, {"keywords__": "two\nlines"}, "keywords"),
        (FOUR_O, {"keywords__": "Kiln"}, "keywords[]"),
        (DIARIZE, {"known_speaker_names__": "Ines", "chunking_strategy": "auto"}, "known_speaker_names"),
        (DIARIZE, {"known_speaker_names__": ["I"] * 5, "known_speaker_references__": [SAMPLE] * 5}, "known_speaker_names"),
        (DIARIZE, {"known_speaker_names__": "I", "known_speaker_references__": SHORT_SAMPLE}, "known_speaker_references"),
        (DIARIZE, {"known_speaker_names__": "I", "known_speaker_references__": "data:text/plain,hi"}, "known_speaker_references"),
        (WHISPER, {"surprise": "1"}, "surprise"),
        ("", {}, "model"),
    ],
)
def test_it_refuses_what_is_not_as_documented(loopback: Loopback, minute: File, model: str, fields: dict[str, Any], param: str) -> None:
    assert refusal(hear(loopback, minute, model=model, **fields)) == (400, param)


@pytest.mark.parametrize(("model", "fields"), [(FOUR_O, {}), (DIARIZE, {}), (WHISPER, {"language": "en"}), (WHISPER, {"stream": "true"})])
def test_it_translates_with_whisper_alone_and_without_a_language(loopback: Loopback, model: str, fields: dict[str, str]) -> None:
    assert hear(loopback, spoken(1), "translations", model=model, **fields).status_code == 400


def test_it_knows_its_models(loopback: Loopback, minute: File) -> None:
    for model in ("whisper-tones-surprise", "gpt-4o-tones", TTS):
        assert hear(loopback, minute, model=model).status_code == 404
    assert speak(loopback, WHISPER).status_code == 404


@pytest.mark.parametrize(
    "file",
    [
        ("a.txt", b"hello", "text/plain"),
        ("a.mp3", b"", "audio/mpeg"),
        ("a.wav", spoken(1)[1], "audio/wav"),
        ("a", spoken(1)[1], "audio/mpeg"),
        ("a.mp3", spoken(1)[1], "text/html"),
        ("a.mp3", b"ID3" + b"\0" * 900, "audio/mpeg"),
        ("a.wav", spoken(1, "wav")[1][:1000], "audio/wav"),
        None,
    ],
)
def test_it_refuses_files_that_are_no_sound(loopback: Loopback, file: File | None) -> None:
    assert hear(loopback, file, model=WHISPER).status_code == 400


def test_it_takes_one_file_alone(loopback: Loopback) -> None:
    with httpx.Client(trust_env=False) as client:
        files = [("file", spoken(1)), ("file", spoken(1))]
        assert client.post(f"{loopback.url}/audio/transcriptions", data={"model": WHISPER}, files=files).status_code == 400
        assert client.post(f"{loopback.url}/audio/transcriptions", json={"model": WHISPER}).status_code == 400


def test_a_file_may_be_too_large_or_too_long(loopback: Loopback, minute: File) -> None:
    assert hear(loopback, minute, model="whisper-tones-limited-kb100").status_code == 413
    assert hear(loopback, ("a.mp3", minute[1] + b"\0" * 25 * 1024 * 1024, minute[2]), model=WHISPER).status_code == 413
    refused = hear(loopback, minute, model="whisper-tones-limited-kb900-seconds30")
    assert refused.status_code == 400 and "longer than 30 seconds" in refused.json()["error"]["message"]
    assert hear(loopback, minute, model="whisper-tones-limited-kb900-seconds70").status_code == 200


@pytest.mark.parametrize(
    ("model", "wish", "param"),
    [
        (TTS, {"voice": "marin"}, "voice"),
        (TTS, {"voice": {"id": "voice_1"}}, "voice"),
        (MANNERED, {"voice": {"id": "1"}}, "voice"),
        (TTS, {"voice": None}, "voice"),
        (TTS, {"instructions": "Calm"}, "instructions"),
        (MANNERED, {"instructions": "a" * 4097}, "instructions"),
        (TTS, {"stream_format": "sse"}, "stream_format"),
        (MANNERED, {"speed": 5}, "speed"),
        (MANNERED, {"speed": "1"}, "speed"),
        (MANNERED, {"input": "a" * 4097}, "input"),
        (MANNERED, {"input": ""}, "input"),
        (MANNERED, {"input": 7}, "input"),
        (MANNERED, {"response_format": "midi"}, "response_format"),
        (MANNERED, {"surprise": 1}, "surprise"),
    ],
)
def test_it_refuses_to_speak_what_is_not_as_documented(loopback: Loopback, model: str, wish: dict[str, Any], param: str) -> None:
    assert refusal(speak(loopback, model, **{"text": "Good morning", **wish})) == (400, param)


def test_it_speaks_in_the_voice_of_a_team(loopback: Loopback) -> None:
    assert speak(loopback, MANNERED, voice={"id": "voice_12"}).status_code == 200
