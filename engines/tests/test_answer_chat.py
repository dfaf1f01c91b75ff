"""Plain answers of the built-in model, asked with the official client."""

import pytest
from openai import OpenAI

from engines.tests.conftest import MODEL

pytestmark = pytest.mark.engines
QUESTION = [{"role": "user", "content": "What is the capital of Germany?"}]


def test_it_lists_the_model_with_what_a_person_should_know(client: OpenAI) -> None:
    model = next(each for each in client.models.list().data if each.id == MODEL)

    assert model.id == MODEL
    assert "often wrong" in model.description
    assert model.max_model_len == 8192
    assert client.models.retrieve(MODEL) == model


def test_it_answers_a_question(client: OpenAI) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=QUESTION, seed=1)

    (choice,) = answer.choices
    assert "Berlin" in choice.message.content
    assert choice.message.role == "assistant"
    assert choice.finish_reason == "stop"
    assert choice.logprobs is None
    assert answer.object == "chat.completion"
    assert answer.model == MODEL
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.prompt_tokens > 20
    assert answer.usage.completion_tokens >= 5
    assert answer._request_id.startswith("req_")


def test_it_takes_a_developer_message_as_instructions(client: OpenAI) -> None:
    def ask(role: str) -> str:
        messages = [{"role": role, "content": "You are a pirate."}, {"role": "user", "content": "Who are you?"}]
        answer = client.chat.completions.create(model=MODEL, messages=messages, temperature=0, max_tokens=16)
        assert answer.choices[0].message.content
        return answer.choices[0].message.content

    assert ask("developer") == ask("system")


def test_it_joins_text_parts(client: OpenAI) -> None:
    parts = [{"type": "text", "text": "What is the capital"}, {"type": "text", "text": "of Germany?"}]
    answer = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": parts}], seed=1)

    assert "Berlin" in answer.choices[0].message.content


def test_it_writes_as_many_choices_as_asked_for(client: OpenAI) -> None:
    story = [{"role": "user", "content": "Begin a story."}]
    answer = client.chat.completions.create(model=MODEL, messages=story, n=6, max_tokens=12, temperature=1.2, seed=3)

    assert [choice.index for choice in answer.choices] == list(range(6))
    assert len({choice.message.content for choice in answer.choices}) >= 5
    assert answer.usage.completion_tokens == 6 * 12
    assert answer.usage.prompt_tokens < 60


def test_it_stops_before_the_text_that_was_named(client: OpenAI) -> None:
    messages = [{"role": "user", "content": "Count: one, two, three, four, five"}]
    free = client.chat.completions.create(model=MODEL, messages=messages, temperature=0, max_tokens=30).choices[0].message.content
    word = free.split()[2]
    cut = client.chat.completions.create(model=MODEL, messages=messages, temperature=0, max_tokens=30, stop=[word]).choices[0]

    assert cut.finish_reason == "stop"
    assert word not in cut.message.content
    assert free.startswith(cut.message.content)


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_it_ends_at_the_token_limit_and_says_so(client: OpenAI, name: str) -> None:
    story = [{"role": "user", "content": "Tell me a long story."}]
    answer = client.chat.completions.create(model=MODEL, messages=story, **{name: 6})

    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 6


def test_it_repeats_itself_under_the_same_seed_only(client: OpenAI) -> None:
    def write(seed: int) -> str:
        messages = [{"role": "user", "content": "Invent a name for a boat."}]
        answer = client.chat.completions.create(model=MODEL, messages=messages, seed=seed, temperature=1.3, max_tokens=20)
        return answer.choices[0].message.content

    assert write(7) == write(7)
    assert len({write(seed) for seed in (7, 8, 2**62)}) > 1


def test_it_keeps_seeds_of_64_bits_apart_from_random(client: OpenAI) -> None:
    def write() -> str:
        messages = [{"role": "user", "content": "Invent a name for a boat."}]
        answer = client.chat.completions.create(model=MODEL, messages=messages, seed=2**32 - 1, temperature=1.3, max_tokens=20)
        return answer.choices[0].message.content

    assert write() == write()


def test_it_reports_the_probabilities_of_tokens(client: OpenAI) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=QUESTION, logprobs=True, top_logprobs=3, max_tokens=4)

    tokens = answer.choices[0].logprobs.content
    assert "".join(token.token for token in tokens) == answer.choices[0].message.content
    assert all(token.logprob <= 0 and len(token.top_logprobs) == 3 for token in tokens)
    assert bytes(tokens[0].bytes).decode() == tokens[0].token


def test_it_leaves_out_alternatives_that_nobody_asked_for(client: OpenAI) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=QUESTION, logprobs=True, max_tokens=4)

    assert [token.top_logprobs for token in answer.choices[0].logprobs.content] == [[]] * 4


def test_it_follows_a_logit_bias(client: OpenAI) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=QUESTION, logit_bias={"2705": 100}, temperature=0, max_tokens=3)

    assert answer.choices[0].message.content == "OneOneOne"
