"""The sound endpoints of the loopback provider answer as documented, asked with the official package and by hand."""

import base64
import io
import json
import uuid

import httpx
import numpy as np
import openai
import pytest

from sound.reading import decode
from tests.loopback import Loopback
from tests.loopback.asking_it import events, new_marker
from tests.loopback.asking_sound import RATE, hear, numbers_in, silence, speak, spoken, words_from
from tests.loopback.sound_models import CHATTING, DIARIZE, FOUR_O, IN_ONE, MANNERED, NEWEST, SEGMENTED, TTS, WHISPER

SENTENCE = "The harbour was quiet when the first boats came in. By nine, everybody had heard the news."


@pytest.fixture
def client(loopback: Loopback) -> openai.OpenAI:
    return openai.OpenAI(base_url=loopback.url, api_key="sk-loopback", max_retries=0, http_client=httpx.Client(trust_env=False))


def test_whisper_tells_words_and_their_times(client: openai.OpenAI) -> None:
    heard = client.audio.transcriptions.create(
        model=WHISPER, file=spoken(12, "wav"), response_format="verbose_json", timestamp_granularities=["word", "segment"], language="en"
    )
    assert heard.text.split() == words_from(1, 12)
    assert [round(word.start, 2) for word in heard.words or []] == [2 * place + 0.5 for place in range(12)]
    assert len(heard.segments or []) == 3 and (heard.segments or [])[0].avg_logprob == -0.2
    assert (heard.language, round(heard.duration), heard.usage and heard.usage.seconds) == ("english", 24, 24)


@pytest.mark.filterwarnings("ignore:deprecated")
@pytest.mark.parametrize("kind", ["text", "srt", "vtt"])
@pytest.mark.parametrize("act", ["transcriptions", "translations"])
def test_whisper_answers_in_plain_forms(client: openai.OpenAI, kind: str, act: str) -> None:
    answer = getattr(client.audio, act).create(model=WHISPER, file=spoken(6), response_format=kind)
    assert "w00006" in answer
    assert ("-->" in answer) == (kind != "text")


@pytest.mark.filterwarnings("ignore:deprecated")
def test_whisper_translates(client: openai.OpenAI) -> None:
    heard = client.audio.translations.create(model=WHISPER, file=spoken(2, "wav"), response_format="verbose_json", prompt="In English")
    assert (heard.text.split(), heard.language) == (words_from(1, 2), "english")


def test_whisper_takes_no_notice_of_a_wish_for_a_stream(loopback: Loopback) -> None:
    assert hear(loopback, spoken(2), model=WHISPER, stream="true").json()["text"].split() == words_from(1, 2)


def test_silence_is_an_empty_text(loopback: Loopback) -> None:
    assert hear(loopback, silence(), model=WHISPER).json()["text"] == ""
    answer = hear(loopback, silence(), model=WHISPER, response_format="verbose_json").json()
    assert (answer["text"], answer["segments"]) == ("", [])


def test_others_are_billed_by_tokens_and_tell_likelihoods(client: openai.OpenAI) -> None:
    heard = client.audio.transcriptions.create(model=FOUR_O, file=spoken(8, "wav"), include=["logprobs"], prompt="Two words")
    assert [round(entry.logprob or 0, 2) for entry in heard.logprobs or []].count(-2.0) == 1
    assert heard.usage is not None and heard.usage.type == "tokens"
    assert (heard.usage.input_tokens, heard.usage.output_tokens) == (162, 24)


def test_others_stream_when_they_are_asked_to(client: openai.OpenAI) -> None:
    told = list(client.audio.transcriptions.create(model=FOUR_O, file=spoken(6), stream=True, include=["logprobs"]))
    assert [event.type for event in told] == ["transcript.text.delta"] * 6 + ["transcript.text.done"]
    last = told[-1]
    assert last.type == "transcript.text.done" and last.text.split() == words_from(1, 6) and len(last.logprobs or []) == 6


def test_the_newest_one_takes_key_words_and_tells_languages(client: openai.OpenAI) -> None:
    heard = client.audio.transcriptions.create(model=NEWEST, file=spoken(3, "flac"), keywords=["Nagoya", "Kiln 4"], languages=["en", "de"])
    assert [each.code for each in heard.languages or []] == ["en"]


def test_speakers_take_turns(client: openai.OpenAI) -> None:
    heard = client.audio.transcriptions.create(model=DIARIZE, file=spoken(16), response_format="diarized_json", chunking_strategy="auto")
    assert [segment.speaker for segment in heard.segments] == ["A", "B", "A", "B"]  # type: ignore[union-attr]


def test_speakers_have_the_names_that_were_given(client: openai.OpenAI) -> None:
    _name, body, kind = spoken(2, "wav")
    told = client.audio.transcriptions.create(
        model=DIARIZE,
        file=spoken(12, "flac"),
        response_format="diarized_json",
        stream=True,
        known_speaker_names=["Ines"],
        known_speaker_references=[f"data:{kind};base64,{base64.b64encode(body).decode()}"],
    )
    turns = [event for event in told if event.type == "transcript.text.segment"]
    assert [turn.speaker for turn in turns] == ["Ines", "A", "Ines"]
    assert (round(turns[0].start, 2), round(turns[0].end, 2)) == (0.5, 9.0)


