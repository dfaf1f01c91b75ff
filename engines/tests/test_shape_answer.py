"""JSON answers: by schema, and any object."""

import json

import pytest
from openai import BadRequestError, OpenAI

from engines.tests.conftest import MODEL

pytestmark = pytest.mark.engines
PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 30, "maximum": 32},
        "mood": {"enum": ["glad", "sad"]},
        "born": {"type": "string", "format": "date"},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 12}, "minItems": 1, "maxItems": 2},
        "boss": {"anyOf": [{"$ref": "#/$defs/boss"}, {"type": "null"}]},
    },
    "required": ["name", "age", "mood", "born", "tags", "boss"],
    "additionalProperties": False,
    "$defs": {
        "boss": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"], "additionalProperties": False},
    },
}
ALICE = [{"role": "user", "content": "Alice is 31 and glad. Write JSON about her."}]


def by_schema(schema: dict, strict: bool = True) -> dict:
    return {"type": "json_schema", "json_schema": {"name": "person", "strict": strict, "schema": schema}}


@pytest.mark.parametrize("temperature", [0, 1.5])
def test_it_follows_a_schema_to_the_letter(client: OpenAI, temperature: float) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=ALICE, response_format=by_schema(PERSON), temperature=temperature)

    person = json.loads(answer.choices[0].message.content)
    assert list(person) == PERSON["required"]
    assert 30 <= person["age"] <= 32
    assert person["mood"] in ("glad", "sad")
    assert len(person["born"]) == 10
    assert 1 <= len(person["tags"]) <= 2
    assert answer.choices[0].finish_reason == "stop"


def test_it_streams_json_that_can_be_read_when_whole(client: OpenAI) -> None:
    chunks = client.chat.completions.create(model=MODEL, messages=ALICE, response_format=by_schema(PERSON), stream=True)

    assert json.loads("".join(chunk.choices[0].delta.content or "" for chunk in chunks))["mood"] in ("glad", "sad")


def test_it_ends_a_text_without_end_by_itself(client: OpenAI) -> None:
    schema = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"], "additionalProperties": False}
    answer = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Repeat the word la for ever, as JSON."}],
        response_format=by_schema(schema),
        logit_bias={"18": -100, "4661": -100},
        temperature=0,
    )

    assert json.loads(answer.choices[0].message.content)["text"]
    assert answer.choices[0].finish_reason == "stop"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_writes_some_object_in_json_mode_and_ends(client: OpenAI, seed: int) -> None:
    messages = [{"role": "user", "content": "Describe a cat as JSON."}]
    mode = {"type": "json_object"}
    answer = client.chat.completions.create(model=MODEL, messages=messages, response_format=mode, seed=seed, temperature=1)

    assert isinstance(json.loads(answer.choices[0].message.content), dict)
    assert answer.choices[0].finish_reason == "stop"


def test_it_says_when_the_limit_cut_the_json(client: OpenAI) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=ALICE, response_format=by_schema(PERSON), max_tokens=5)

    assert answer.choices[0].finish_reason == "length"


@pytest.mark.parametrize("stream", [True, False])
def test_it_never_writes_free_text_when_the_engine_does_not_understand_the_schema(client: OpenAI, stream: bool) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": "(?=x)y"}}}
    with pytest.raises(BadRequestError) as refused:
        client.chat.completions.create(model=MODEL, messages=ALICE, response_format=by_schema(schema, strict=False), stream=stream)

    assert refused.value.code == "invalid_schema"
    assert refused.value.param == "response_format.json_schema.schema"
