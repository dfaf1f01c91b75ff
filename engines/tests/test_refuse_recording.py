"""Recordings that cannot be heard and calls that cannot be answered. None of them may end as a 500."""

import io
import pathlib
import struct
from typing import Any

import av
import numpy as np
import pytest
from openai import BadRequestError, NotFoundError, OpenAI

from engines.audio.limits import MOST_BYTES, MOST_SECONDS
from engines.tests.conftest import HEARER, MODEL, SPEAKER, Provider
from engines.tests.sounds import hum, noise, packed, silence

pytestmark = pytest.mark.engines
SOUND = packed(silence(0.2))

WRONG_FIELDS = [
    ({"model": ""}, "model", "missing_required_parameter"),
    ({"language": "de"}, "language", "unsupported_value"),
    ({"language": "no language at all"}, "language", "unsupported_value"),
    ({"response_format": "xml"}, "response_format", "invalid_value"),
    ({"response_format": "diarized_json"}, "response_format", "unsupported_value"),
    ({"temperature": "1.5"}, "temperature", "decimal_above_max_value"),
    ({"temperature": "-1"}, "temperature", "decimal_below_min_value"),
    ({"temperature": "warm"}, "temperature", "invalid_type"),
    ({"temperature": "nan"}, "temperature", "invalid_type"),
    ({"timestamp_granularities[]": "word"}, "timestamp_granularities[]", "invalid_value"),
    ({"timestamp_granularities[]": "letter", "stream": "true"}, "timestamp_granularities[]", "invalid_value"),
    ({"timestamp_granularities": "letter"}, "timestamp_granularities[]", "invalid_value"),
    ({"include[]": "tokens"}, "include[]", "invalid_value"),
    ({"include[]": "logprobs", "response_format": "text"}, "include[]", "invalid_value"),
    ({"stream": "maybe"}, "stream", "invalid_type"),
    ({"stream": "true", "response_format": "srt"}, "response_format", "invalid_value"),
    ({"stream": "true", "response_format": "verbose_json"}, "response_format", "invalid_value"),
    ({"chunking_strategy": '{"type": "server_vad"}'}, "chunking_strategy", "invalid_value"),
    ({"prompt": "a" * 16_001}, "prompt", "string_above_max_length"),
    ({"keywords[]": "harbour"}, "keywords[]", "unsupported_parameter"),
    ({"languages[]": "en"}, "languages[]", "unsupported_parameter"),
    ({"known_speaker_names[]": "Ann"}, "known_speaker_names[]", "unsupported_parameter"),
    ({"creativity": "3"}, "creativity", "unknown_parameter"),
    ({"file": "a text"}, "file", "invalid_type"),
]


def check(answer: Any, param: str | None, code: str, status: int = 400) -> None:
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"], error["type"]) == (status, param, code, "invalid_request_error")
    assert error["message"]
    assert answer.headers["x-request-id"]


def send(provider: Provider, content: bytes = SOUND, path: str = "transcriptions", **fields: Any) -> Any:
    return provider.call("POST", f"/v1/audio/{path}", data={"model": HEARER, **fields}, files={"file": ("a.wav", content)})


@pytest.mark.parametrize(
    ("change", "param", "code"), WRONG_FIELDS, ids=[f"{param}-{code}-{i}" for i, (_, param, code) in enumerate(WRONG_FIELDS)]
)
def test_it_names_the_field_at_fault(provider: Provider, change: dict, param: str, code: str) -> None:
    check(send(provider, **change), param, code)


def test_it_takes_the_call_that_all_of_these_spoil(provider: Provider) -> None:
    harmless = {"language": "EN", "temperature": "0.5", "prompt": "", "stream": "0", "response_format": "verbose_json"}
    assert send(provider, **harmless, **{"timestamp_granularities": "word"}).json()["words"] == []


def test_it_refuses_an_empty_call(provider: Provider) -> None:
    """As the check-up of providers asks: it costs nothing and tells whether this part of the API is there."""
    nothing = {"response_format": (None, "json")}
    check(provider.call("POST", "/v1/audio/transcriptions", files=nothing), "file", "missing_required_parameter")
    check(provider.call("POST", "/v1/audio/transcriptions", json={"model": HEARER}), None, "invalid_content_type")