def test_it_takes_a_cutting_of_ones_own(client: openai.OpenAI) -> None:
    vad = {"type": "server_vad", "threshold": 0.4}
    assert client.audio.transcriptions.create(model=DIARIZE, file=spoken(16), chunking_strategy=vad).text  # type: ignore[call-overload]


def test_streams_come_in_the_shapes_of_other_servers(loopback: Loopback) -> None:
    segments = [event for event in _streamed(loopback, SEGMENTED) if event["type"] == "transcript.text.segment"]
    assert [len(segment["words"]) for segment in segments] == [5, 1]
    assert "".join(event["choices"][0]["delta"]["content"] for event in _streamed(loopback, CHATTING)).split() == words_from(1, 6)
    assert hear(loopback, spoken(6), model=IN_ONE, stream="true").headers["content-type"] == "application/json"


def _streamed(loopback: Loopback, model: str) -> list[dict[str, object]]:
    told = events(hear(loopback, spoken(6), model=model, stream="true").text.replace("data: [DONE]\n\n", ""))
    return list(told)


def test_every_call_is_found_by_its_marker(loopback: Loopback) -> None:
    by_prompt, by_name, by_model, by_text = (new_marker() for _ in range(4))
    file = spoken(1)
    hear(loopback, file, model=WHISPER, prompt=f"Pots {by_prompt}")
    hear(loopback, (f"{by_name}.mp3", *file[1:]), model=WHISPER)
    hear(loopback, file, model=f"{DIARIZE}{by_model}")
    speak(loopback, TTS, f"Hello {by_text}")
    for marker in (by_prompt, by_name, by_model, by_text):
        assert len(loopback.sound_calls(marker)) == 1, marker
        assert loopback.wait_for_call(marker)
    (asked,) = loopback.sound_calls(by_prompt)
    assert (asked.fields["model"], asked.files[0].content_type) == (WHISPER, "audio/mpeg")
    assert loopback.upload(asked.files[0].sha256) == file[1]
    assert loopback.sound_calls(by_text, body=True)[0].body == {"model": TTS, "voice": "alloy", "input": f"Hello {by_text}"}


@pytest.mark.parametrize("kind", ["mp3", "opus", "aac", "flac", "wav"])
def test_it_speaks_a_tone_for_each_word(client: openai.OpenAI, kind: str) -> None:
    answer = client.audio.speech.create(model=TTS, voice="alloy", input=SENTENCE, response_format=kind)  # type: ignore[arg-type]
    assert numbers_in(answer.content) == list(range(1, 18))


def test_it_speaks_without_a_header(client: openai.OpenAI) -> None:
    answer = client.audio.speech.create(model=TTS, voice="alloy", input="one two", response_format="pcm")
    assert len(answer.content) == pytest.approx(2 * 0.55 * 24_000 * 2, rel=0.01)


@pytest.mark.parametrize(("speed", "seconds"), [(1, 17 * 0.55), (0.5, 90 / 15 * 2), (0.25, 90 / 15 * 4)])
def test_how_long_it_speaks_follows_the_text_and_the_speed(loopback: Loopback, speed: float, seconds: float) -> None:
    body = speak(loopback, TTS, SENTENCE, speed=speed, response_format="wav").content
    assert len(np.concatenate(list(decode(io.BytesIO(body), RATE)))) / RATE == pytest.approx(seconds, abs=0.05)
    assert numbers_in(body) == list(range(1, 18))


def test_it_speaks_in_events(loopback: Loopback) -> None:
    told = list(events(speak(loopback, MANNERED, SENTENCE, stream_format="sse", instructions="Calm", voice="cedar").text))
    assert [event["type"] for event in told].count("speech.audio.delta") == len(told) - 1 > 1
    assert told[-1]["usage"]["input_tokens"] == 17
    assert numbers_in(b"".join(base64.b64decode(event["audio"]) for event in told[:-1])) == list(range(1, 18))


def test_it_speaks_in_pieces(client: openai.OpenAI) -> None:
    with client.audio.speech.with_streaming_response.create(model=MANNERED, voice="marin", input=SENTENCE) as answer:
        assert answer.headers["transfer-encoding"] == "chunked"
        assert len(list(answer.iter_bytes())) >= 1


def test_its_words_are_its_own(loopback: Loopback) -> None:
    """The same file twice is the same answer, under any name."""
    _name, body, kind = spoken(4, first=77)
    texts = {hear(loopback, (f"{uuid.uuid4().hex}.mp3", body, kind), model=WHISPER).text for _ in range(2)}
    assert json.loads(texts.pop())["text"].split() == words_from(77, 4) and not texts
