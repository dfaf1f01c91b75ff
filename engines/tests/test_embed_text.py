"""Vectors of texts through the official client: what they tell, how they come back, and what is refused."""

import base64
import concurrent.futures
import itertools
import math
import time
from collections.abc import Callable, Iterator

import httpx
import numpy as np
import psutil
import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError, OpenAI

from engines.embeddings.routes import groups_of
from engines.reading.limits import DIMENSIONS
from engines.tests.conftest import CHECKER, ILLUSTRATOR, MODEL, READER, Provider, wait_for
from engines.tests.test_share_studio import longest_gap

pytestmark = pytest.mark.engines
CHILD = "engines.reading.child"
GOOD = {"model": READER, "input": "A cat sits outside."}
TEXTS = [
    "king",
    "The cat sits outside",
    "How do I reset my password?",
    "computing and daily life " * 30,
    "🙂",
    " \n",
    "nul\x00byte",
    "مرحبا",
]
MANY = [f"This is sentence number {number} about computing and daily life." for number in range(1200)]
Start = Callable[..., Provider]


@pytest.fixture
def own(start_provider: Start, weights: object) -> Iterator[Provider]:
    """A provider that nobody else uses."""
    yield start_provider(weights)


def vectors(client: OpenAI, texts: str | list[str], **more: object) -> np.ndarray:
    return np.array([each.embedding for each in client.embeddings.create(model=READER, input=texts, **more).data], np.float64)


def test_it_tells_what_is_alike(client: OpenAI) -> None:
    documents = [
        "Refunds are issued within five days of a return.",
        "Our office is open Monday to Friday from nine to five.",
        "Embeddings map text to vectors so similar meanings are close.",
        "The espresso machine needs descaling every two months.",
        "Two-factor authentication protects your account from theft.",
    ]
    questions = [
        "When will I get my money back?",
        "opening hours",
        "semantic search vectors",
        "cleaning the coffee maker",
        "secure login with a second step",
    ]
    near = vectors(client, questions) @ vectors(client, documents).T
    assert list(near.argmax(1)) == [0, 1, 2, 3, 4]
    king, queen, car = vectors(client, ["king", "queen", "car"])
    assert king @ queen == pytest.approx(0.68, abs=0.01)
    assert king @ car == pytest.approx(0.28, abs=0.01)


def test_it_answers_in_openais_shape(provider: Provider) -> None:
    answer = provider.call("POST", "/v1/embeddings", json={**GOOD, "input": ["one", "two"]}).json()

    assert set(answer) == {"object", "data", "model", "usage"}
    assert (answer["object"], answer["model"]) == ("list", READER)
    assert [(each["object"], each["index"], len(each["embedding"])) for each in answer["data"]] == [
        ("embedding", 0, 384),
        ("embedding", 1, 384),
    ]
    assert answer["usage"] == {"prompt_tokens": 6, "total_tokens": 6}


def test_it_tells_the_same_numbers_in_both_ways(client: OpenAI) -> None:
    as_float = client.embeddings.create(model=READER, input=TEXTS, encoding_format="float")
    as_base64 = client.embeddings.create(model=READER, input=TEXTS, encoding_format="base64")
    by_default = client.embeddings.create(model=READER, input=TEXTS)  # the client asks for base64 and unpacks it

    for numbers, packed, unpacked in zip(as_float.data, as_base64.data, by_default.data, strict=True):
        assert isinstance(packed.embedding, str)
        content = base64.b64decode(packed.embedding, validate=True)
        assert len(content) == 4 * DIMENSIONS
        assert np.array_equal(np.frombuffer(content, "<f4"), np.array(numbers.embedding, np.float32))
        assert np.array_equal(np.array(unpacked.embedding, np.float32), np.array(numbers.embedding, np.float32))
    assert as_float.usage == as_base64.usage


def test_it_gives_vectors_of_length_one(client: OpenAI) -> None:
    assert np.linalg.norm(vectors(client, TEXTS), axis=1) == pytest.approx(1, abs=1e-6)


def test_it_tells_the_same_of_a_text_whatever_comes_with_it(client: OpenAI) -> None:
    together = vectors(client, [*TEXTS, *MANY[:20], *reversed(TEXTS)])
    alone = np.array([vectors(client, text)[0] for text in TEXTS])

    assert np.array_equal(together[: len(TEXTS)], alone)
    assert np.array_equal(together[: -len(TEXTS) - 1 : -1], alone)


