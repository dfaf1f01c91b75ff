"""Speech through the official client: every format, pace and stream, and what is refused."""

import base64
import io
import itertools
import time
from typing import Any

import av
import numpy as np
import pytest
from openai import BadRequestError, NotFoundError, OpenAI

from engines.audio.speaking.request import FORMATS
from engines.tests.conftest import HEARER, MODEL, SPEAKER, Provider
from engines.tests.sounds import samples_of
from tests.speech_samples import LONG_TEXT, kept

pytestmark = pytest.mark.engines
GREETING = "Good morning. The harbour is closed today."
GOOD = {"model": SPEAKER, "voice": "heart", "input": GREETING}


def speak(client: OpenAI, **change: Any) -> bytes:
    return client.audio.speech.create(**{**GOOD, **change}).read()


def seconds_of(content: bytes) -> float:
    """Decoded to its end."""
    with av.open(io.BytesIO(content)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


@pytest.mark.parametrize("name", FORMATS)
def test_it_speaks_in_every_format(client: OpenAI, provider: Provider, name: str) -> None:
    answer = provider.call("POST", "/v1/audio/speech", json={**GOOD, "response_format": name})

    assert answer.headers["content-type"] == FORMATS[name]
    assert answer.headers["x-voice"] == "heart"
    length = len(answer.content) / 48_000 if name == "pcm" else seconds_of(answer.content)
    assert length == pytest.approx(len(speak(client, response_format="pcm")) / 48_000, abs=0.15)


def test_it_speaks_mp3_unless_told_otherwise(provider: Provider) -> None:
    assert provider.call("POST", "/v1/audio/speech", json=GOOD).headers["content-type"] == "audio/mpeg"


def test_it_says_in_a_wav_file_how_long_it_is(client: OpenAI) -> None:
    content = speak(client, response_format="wav")
    assert len(samples_of(content)) * 2 + 44 <= len(content) <= len(samples_of(content)) * 2 + 100


def test_it_says_the_same_each_time(client: OpenAI) -> None:
    assert speak(client, response_format="pcm") == speak(client, response_format="pcm", voice="alloy")


def test_it_is_understood(client: OpenAI) -> None:
    """The round trip: a hundred words spoken, packed and heard again."""
    content = speak(client, input=LONG_TEXT, response_format="mp3")
    heard = client.audio.transcriptions.create(model=HEARER, file=("spoken.mp3", content)).text

    assert kept(LONG_TEXT, heard) >= 0.95


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.5, 2.0, 4.0])
def test_it_speaks_at_every_pace(client: OpenAI, speed: float) -> None:
    usual = len(samples_of(speak(client, response_format="wav")))
    length = len(samples_of(speak(client, response_format="wav", speed=speed)))

    assert length * speed == pytest.approx(usual, rel=0.15)
    if speed < 1:
        slow = client.audio.transcriptions.create(model=HEARER, file=("a.wav", speak(client, response_format="wav", speed=speed))).text
        assert kept(GREETING, slow) > 0.8


def test_it_keeps_its_pitch_when_it_hurries(client: OpenAI) -> None:
    """The strongest tones of the voice stay where they are."""
    usual, fast = (spectrum(samples_of(speak(client, response_format="wav", speed=speed))) for speed in (2.0, 4.0))
    assert np.corrcoef(usual, fast)[0, 1] > 0.7


def spectrum(samples: np.ndarray) -> np.ndarray:
    power = np.abs(np.fft.rfft(samples, 2**18)) ** 2
    return np.log(power[: 2**15].reshape(64, -1).mean(1) + 1e-9)


def test_it_sends_the_first_sentence_before_the_last_is_made(provider: Provider, client: OpenAI) -> None:
    speak(client)
    arrivals = []
    # Bytes as they are keep no encoder waiting.
    body = {**GOOD, "input": " ".join([LONG_TEXT] * 6), "response_format": "pcm"}
    with client.audio.speech.with_streaming_response.create(**body) as answer:
        assert "content-length" not in answer.headers
        begun = time.monotonic()
        for _ in answer.iter_bytes(4096):
            arrivals.append(time.monotonic() - begun)
    assert arrivals[0] < arrivals[-1] / 3


