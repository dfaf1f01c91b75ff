"""Recordings of real and of made speech, heard through the official client."""

import io
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import webvtt
from openai import AsyncOpenAI, OpenAI

from engines.tests.conftest import HEARER, Provider
from engines.tests.sounds import hum, noise, packed, samples_of, silence
from tests.speech_samples import LONG_TEXT, SpeechSample, kept, speak, words_of

pytestmark = pytest.mark.engines
DELTA, SEGMENT, DONE = "transcript.text.delta", "transcript.text.segment", "transcript.text.done"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Half a minute of our own voice: longer than what Whisper hears at once."""
    return speak(LONG_TEXT, tmp_path_factory.mktemp("story") / "story.wav")


def hear(client: OpenAI, content: bytes | pathlib.Path, **more: Any) -> Any:
    file = content if isinstance(content, pathlib.Path) else ("recording.wav", content)
    return client.audio.transcriptions.create(model=HEARER, file=file, **more)


def test_it_hears_what_a_person_says(client: OpenAI, speech_sample: SpeechSample) -> None:
    heard = hear(client, speech_sample.path)

    assert words_of(heard.text) == words_of(speech_sample.words)
    assert (heard.usage.type, heard.usage.seconds) == ("duration", 10)


def test_it_hears_our_own_voice(client: OpenAI, story: pathlib.Path) -> None:
    assert kept(LONG_TEXT, hear(client, story).text) >= 0.95


def test_it_writes_text(client: OpenAI, speech_sample: SpeechSample) -> None:
    heard = hear(client, speech_sample.path, response_format="text")

    assert words_of(heard) == words_of(speech_sample.words)
    assert heard.endswith("\n")


def test_it_writes_subtitles_that_a_strict_reader_takes(client: OpenAI, story: pathlib.Path) -> None:
    written = {name: hear(client, story, response_format=name) for name in ("srt", "vtt")}
    srt = webvtt.from_buffer(io.StringIO(written["srt"]), format="srt")
    vtt = webvtt.from_buffer(io.StringIO(written["vtt"]), format="vtt")

    assert written["srt"].startswith("1\n00:00:0")
    assert written["vtt"].startswith("WEBVTT\n\n")
    assert [(cue.start, cue.end, cue.text) for cue in srt] == [(cue.start, cue.end, cue.text) for cue in vtt]
    assert kept(LONG_TEXT, " ".join(cue.text for cue in vtt)) >= 0.95
    moments = [moment for cue in vtt for moment in (cue.start_in_seconds, cue.end_in_seconds)]
    assert moments == sorted(moments)


def test_it_tells_all_there_is_to_know(client: OpenAI, story: pathlib.Path) -> None:
    heard = hear(client, story, response_format="verbose_json")

    assert (heard.task, heard.language, round(heard.duration)) == ("transcribe", "english", 32)
    assert heard.words is None
    assert "".join(segment.text for segment in heard.segments).strip() == heard.text
    assert [segment.id for segment in heard.segments] == list(range(len(heard.segments)))
    for segment in heard.segments:
        assert -2 < segment.avg_logprob < 0 <= segment.no_speech_prob <= 1
        assert segment.tokens
        assert segment.compression_ratio > 0.5
        assert segment.temperature == 0
    check_order(heard.segments, heard.duration)


def check_order(pieces: list[Any], seconds: float) -> None:
    moments = [moment for piece in pieces for moment in (piece.start, piece.end)]
    assert moments == sorted(moments)
    assert moments[0] >= 0
    assert moments[-1] <= seconds


def test_it_tells_when_each_word_is_said(client: OpenAI, speech_sample: SpeechSample) -> None:
    heard = hear(client, speech_sample.path, response_format="verbose_json", timestamp_granularities=["word"])

    assert heard.segments is None
    assert words_of(" ".join(word.word for word in heard.words)) == words_of(speech_sample.words)
    assert all(0 <= word.probability <= 1 for word in heard.words)
    check_order(heard.words, speech_sample.seconds)
    # There is a second of silence before each "again".
    starts = [word.start for word in heard.words]
    assert starts[2] - starts[0] > 1.5
    assert starts[-1] == pytest.approx(8.2, abs=0.4)


def test_it_places_words_where_they_are(client: OpenAI, say: Callable[..., pathlib.Path]) -> None:
    """The same sentence again after seven seconds of nothing."""
    said = samples_of(say("The harbour is closed today.").read_bytes())
    gap = np.zeros(7 * 24_000)
    heard = hear(
        client,
        packed(np.concatenate([said, gap, said]), 24_000),
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )

    first, second = heard.words[: len(heard.words) // 2], heard.words[len(heard.words) // 2 :]
    assert [word.word for word in first] == [word.word for word in second]
    distance = len(said) / 24_000 + 7
    assert all(after.start - before.start == pytest.approx(distance, abs=0.25) for before, after in zip(first, second, strict=True))
    assert len(heard.segments) == 2


def test_it_tells_how_likely_words_are(client: OpenAI, speech_sample: SpeechSample) -> None:
    heard = hear(client, speech_sample.path, include=["logprobs"])

    assert "".join(each.token for each in heard.logprobs).strip() == heard.text
    assert all(each.logprob <= 0 for each in heard.logprobs)
    assert all(bytes(map(int, each.bytes)).decode() == each.token for each in heard.logprobs)


@pytest.mark.parametrize("content", [silence(3), hum(3), noise(3), hum(3, 440)], ids=["silence", "hum", "noise", "tone"])
def test_it_invents_no_words(client: OpenAI, content: Any) -> None:
    heard = hear(client, packed(content), response_format="verbose_json", timestamp_granularities=["word", "segment"])

    assert (heard.text, heard.segments, heard.words, heard.duration) == ("", [], [], 3.0)


def test_it_answers_silence_in_every_format(client: OpenAI) -> None:
    content = packed(silence(0.2))

    assert hear(client, content).text == ""
    assert hear(client, content, response_format="text") == "\n"
    assert hear(client, content, response_format="srt") == ""
    assert hear(client, content, response_format="vtt") == "WEBVTT\n\n"
    assert [event.type for event in hear(client, content, stream=True)] == [DONE]


def test_it_hears_a_whisper_as_well_as_a_shout(client: OpenAI, speech_sample: SpeechSample) -> None:
    quiet = packed(samples_of(speech_sample.path.read_bytes()) * 0.02)
    assert words_of(hear(client, quiet).text) == words_of(speech_sample.words)


def test_it_heeds_the_words_to_spell_right(client: OpenAI, say: Callable[..., pathlib.Path]) -> None:
    spoken = say("My friend Kathryn moved to the city.")

    assert "Kathryn" not in hear(client, spoken).text
    assert "Kathryn" in hear(client, spoken, prompt="Kathryn").text
    assert hear(client, spoken, prompt="Kathryn " * 1000).text


def test_it_takes_what_clients_send(client: OpenAI, speech_sample: SpeechSample) -> None:
    heard = hear(client, speech_sample.path, language="en", temperature=0.2, chunking_strategy="auto")
    assert kept(speech_sample.words, heard.text) > 0.7


def test_it_streams_segments_as_they_are_heard(client: OpenAI, story: pathlib.Path) -> None:
    events = list(hear(client, story, stream=True))

    *pieces, done = events
    deltas, segments = pieces[::2], pieces[1::2]
    assert {event.type for event in deltas} == {DELTA}
    assert {event.type for event in segments} == {SEGMENT}
    assert done.type == DONE
    assert "".join(event.delta for event in deltas) == done.text
    assert " ".join(event.text for event in segments) == done.text
    assert [event.segment_id for event in deltas] == [event.id for event in segments]
    assert done.usage.seconds == 33
    assert len(segments) > 2
    assert not hasattr(segments[0], "words")
    check_order(segments, 33)


def test_it_streams_words_and_their_likelihood(client: OpenAI, speech_sample: SpeechSample) -> None:
    events = list(hear(client, speech_sample.path, stream=True, timestamp_granularities=["word"], include=["logprobs"]))

    segments = [event for event in events if event.type == SEGMENT]
    words = [word for segment in segments for word in segment.words]
    assert words_of(" ".join(word["word"] for word in words)) == words_of(speech_sample.words)
    assert [len(event.logprobs) for event in events if event.type == DELTA] == [len(segment.words) for segment in segments]
    assert len(events[-1].logprobs) == len(words)


async def test_it_streams_to_an_asynchronous_client(provider: Provider, speech_sample: SpeechSample) -> None:
    client = AsyncOpenAI(base_url=provider.url, api_key=provider.key, max_retries=0, timeout=60)
    stream = await client.audio.transcriptions.create(model=HEARER, file=speech_sample.path, stream=True)

    assert words_of([event async for event in stream][-1].text) == words_of(speech_sample.words)


def test_it_names_each_event_and_ends_without_a_mark(provider: Provider, speech_sample: SpeechSample) -> None:
    files = {"file": ("a.wav", speech_sample.path.read_bytes())}
    answer = provider.call("POST", "/v1/audio/transcriptions", data={"model": HEARER, "stream": "true"}, files=files)

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith(f'event: {DELTA}\ndata: {{"type":"{DELTA}"')
    assert answer.text.split("\n\n")[-2].startswith(f"event: {DONE}\n")
    assert answer.text.endswith("}\n\n")
