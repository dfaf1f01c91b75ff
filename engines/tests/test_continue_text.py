"""A text is continued, asked with the official client; and requests for it that cannot be answered."""

from typing import Any

import pytest
from openai import BadRequestError, OpenAI

from engines.tests.conftest import ILLUSTRATOR, MODEL, Provider

pytestmark = pytest.mark.engines
TEXT = "The capital of Germany is Berlin. The capital of France is"
GOOD = {"model": MODEL, "prompt": TEXT, "max_tokens": 8, "temperature": 0}


def test_it_goes_on_with_the_text(client: OpenAI) -> None:
    answer = client.completions.create(**GOOD)

    (choice,) = answer.choices
    assert "Paris" in choice.text and not choice.text.startswith(TEXT)
    assert (answer.object, answer.model, choice.index, choice.logprobs) == ("text_completion", MODEL, 0, None)
    assert choice.finish_reason == "length"
    assert (answer.usage.completion_tokens, answer.usage.total_tokens) == (8, answer.usage.prompt_tokens + 8)


def test_it_writes_sixteen_tokens_where_nothing_is_said(client: OpenAI) -> None:
    answer = client.completions.create(model=MODEL, prompt="Once upon a time there was a", seed=3)

    assert (answer.usage.completion_tokens, answer.choices[0].finish_reason) == (16, "length")


def test_it_streams_the_same_text_that_it_would_send_whole(client: OpenAI) -> None:
    chunks = list(client.completions.create(**GOOD, stream=True, stream_options={"include_usage": True}))

    *written, last = chunks
    assert "".join(chunk.choices[0].text for chunk in written) == client.completions.create(**GOOD).choices[0].text
    assert len(written) > 3
    assert [chunk.choices[0].finish_reason for chunk in written if chunk.choices[0].finish_reason] == ["length"]
    assert (last.choices, last.usage.completion_tokens) == ([], 8)
    assert len({chunk.id for chunk in chunks}) == 1 and chunks[0].id.startswith("cmpl-")


def test_it_says_nothing_of_usage_unless_asked_and_ends_with_done(provider: Provider) -> None:
    answer = provider.call("POST", "/v1/completions", json={**GOOD, "stream": True})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "usage" not in answer.text
    assert answer.text.endswith("data: [DONE]\n\n")


def test_it_repeats_the_text_before_its_own_where_asked(client: OpenAI) -> None:
    whole = client.completions.create(**GOOD, echo=True).choices[0].text
    streamed = [chunk.choices[0].text for chunk in client.completions.create(**GOOD, echo=True, stream=True)]

    assert whole.startswith(TEXT) and len(whole) > len(TEXT)
    assert streamed[0] == TEXT
    assert "".join(streamed) == whole


def test_it_ends_before_a_stop_word(client: OpenAI) -> None:
    answer = client.completions.create(**{**GOOD, "max_tokens": 40}, stop=["Paris"])

    assert "Paris" not in answer.choices[0].text
    assert answer.choices[0].finish_reason == "stop"


def test_it_gives_the_same_text_for_the_same_seed(client: OpenAI) -> None:
    asked = {"model": MODEL, "prompt": "The sea was", "max_tokens": 12, "temperature": 1.2, "seed": 11}
    first, second = (client.completions.create(**asked).choices[0].text for _ in range(2))

    assert first == second


def test_it_takes_the_only_text_of_a_list(client: OpenAI) -> None:
    assert "Paris" in client.completions.create(**{**GOOD, "prompt": [TEXT]}).choices[0].text


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"prompt": None}, "prompt", "missing_required_parameter"),
    ({"prompt": ""}, "prompt", "empty_string"),
    ({"prompt": [""]}, "prompt", "empty_string"),
    ({"prompt": 5}, "prompt", "invalid_type"),
    ({"prompt": ["one", "two"]}, "prompt", "unsupported_value"),
    ({"prompt": []}, "prompt", "unsupported_value"),
    ({"prompt": [1, 2, 3]}, "prompt", "unsupported_value"),
    ({"prompt": [1]}, "prompt", "unsupported_value"),
    ({"prompt": [[1, 2]]}, "prompt", "unsupported_value"),
    ({"model": None}, "model", "missing_required_parameter"),
    ({"model": ILLUSTRATOR}, "model", "invalid_value"),
    ({"n": 2}, "n", "unsupported_value"),
    ({"n": 0}, "n", "integer_below_min_value"),
    ({"best_of": 3}, "best_of", "unsupported_value"),
    ({"suffix": "The end."}, "suffix", "unsupported_parameter"),
    ({"logprobs": 2}, "logprobs", "unsupported_parameter"),
    ({"max_tokens": 0}, "max_tokens", "integer_below_min_value"),
    ({"max_tokens": "many"}, "max_tokens", "invalid_type"),
    ({"echo": "yes"}, "echo", "invalid_type"),
    ({"temperature": 2.5}, "temperature", "decimal_above_max_value"),
    ({"stop": ["a", "b", "c", "d", "e"]}, "stop", "array_above_max_length"),
    ({"stream_options": 5}, "stream_options", "invalid_type"),
    ({"messages": []}, "messages", "unknown_parameter"),
    ({"max_completion_tokens": 5}, "max_completion_tokens", "unknown_parameter"),
    ({"prompt": "word " * 9000}, "prompt", "context_length_exceeded"),
]


@pytest.mark.parametrize(("changes", "param", "code"), REFUSED, ids=[f"{param}-{number}" for number, (_, param, _c) in enumerate(REFUSED)])
@pytest.mark.parametrize("stream", [False, True])
def test_it_refuses(client: OpenAI, changes: dict[str, Any], param: str, code: str, stream: bool) -> None:
    with pytest.raises(BadRequestError) as refused:
        client.completions.create(**{**GOOD, "model": MODEL, "prompt": TEXT}, stream=stream, extra_body=changes)

    assert (refused.value.param, refused.value.code) == (param, code)
    assert "messages" not in refused.value.message or param == "messages"


def test_it_refuses_options_of_a_stream_where_none_is_asked_for(client: OpenAI) -> None:
    with pytest.raises(BadRequestError) as refused:
        client.completions.create(**GOOD, extra_body={"stream_options": {"include_usage": True}})

    assert refused.value.param == "stream_options"
