"""Streamed answers, asked with the official client, and what happens when the listener leaves."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from openai import OpenAI

from engines.tests.conftest import MODEL, Provider, wait_for

pytestmark = pytest.mark.engines
QUESTION = [{"role": "user", "content": "What is the capital of Germany?"}]
STORY = [{"role": "user", "content": "Tell me a very long story about the sea."}]


def test_it_streams_role_then_text_then_end_then_usage(client: OpenAI) -> None:
    options = {"include_usage": True}
    chunks = list(client.chat.completions.create(model=MODEL, messages=QUESTION, seed=1, stream=True, stream_options=options))

    *written, last = chunks
    assert written[0].choices[0].delta.role == "assistant"
    assert written[0].choices[0].delta.content == ""
    assert "Berlin" in "".join(chunk.choices[0].delta.content or "" for chunk in written)
    assert [chunk.choices[0].finish_reason for chunk in written if chunk.choices[0].finish_reason] == ["stop"]
    assert written[-1].choices[0].finish_reason == "stop"
    assert all(chunk.usage is None for chunk in written)
    assert last.choices == []
    assert last.usage.completion_tokens >= 5
    assert len({chunk.id for chunk in chunks}) == 1


def test_it_says_nothing_of_usage_unless_asked(client: OpenAI) -> None:
    chunks = list(client.chat.completions.create(model=MODEL, messages=QUESTION, max_tokens=3, stream=True))

    assert all(chunk.choices for chunk in chunks)
    assert all("usage" not in chunk.model_fields_set for chunk in chunks)


def test_it_streams_the_same_text_that_it_would_send_whole(client: OpenAI) -> None:
    asked = {"model": MODEL, "messages": STORY, "seed": 5, "max_tokens": 30}
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in client.chat.completions.create(**asked, stream=True))

    assert streamed == client.chat.completions.create(**asked).choices[0].message.content


def test_it_ends_the_stream_with_done(provider: Provider) -> None:
    asked = {"model": MODEL, "messages": QUESTION, "max_tokens": 3, "stream": True}
    answer = provider.call("POST", "/v1/chat/completions", json=asked)

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.endswith("data: [DONE]\n\n")
    assert answer.text.count("[DONE]") == 1


def test_it_streams_several_choices_apart(client: OpenAI) -> None:
    texts = dict.fromkeys(range(5), "")
    ends = {}
    for chunk in client.chat.completions.create(model=MODEL, messages=STORY, n=5, max_tokens=6, stream=True):
        (choice,) = chunk.choices
        texts[choice.index] += choice.delta.content or ""
        ends[choice.index] = choice.finish_reason

    assert all(texts.values())
    assert ends == dict.fromkeys(range(5), "length")


def test_it_streams_probabilities(client: OpenAI) -> None:
    asked = {"model": MODEL, "messages": QUESTION, "max_tokens": 4, "logprobs": True, "top_logprobs": 2}
    chunks = list(client.chat.completions.create(**asked, stream=True))

    tokens = [token for chunk in chunks if chunk.choices[0].logprobs for token in chunk.choices[0].logprobs.content]
    assert "".join(token.token for token in tokens) == "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert {len(token.top_logprobs) for token in tokens} == {2}


def test_it_frees_the_slots_of_listeners_who_left(provider: Provider) -> None:
    begun = [provider.client.chat.completions.create(model=MODEL, messages=STORY, stream=True) for _ in range(4)]
    for stream in begun:
        next(iter(stream))
    for stream in begun:
        stream.close()

    started = time.monotonic()
    provider.client.chat.completions.create(model=MODEL, messages=QUESTION, max_tokens=2)
    assert time.monotonic() - started < 20
    wait_for(lambda: is_resting(provider), 5)


def test_it_frees_the_slot_of_a_caller_who_does_not_wait_for_the_whole_answer(provider: Provider) -> None:
    asked = {"model": MODEL, "messages": STORY, "max_tokens": 2000, "n": 4, "logit_bias": {"2": -100}}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{provider.url}/chat/completions",
            json=asked,
            headers={"authorization": f"Bearer {provider.key}"},
            timeout=1.5,
            trust_env=False,
        )

    wait_for(lambda: is_resting(provider), 5)


def test_it_stops_reading_a_long_prompt_when_the_listener_left(provider: Provider) -> None:
    asked = {"model": MODEL, "messages": [{"role": "user", "content": "the cat sat on a mat and " * 1000}], "stream": True}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{provider.url}/chat/completions",
            json=asked,
            headers={"authorization": f"Bearer {provider.key}"},
            timeout=1.5,
            trust_env=False,
        )

    wait_for(lambda: is_resting(provider), 8)


def test_it_answers_more_callers_than_it_has_slots(provider: Provider) -> None:
    def ask(number: int) -> str:
        messages = [{"role": "user", "content": f"Tell me about the number {number}."}]
        return provider.client.chat.completions.create(model=MODEL, messages=messages, max_tokens=5).choices[0].message.content

    with ThreadPoolExecutor(7) as pool:
        assert all(pool.map(ask, range(7)))


def is_resting(provider: Provider) -> bool:
    """Whether the model's process has stopped computing."""
    (child,) = (each for each in provider.children() if "engines.chat.child" in each.cmdline())
    return child.cpu_percent(0.3) < 20
