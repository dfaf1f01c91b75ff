"""Requests that cannot be answered, and how the provider says so. None of them may end as a 500."""

from typing import Any

import pytest
from openai import AuthenticationError, BadRequestError, NotFoundError, OpenAI

from engines.tests.conftest import MODEL, Provider

pytestmark = pytest.mark.engines
HELLO = [{"role": "user", "content": "Hello"}]
GOOD = {"model": MODEL, "messages": HELLO, "max_tokens": 2}


def parts(*values: dict) -> list:
    return [{"role": "user", "content": list(values)}]


def tool(**changes: Any) -> list:
    return [{"type": "function", "function": {"name": "f", **changes}}]


def schema(**changes: Any) -> dict:
    return {"type": "json_schema", "json_schema": {"name": "s", "strict": True, "schema": {"type": "object", **changes}}}


CALL = {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}

REFUSED = [
    ({"messages": None}, "messages", "missing_required_parameter"),
    ({"model": None}, "model", "missing_required_parameter"),
    ({"model": 3}, "model", "invalid_type"),
    ({"messages": []}, "messages", "empty_array"),
    ({"messages": "hello"}, "messages", "invalid_type"),
    ({"messages": ["hello"]}, "messages[0]", "invalid_type"),
    ({"messages": [{"role": "king", "content": "x"}]}, "messages[0].role", "invalid_value"),
    ({"messages": [*HELLO, {"role": "user"}]}, "messages[1].content", "missing_required_parameter"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content", "invalid_type"),
    ({"messages": [{"role": "assistant"}]}, "messages[0].content", "missing_required_parameter"),
    ({"messages": parts({"type": "image_url", "image_url": {"url": "x"}})}, "messages[0].content[0].type", "unsupported_value"),
    ({"messages": parts({"type": "text", "text": "x"}, {"type": "input_audio"})}, "messages[0].content[1].type", "unsupported_value"),
    ({"messages": parts({"type": "smell"})}, "messages[0].content[0].type", "invalid_value"),
    ({"messages": parts({"type": "text"})}, "messages[0].content[0].text", "missing_required_parameter"),
    ({"messages": [{"role": "tool", "tool_call_id": "x", "content": "y"}]}, "messages[0].tool_call_id", "invalid_value"),
    ({"messages": [*HELLO, CALL, *HELLO]}, "messages[2]", "invalid_value"),
    ({"messages": [*HELLO, CALL]}, "messages", "invalid_value"),
    ({"temperature": 2.5}, "temperature", "decimal_above_max_value"),
    ({"temperature": -1}, "temperature", "decimal_below_min_value"),
    ({"temperature": "hot"}, "temperature", "invalid_type"),
    ({"top_p": 1.1}, "top_p", "decimal_above_max_value"),
    ({"presence_penalty": 3}, "presence_penalty", "decimal_above_max_value"),
    ({"n": 0}, "n", "integer_below_min_value"),
    ({"n": 9}, "n", "integer_above_max_value"),
    ({"n": 1.5}, "n", "invalid_type"),
    ({"n": True}, "n", "invalid_type"),
    ({"seed": 2**63}, "seed", "integer_above_max_value"),
    ({"stop": ["a", "b", "c", "d", "e"]}, "stop", "array_above_max_length"),
    ({"stop": [""]}, "stop", "invalid_value"),
    ({"stop": [1]}, "stop", "invalid_value"),
    ({"max_tokens": 0}, "max_tokens", "integer_below_min_value"),
    ({"max_tokens": 5, "max_completion_tokens": 6}, "max_tokens", "invalid_value"),
    ({"logit_bias": {"hello": 1}}, "logit_bias", "invalid_value"),
    ({"logit_bias": {"5": 101}}, "logit_bias.5", "decimal_above_max_value"),
    ({"top_logprobs": 2}, "top_logprobs", "invalid_value"),
    ({"logprobs": True, "top_logprobs": 21}, "top_logprobs", "integer_above_max_value"),
    ({"stream_options": {"include_usage": True}}, "stream_options", "invalid_value"),
    ({"reasoning_effort": "low"}, "reasoning_effort", "unsupported_parameter"),
    ({"functions": [{"name": "f"}]}, "functions", "unsupported_parameter"),
    ({"store": True}, "store", "unsupported_parameter"),
    ({"modalities": ["text", "audio"]}, "modalities", "unsupported_value"),
    ({"creativity": 3}, "creativity", "unknown_parameter"),
    ({"response_format": {"type": "xml"}}, "response_format.type", "invalid_value"),
    ({"response_format": {"type": "json_object"}}, "messages", "invalid_value"),
    ({"response_format": {"type": "json_schema"}}, "response_format.json_schema", "missing_required_parameter"),
    ({"response_format": schema()}, "response_format.json_schema.schema", "invalid_schema"),
    ({"response_format": schema(type="array")}, "response_format.json_schema.schema", "invalid_schema"),
    ({"tools": [{"type": "function"}]}, "tools[0].function", "missing_required_parameter"),
    ({"tools": [{"type": "custom", "custom": {"name": "f"}}]}, "tools[0].type", "unsupported_value"),
    ({"tools": tool(name="no spaces")}, "tools[0].function.name", "invalid_value"),
    ({"tools": tool(parameters={"type": "blob"})}, "tools[0].function.parameters", "invalid_schema"),
    ({"tools": [*tool(), *tool()]}, "tools", "invalid_value"),
    ({"tool_choice": "required"}, "tool_choice", "invalid_value"),
    ({"tools": tool(), "tool_choice": "perhaps"}, "tool_choice", "invalid_value"),
    ({"tools": tool(), "tool_choice": {"type": "function", "function": {"name": "g"}}}, "tool_choice.function.name", "invalid_value"),
]


@pytest.mark.parametrize(("change", "param", "code"), REFUSED, ids=[f"{param}-{code}-{i}" for i, (_, param, code) in enumerate(REFUSED)])
def test_it_names_the_field_at_fault(provider: Provider, change: dict, param: str, code: str) -> None:
    answer = provider.call("POST", "/v1/chat/completions", json={**GOOD, **change})

    error = answer.json()["error"]
    assert answer.status_code == 400
    assert (error["param"], error["code"], error["type"]) == (param, code, "invalid_request_error")
    assert error["message"]
    assert answer.headers["x-request-id"]


def test_it_takes_the_request_that_all_of_these_spoil(provider: Provider) -> None:
    assert provider.call("POST", "/v1/chat/completions", json=GOOD).status_code == 200


def test_it_does_not_know_other_models(client: OpenAI) -> None:
    with pytest.raises(NotFoundError) as refused:
        client.chat.completions.create(model="gpt-9", messages=HELLO)
    assert refused.value.code == "model_not_found"

    with pytest.raises(NotFoundError) as refused:
        client.models.retrieve("team/gpt-9")
    assert refused.value.code == "model_not_found"


@pytest.mark.parametrize("key", ["wrong", "wröng", "wrong again"])
def test_it_refuses_a_wrong_key(provider: Provider, key: str) -> None:
    answer = provider.call("GET", "/v1/models", headers={b"authorization": f"Bearer {key}".encode()})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert provider.call("GET", "/v1/models", headers={}).status_code == 401
    with pytest.raises(AuthenticationError):
        OpenAI(base_url=provider.url, api_key="wrong", max_retries=0).models.list()


@pytest.mark.parametrize("stream", [True, False])
def test_it_counts_the_tokens_of_messages_that_are_too_long(client: OpenAI, stream: bool) -> None:
    messages = [{"role": "user", "content": "word " * 9000}]
    with pytest.raises(BadRequestError) as refused:
        client.chat.completions.create(model=MODEL, messages=messages, stream=stream)

    assert refused.value.code == "context_length_exceeded"
    assert refused.value.param == "messages"
    assert "8192" in str(refused.value)
    assert "90" in str(refused.value)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"null"])
def test_it_refuses_what_is_no_json_object(provider: Provider, body: bytes) -> None:
    answer = provider.call("POST", "/v1/chat/completions", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_json"


def test_it_refuses_a_body_that_is_too_large(provider: Provider) -> None:
    answer = provider.call("POST", "/v1/chat/completions", content=b" " * (8 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/unknown", 404),
        ("GET", "/", 404),
        ("GET", "/v1/chat/completions", 405),
        ("DELETE", "/v1/models", 405),
    ],
)
def test_it_answers_wrong_addresses_in_the_same_shape(provider: Provider, method: str, path: str, status: int) -> None:
    answer = provider.call(method, path)

    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert answer.headers["x-request-id"] != provider.call(method, path).headers["x-request-id"]