def test_it_refuses_more_than_one_file(provider: Provider) -> None:
    two = [("file", ("a.wav", SOUND)), ("file", ("b.wav", SOUND))]
    check(provider.call("POST", "/v1/audio/transcriptions", data={"model": HEARER}, files=two), "file", "array_above_max_length")
    other = [("file", ("a.wav", SOUND)), ("reference", ("b.wav", SOUND))]
    check(provider.call("POST", "/v1/audio/transcriptions", data={"model": HEARER}, files=other), "reference", "unknown_parameter")


def test_it_does_not_know_other_models(client: OpenAI) -> None:
    with pytest.raises(NotFoundError) as refused:
        client.audio.transcriptions.create(model="whisper-9", file=("a.wav", SOUND))
    assert refused.value.code == "model_not_found"
    for other in (MODEL, SPEAKER):
        with pytest.raises(BadRequestError) as wrong:
            client.audio.transcriptions.create(model=other, file=("a.wav", SOUND))
        assert (wrong.value.param, wrong.value.code) == ("model", "invalid_value")
        assert HEARER in str(wrong.value)


def without_rate() -> bytes:
    """A WAV file that says it has no samples a second."""
    content = bytearray(packed(hum(0.5)))
    content[24:32] = struct.pack("<II", 0, 0)
    return bytes(content)


def without_sound() -> bytes:
    """A film without a sound track."""
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


UNHEARD = {
    "empty": (b"", "'file' is empty.", "invalid_audio_file"),
    "text": (b"hello", "no recording", "invalid_audio_file"),
    "playlist": (b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n", "no recording", "invalid_audio_file"),
    "nothing but a head": (packed(hum(1))[:20], "", "invalid_audio_file"),
    "no samples": (packed(silence(0)), "", "invalid_audio_file"),
    "no rate": (without_rate(), "", "invalid_audio_file"),
    "a film without sound": (without_sound(), "no sound in it", "invalid_audio_file"),
    "short": (packed(silence(0.05)), "shorter than 0.1 seconds", "audio_too_short"),
}


@pytest.mark.parametrize(("content", "said", "code"), UNHEARD.values(), ids=UNHEARD)
def test_it_says_why_a_file_cannot_be_heard(provider: Provider, content: bytes, said: str, code: str) -> None:
    for stream in ("false", "true"):
        answer = send(provider, content, stream=stream)
        check(answer, "file", code)
        assert said in answer.json()["error"]["message"]


def test_it_survives_files_that_were_damaged(provider: Provider) -> None:
    whole = packed(noise(0.5))
    chance = np.random.default_rng(3)
    for _ in range(12):
        content = bytearray(whole)
        for place in chance.integers(0, 60, 4):
            content[place] = chance.integers(0, 256)
        assert send(provider, bytes(content)).status_code in {200, 400}


def test_it_hears_what_there_is_of_a_file_that_ends_early(provider: Provider) -> None:
    assert send(provider, packed(silence(2))[:40_000], response_format="verbose_json").json()["duration"] == pytest.approx(1.25, abs=0.1)


def test_it_refuses_what_is_too_large_or_too_long(provider: Provider) -> None:
    check(send(provider, packed(silence(1)) + b"\0" * MOST_BYTES), "file", "request_too_large", 413)
    long = io.BytesIO()
    with av.open(long, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000 * (MOST_SECONDS + 2)), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        for ready in av.AudioResampler(format="s16", layout="mono", rate=8000, frame_size=4096).resample(frame):
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    answer = send(provider, long.getvalue())
    check(answer, "file", "audio_too_long")
    assert "30 minutes" in answer.json()["error"]["message"]


@pytest.mark.filterwarnings("ignore:deprecated")
def test_it_says_that_it_does_not_translate(provider: Provider, client: OpenAI, speech_sample: Any) -> None:
    for model in (HEARER, "whisper-1"):
        with pytest.raises(BadRequestError) as refused:
            client.audio.translations.create(model=model, file=pathlib.Path(speech_sample.path))
        assert (refused.value.param, refused.value.code) == ("model", "unsupported_value")
        assert "English only" in str(refused.value)
    check(provider.call("POST", "/v1/audio/translations", files={"response_format": (None, "json")}), "model", "unsupported_value")


@pytest.mark.parametrize("path", ["transcriptions", "translations", "speech"])
def test_it_takes_posts_with_a_key_only(provider: Provider, path: str) -> None:
    assert provider.call("GET", f"/v1/audio/{path}").status_code == 405
    assert provider.call("POST", f"/v1/audio/{path}", headers={}).status_code == 401
