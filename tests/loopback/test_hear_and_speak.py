"""The sound endpoints of the loopback provider: what they answer, and what they refuse."""

import io
import json
import uuid

import httpx
import numpy as np
import openai
import pytest

from sound.reading import decode
from sound.writing import encode
from tests.loopback import Loopback, sounds
from tests.loopback.sound_models import CUT, DIARIZE, FOUR_O, MANNERED, NEWEST, SOUND_MODELS, TTS, WHISPER
from tests.loopback.tones import hear_tones, tone_words

RATE = 16_000


@pytest.fixture
def client(loopback: Loopback) -> openai.OpenAI:
    return openai.OpenAI(base_url=loopback.url, api_key="sk-loopback", max_retries=0, http_client=httpx.Client(trust_env=False))


def spoken(count: int, kind: str = "mp3", first: int = 1) -> tuple[str, bytes]:
    return f"{uuid.uuid4().hex}.{kind}", b"".join(encode([tone_words(range(first, first + count))], RATE, kind))


def test_whisper_tells_words_and_their_times(client: openai.OpenAI) -> None:
    heard = client.audio.transcriptions.create(
        model=WHISPER, file=spoken(12), response_format="verbose_json", timestamp_granularities=["word", "segment"], language="en"
    )
    assert heard.text.split() == [f"w{number:05d}" for number in range(1, 13)]
    assert [round(word.start, 1) for word in heard.words or []] == [2 * place + 0.5 for place in range(12)]
    assert len(heard.segments or []) == 3


@pytest.mark.parametrize("kind", ["text", "srt", "vtt"])
def test_whisper_answers_in_plain_forms(client: openai.OpenAI, kind: str) -> None:
    answer = client.audio.transcriptions.create(model=WHISPER, file=spoken(6), response_format=kind)  # type: ignore[call-overload]
    assert "w00006" in answer
    assert ("-->" in answer) == (kind != "text")


def test_others_stream_when_they_are_asked_to(client: openai.OpenAI) -> None:
    events = list(client.audio.transcriptions.create(model=FOUR_O, file=spoken(6), stream=True, include=["logprobs"]))
    assert [event.type for event in events].count("transcript.text.delta") == 6
    assert events[-1].type == "transcript.text.done" and events[-1].text.split()[-1] == "w00006"


def test_speakers_take_turns(client: openai.OpenAI) -> None:
    heard = client.audio.transcriptions.create(model=DIARIZE, file=spoken(12), response_format="diarized_json", chunking_strategy="auto")
    assert [segment.speaker for segment in heard.segments] == ["A", "B", "A"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("model", "fields", "param"),
    [
        (WHISPER, {"response_format": "diarized_json"}, "response_format"),
        (FOUR_O, {"response_format": "verbose_json"}, "response_format"),
        (FOUR_O, {"timestamp_granularities[]": "word"}, "timestamp_granularities[]"),
        (WHISPER, {"timestamp_granularities[]": "word"}, "timestamp_granularities"),
        (WHISPER, {"language": "English"}, "language"),
        (WHISPER, {"temperature": "2"}, "temperature"),
        (DIARIZE, {"prompt": "Names"}, "prompt"),
        (DIARIZE, {"response_format": "diarized_json"}, "chunking_strategy"),
        (NEWEST, {"keywords[]": "<b>"}, "keywords"),
        (WHISPER, {"surprise": "1"}, "surprise"),
    ],
)
def test_it_refuses_what_is_not_as_documented(loopback: Loopback, model: str, fields: dict[str, str], param: str) -> None:
    refusal = post(loopback, spoken(16), model=model, **fields)
    assert refusal.status_code == 400
    assert refusal.json()["error"]["param"] == param


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (("a.txt", b"hello"), 400),
        (("a.mp3", b""), 400),
        (("a.wav", spoken(1)[1]), 400),
        (("a.mp3", b"ID3" + b"\0" * 900), 400),
    ],
)
def test_it_refuses_files_that_are_no_sound(loopback: Loopback, file: tuple[str, bytes], status: int) -> None:
    assert post(loopback, file, model=WHISPER).status_code == status


def test_a_file_may_be_too_large(loopback: Loopback) -> None:
    assert post(loopback, spoken(40), model="whisper-tones-limited-kb100").status_code == 413


def post(loopback: Loopback, file: tuple[str, bytes], **fields: str) -> httpx.Response:
    with httpx.Client(trust_env=False) as client:
        return client.post(f"{loopback.url}/audio/transcriptions", data=fields, files={"file": file})


def test_one_fails_where_a_word_is_in_it_and_only_once(loopback: Loopback) -> None:
    with_word, without = spoken(3, first=99), spoken(3)
    model = "whisper-tones-fails-word100"
    assert [post(loopback, file, model=model).status_code for file in (without, with_word, with_word)] == [200, 500, 200]


def test_one_breaks_off(client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIConnectionError):
        list(client.audio.transcriptions.create(model=CUT, file=spoken(12), stream=True))


@pytest.mark.parametrize("kind", ["mp3", "opus", "aac", "flac", "wav"])
def test_it_speaks_a_tone_for_each_word(client: openai.OpenAI, kind: str) -> None:
    answer = client.audio.speech.create(model=TTS, voice="alloy", input="one two three four", response_format=kind)  # type: ignore[arg-type]
    samples = np.concatenate(list(decode(io.BytesIO(answer.content), RATE)))
    assert [word[0] for word in hear_tones(samples, RATE)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("model", "wish", "param"),
    [
        (TTS, {"voice": "marin"}, "voice"),
        (TTS, {"instructions": "Calm"}, "instructions"),
        (MANNERED, {"speed": 5}, "speed"),
        (MANNERED, {"input": "a" * 4097}, "input"),
        (MANNERED, {"response_format": "midi"}, "response_format"),
        (MANNERED, {"surprise": 1}, "surprise"),
    ],
)
def test_it_refuses_to_speak_what_is_not_as_documented(loopback: Loopback, model: str, wish: dict[str, object], param: str) -> None:
    body = {"model": model, "voice": "alloy", "input": "Good morning", **wish}
    with httpx.Client(trust_env=False) as client:
        refusal = client.post(f"{loopback.url}/audio/speech", content=json.dumps(body))
    assert refusal.status_code == 400
    assert refusal.json()["error"]["param"] == param


def test_its_table_has_every_model() -> None:
    behaviours = {name.partition("-tones")[2].strip("-") for name in SOUND_MODELS}
    assert behaviours <= set(sounds.BEHAVIOURS)
    assert all(f"| `{name}` |" in (sounds.__doc__ or "") for name in behaviours if name)
