"""The loopback provider answers as its table says."""

import json
import time

import httpx
import openai
import pytest

from tests.loopback import Loopback, story
from tests.loopback.asking_it import ask, events, finish_of, new_marker, question, text_of
from tests.loopback.behaviours import BEHAVIOURS


@pytest.mark.parametrize("model", ["steady", "prose", "markdown", "rtl", "hostile", "no-usage", "comments-tokens5"])
def test_it_streams_the_story_of_its_model(loopback: Loopback, model: str) -> None:
    answer = ask(loopback, f"{model}-rate0-delay0")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert text_of(answer.text) == story(f"{model}-rate0-delay0") != ""
    assert finish_of(answer.text) == "stop"
    assert answer.text.endswith("data: [DONE]\n\n")


def test_it_numbers_its_words_so_that_gaps_show() -> None:
    assert story("steady-tokens3") == "w0001 w0002 w0003 "
    assert story("markdown-rate7").startswith(story("markdown-tokens100"))


def test_it_gives_the_official_client_a_whole_answer(loopback: Loopback) -> None:
    client = openai.OpenAI(base_url=loopback.url, api_key="sk-loop", max_retries=0)
    answer = client.chat.completions.create(model="steady-tokens3", messages=[{"role": "user", "content": "Hello"}])
    assert answer.choices[0].message.content == "w0001 w0002 w0003 "
    assert answer.usage and answer.usage.completion_tokens == 3
    assert "steady" in [model.id for model in client.models.list()]


def test_it_tells_usage_only_when_asked(loopback: Loopback) -> None:
    assert events(ask(loopback, "steady-tokens4-rate0").text)[-1]["usage"]["completion_tokens"] == 4
    assert not any("usage" in event for event in events(ask(loopback, "steady-tokens4-rate0", stream_options=None).text))
    assert not any("usage" in event for event in events(ask(loopback, "no-usage-tokens4-rate0").text))


def test_it_keeps_its_delay_and_rate(loopback: Loopback) -> None:
    waits, lengths = [], []
    for _try in range(5):  # a busy machine is late now and then, never early
        marker, started = new_marker(), time.monotonic()
        ask(loopback, "steady-delay200-rate50-tokens26", marker)
        sent = loopback.calls(marker, sent=True)[0].sent
        assert len(sent) == 26
        waits.append(sent[0] - started)
        lengths.append(sent[-1] - sent[0])
    assert 0.2 <= min(waits) < 0.4
    assert 0.48 <= min(lengths) < 0.7


def test_it_obeys_the_longest_answer(loopback: Loopback) -> None:
    answer = ask(loopback, "steady-rate0", max_completion_tokens=5)
    assert text_of(answer.text) == story("steady-tokens5")
    assert finish_of(answer.text) == "length"


@pytest.mark.parametrize(("model", "reason"), [("length", "length"), ("filtered", "content_filter"), ("empty", "stop")])
def test_it_finishes_with_the_reason_of_its_model(loopback: Loopback, model: str, reason: str) -> None:
    assert finish_of(ask(loopback, f"{model}-rate0").text) == reason


def test_it_thinks_in_a_field_or_in_tags(loopback: Loopback) -> None:
    answer = ask(loopback, "thinking-rate0-tokens3").text
    assert text_of(answer, "reasoning_content").startswith("t0001 t0002 ")
    assert text_of(answer) == story("steady-tokens3")
    assert text_of(ask(loopback, "think-tags-rate0").text).startswith("<think>t0001 ")


def test_it_refuses_a_temperature_by_name(loopback: Loopback) -> None:
    refused = ask(loopback, "refuses-temperature-rate0", temperature=0.2)
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == "temperature"
    assert ask(loopback, "refuses-temperature-rate0").status_code == 200


def test_it_answers_whole_when_a_stream_was_asked_of_whole(loopback: Loopback) -> None:
    answer = ask(loopback, "whole")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["choices"][0]["message"]["content"] == story("whole")


def test_it_sends_the_sizes_it_promises() -> None:
    assert len(story("big-delta")) == 1_000_000
    assert len(story("tiny-deltas")) == 100_000


@pytest.mark.parametrize("model", ["big-delta", "tiny-deltas-tokens3000"])
def test_it_streams_large_and_many_pieces(loopback: Loopback, model: str) -> None:
    assert text_of(ask(loopback, model).text) == story(model)


def test_it_knows_no_other_model_and_no_other_address(loopback: Loopback) -> None:
    assert ask(loopback, "gpt-imaginary").json()["error"]["code"] == "model_not_found"
    assert httpx.post(f"{loopback.url}/rerank", json={}, trust_env=False).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"model": "steady"}', b"\xff\xfe"])
def test_it_refuses_what_is_no_question(loopback: Loopback, body: bytes) -> None:
    assert httpx.post(f"{loopback.url}/chat/completions", content=body, trust_env=False).status_code == 400


def test_it_reads_questions_in_parts(loopback: Loopback) -> None:
    marker = new_marker()
    parts = [{"type": "text", "text": f"What is this? {marker}"}]
    body = question("steady-rate0") | {"messages": [{"role": "user", "content": parts}]}
    httpx.post(f"{loopback.url}/chat/completions", content=json.dumps(body), trust_env=False)
    assert len(loopback.calls(marker)) == 1


def test_it_asks_for_its_key_when_it_has_one() -> None:
    with Loopback(key="sk-right") as locked:
        assert ask(locked, "steady").status_code == 401
        assert httpx.get(f"{locked.url}/models", headers={"authorization": "Bearer sk-right"}, trust_env=False).status_code == 200


def test_it_explains_every_model_in_its_table() -> None:
    import tests.loopback

    assert [name for name in BEHAVIOURS if f"`{name}`" not in (tests.loopback.__doc__ or "")] == []