def test_it_speaks_in_events(provider: Provider, client: OpenAI) -> None:
    answer = provider.call("POST", "/v1/audio/speech", json={**GOOD, "response_format": "pcm", "stream_format": "sse"})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-voice"] == "heart"
    lines = answer.text.splitlines()
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert [name for name, _ in itertools.groupby(names)] == ["speech.audio.delta", "speech.audio.done"]
    sound = b"".join(base64.b64decode(line.split('"audio":"')[1].removesuffix('"}')) for line in lines if '"audio":"' in line)
    assert sound == speak(client, response_format="pcm")
    assert '"usage":{"input_tokens":' in lines[-2]
    assert '"voice":"heart"' in lines[-2]


def test_it_knows_the_voices_that_clients_ask_for(client: OpenAI) -> None:
    for voice in ("alloy", "nova", "cedar"):
        assert speak(client, voice=voice, input="Yes.")


REFUSED = [
    ({"input": None}, "input", "missing_required_parameter"),
    ({"input": ""}, "input", "empty_string"),
    ({"input": 5}, "input", "invalid_type"),
    ({"input": "a" * 4097}, "input", "string_above_max_length"),
    ({"input": "… !"}, "input", "invalid_value"),
    ({"input": "\N{GRINNING FACE}"}, "input", "invalid_value"),
    ({"input": "Привет, мир, hello"}, "input", "unsupported_value"),
    ({"input": "你好世界"}, "input", "unsupported_value"),
    ({"model": None}, "model", "missing_required_parameter"),
    ({"model": 7}, "model", "invalid_type"),
    ({"model": MODEL}, "model", "invalid_value"),
    ({"voice": None}, "voice", "missing_required_parameter"),
    ({"voice": "darth"}, "voice", "invalid_value"),
    ({"voice": {"id": "voice_1"}}, "voice", "unsupported_value"),
    ({"voice": 3}, "voice", "invalid_type"),
    ({"response_format": "ogg"}, "response_format", "invalid_value"),
    ({"speed": 0.2}, "speed", "decimal_below_min_value"),
    ({"speed": 4.1}, "speed", "decimal_above_max_value"),
    ({"speed": "fast"}, "speed", "invalid_type"),
    ({"stream_format": "both"}, "stream_format", "invalid_value"),
    ({"instructions": "Whisper."}, "instructions", "unsupported_parameter"),
    ({"creativity": 3}, "creativity", "unknown_parameter"),
]


@pytest.mark.parametrize(("change", "param", "code"), REFUSED, ids=[f"{param}-{code}-{i}" for i, (_, param, code) in enumerate(REFUSED)])
def test_it_names_the_field_at_fault(provider: Provider, change: dict, param: str, code: str) -> None:
    for stream_format in {"audio", "sse"} - {change.get("stream_format")}:
        answer = provider.call("POST", "/v1/audio/speech", json={**GOOD, "stream_format": stream_format, **change})
        error = answer.json()["error"]
        assert (answer.status_code, error["param"], error["code"], error["type"]) == (400, param, code, "invalid_request_error")


def test_it_takes_what_all_of_these_spoil(provider: Provider) -> None:
    harmless = {"input": "Café, naïve, Zürich: 12 % of π.", "instructions": None, "speed": None, "response_format": None}
    assert provider.call("POST", "/v1/audio/speech", json={**GOOD, **harmless}).status_code == 200


def test_it_does_not_know_other_models(client: OpenAI) -> None:
    with pytest.raises(NotFoundError):
        client.audio.speech.create(**{**GOOD, "model": "tts-9"})
    with pytest.raises(BadRequestError) as wrong:
        client.chat.completions.create(model=SPEAKER, messages=[{"role": "user", "content": "x"}])
    assert (wrong.value.param, wrong.value.code) == ("model", "invalid_value")


def test_it_lists_both_models_and_their_weaknesses(client: OpenAI) -> None:
    told = {model.id: model.description for model in client.models.list().data}

    assert "English only" in told[HEARER]
    assert "one voice" in told[SPEAKER]