@pytest.mark.parametrize("dimensions", [1, 64, 383])
def test_it_shortens_vectors_and_says_so(client: OpenAI, dimensions: int) -> None:
    whole = vectors(client, TEXTS)[:, :dimensions]
    answer = client.embeddings.create(model=READER, input=TEXTS, dimensions=dimensions)
    short = np.array([each.embedding for each in answer.data])

    assert short.shape == (len(TEXTS), dimensions)
    assert short == pytest.approx(whole / np.linalg.norm(whole, axis=1, keepdims=True), abs=1e-6)
    assert f"first {dimensions} numbers" in answer.model_extra["note"]


def test_it_says_nothing_of_vectors_that_are_whole(client: OpenAI) -> None:
    for more in ({}, {"dimensions": DIMENSIONS}):
        assert not client.embeddings.create(model=READER, input="x", **more).model_extra


def words(count: int) -> str:
    """A text of so many tokens, with the two that mark its ends."""
    return " ".join(["word"] * (count - 2))


def test_it_takes_texts_up_to_its_limit(client: OpenAI) -> None:
    answer = client.embeddings.create(model=READER, input=["short", words(256)])
    assert answer.usage.prompt_tokens == 3 + 256


def test_it_takes_as_many_texts_as_openai(client: OpenAI) -> None:
    answer = client.embeddings.create(model=READER, input=["a", "b"] * 1024)
    assert [each.index for each in answer.data] == list(range(2048))
    assert answer.data[0].embedding == answer.data[2046].embedding != answer.data[1].embedding


TOO_MUCH = [
    (words(257), "input", "257 tokens", "context_length_exceeded"),
    (["good", words(300)], "input[1]", "Text 2 of 'input' has 300 tokens", "context_length_exceeded"),
    (["good"] * 500 + [words(300)], "input[500]", "Text 501 of 'input'", "context_length_exceeded"),
    (["good", "many words " * 500_000], "input[1]", "more than", "context_length_exceeded"),
    ([words(200)] * 1501, "input", "300000 tokens together", "max_tokens_per_request"),
    (["a"] * 2049, "input", "at most 2048", "array_above_max_length"),
]


@pytest.mark.parametrize(("texts", "param", "told", "code"), TOO_MUCH, ids=[f"{code}-{param}-{told}" for _, param, told, code in TOO_MUCH])
def test_it_cuts_nothing_in_silence(client: OpenAI, texts: str | list[str], param: str, told: str, code: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        client.embeddings.create(model=READER, input=texts)
    assert (refused.value.param, refused.value.code) == (param, code)
    assert told in str(refused.value)


REFUSED = [
    ({"input": None}, "input", "missing_required_parameter"),
    ({"input": ""}, "input", "empty_string"),
    ({"input": []}, "input", "empty_array"),
    ({"input": ["a", ""]}, "input[1]", "empty_string"),
    ({"input": ["a", None]}, "input[1]", "invalid_type"),
    ({"input": ["a", {"text": "b"}]}, "input[1]", "invalid_type"),
    ({"input": ["a", True]}, "input[1]", "invalid_type"),
    ({"input": 5}, "input", "invalid_type"),
    ({"input": [101, 102]}, "input", "unsupported_value"),
    ({"input": [[101, 102], [103]]}, "input", "unsupported_value"),
    ({"model": None}, "model", "missing_required_parameter"),
    ({"model": 7}, "model", "invalid_type"),
    ({"model": MODEL}, "model", "invalid_value"),
    ({"model": CHECKER}, "model", "invalid_value"),
    ({"dimensions": 0}, "dimensions", "integer_below_min_value"),
    ({"dimensions": 385}, "dimensions", "integer_above_max_value"),
    ({"dimensions": "64"}, "dimensions", "invalid_type"),
    ({"encoding_format": "int8"}, "encoding_format", "invalid_value"),
    ({"truncate": True}, "truncate", "unknown_parameter"),
]


@pytest.mark.parametrize(("change", "param", "code"), REFUSED, ids=[f"{param}-{code}-{i}" for i, (_, param, code) in enumerate(REFUSED)])
def test_it_names_the_field_at_fault(provider: Provider, change: dict, param: str, code: str) -> None:
    answer = provider.call("POST", "/v1/embeddings", json={**GOOD, **change})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"], error["type"]) == (400, param, code, "invalid_request_error")
    assert answer.headers["x-request-id"]


def test_it_takes_the_request_that_all_of_these_spoil(provider: Provider) -> None:
    harmless = {"user": "somebody", "dimensions": None, "encoding_format": None}
    assert provider.call("POST", "/v1/embeddings", json={**GOOD, **harmless}).status_code == 200


@pytest.mark.parametrize("body", [b"", b"[]", b'{"input": "\\ud800"}', b"{"])
def test_it_says_what_is_no_json(provider: Provider, body: bytes) -> None:
    headers = {"authorization": f"Bearer {provider.key}", "content-type": "application/json"}
    answer = provider.call("POST", "/v1/embeddings", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_json")


def test_it_does_not_know_other_models(client: OpenAI) -> None:
    with pytest.raises(NotFoundError) as missing:
        client.embeddings.create(model="text-embedding-3-small", input="x")
    assert missing.value.code == "model_not_found"
    with pytest.raises(BadRequestError) as wrong:
        client.chat.completions.create(model=READER, messages=[{"role": "user", "content": "x"}])
    assert (wrong.value.param, wrong.value.code) == ("model", "invalid_value")


def test_it_lists_the_model_and_its_limit(client: OpenAI) -> None:
    description = client.models.retrieve(READER).description
    assert "256 tokens" in description
    assert len(description) <= 300  # as much as is kept of it


def test_it_reads_texts_of_like_length_together() -> None:
    counts = [200, 3, 256, 4, 3, 100, 256, 256, 256, 256]
    groups = list(groups_of(counts))

    assert sorted(itertools.chain(*groups)) == list(range(len(counts)))
    assert all(len(group) == 1 or len(group) * max(counts[index] for index in group) <= 1024 for group in groups)
    assert groups[0][:3] == [1, 4, 3]
    assert len(groups) < 5


def test_it_goes_on_for_others_when_one_leaves(own: Provider) -> None:
    vectors(own.client, "x")
    (child,) = own.children(CHILD)
    with pytest.raises(httpx.ReadTimeout):
        leaving = httpx.Timeout(10, read=0.5)
        headers = {"authorization": f"Bearer {own.key}"}
        httpx.post(f"{own.url}/embeddings", headers=headers, json={**GOOD, "input": MANY}, timeout=leaving, trust_env=False)

    begun = time.monotonic()
    assert math.isclose(np.linalg.norm(vectors(own.client, "x")), 1, abs_tol=1e-6)
    assert time.monotonic() - begun < 2  # all of it would take longer
    assert own.children(CHILD) == [child]
    wait_for(lambda: busy(child) < 0.1, 5)


def busy(process: psutil.Process) -> float:
    before = sum(process.cpu_times()[:2])
    time.sleep(0.5)
    return sum(process.cpu_times()[:2]) - before


def test_it_lets_a_short_call_pass_between_the_parts_of_a_long_one(own: Provider) -> None:
    vectors(own.client, "x")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        long = pool.submit(vectors, own.client, MANY)
        time.sleep(0.4)
        begun = time.monotonic()
        vectors(own.client, "x")
        took = time.monotonic() - begun
        assert not long.done()
        assert len(long.result()) == len(MANY)
    assert took < 2


async def test_it_lets_chat_write_while_texts_are_read(own: Provider) -> None:
    client = AsyncOpenAI(base_url=own.url, api_key=own.key, max_retries=0, timeout=120)
    await client.embeddings.create(**GOOD)
    await longest_gap(client)
    alone = await longest_gap(client)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: [vectors(own.client, MANY) for _ in range(3)])
        time.sleep(0.3)
        beside = await longest_gap(client)
        assert not reading.done()
        own.process.kill()
        with pytest.raises(Exception, match="Connection error"):
            reading.result()
    assert beside < max(6 * alone, 0.6), (alone, beside)


def test_it_answers_the_next_call_after_its_process_was_killed(own: Provider) -> None:
    vectors(own.client, "x")
    (child,) = own.children(CHILD)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        broken = pool.submit(own.call, "POST", "/v1/embeddings", json={**GOOD, "input": MANY})
        time.sleep(0.5)
        child.kill()
        answer = broken.result()
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "engine_failed")
    assert len(vectors(own.client, "x")) == 1


def test_it_loads_the_model_once_for_all_who_need_it(own: Provider) -> None:
    vectors(own.client, "x")
    own.client.moderations.create(input="x")
    own.client.images.generate(model=ILLUSTRATOR, prompt="A lake", size="256x256")

    holders = [process for process in own.children() if any("onnxruntime" in file.path for file in process.memory_maps())]
    assert holders == own.children(CHILD)
    assert len(holders) == 1
