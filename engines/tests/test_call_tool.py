"""Calls of functions, asked with the official client."""

import json
from typing import Any

import pytest
from openai import OpenAI

from engines.tests.conftest import MODEL

pytestmark = pytest.mark.engines


def function(name: str, description: str, **properties: dict) -> dict:
    parameters = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


WEATHER = function("get_weather", "Get the current weather in a city", city={"type": "string"}, unit={"enum": ["c", "f"]})
CALCULATE = function("calculate", "Work out an arithmetic expression", expression={"type": "string"})
CLOCK = {"type": "function", "function": {"name": "get_time", "description": "Tell the time of day"}}
TOOLS = [WEATHER, CALCULATE, CLOCK]
RAIN = [{"role": "user", "content": "What is the weather in Paris?"}]
HELLO = [{"role": "user", "content": "Who are you?"}]


def ask(client: OpenAI, messages: list, **options: Any) -> Any:
    return client.chat.completions.create(**{"model": MODEL, "messages": messages, "tools": TOOLS, "temperature": 0, **options}).choices[0]


@pytest.mark.parametrize("messages", [RAIN, HELLO])
def test_it_calls_a_function_when_it_must(client: OpenAI, messages: list) -> None:
    choice = ask(client, messages, tool_choice="required")

    (call,) = choice.message.tool_calls
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    assert call.type == "function"
    assert call.id.startswith("call_")
    assert call.function.name in {"get_weather", "calculate", "get_time"}
    assert isinstance(json.loads(call.function.arguments), dict)


def test_it_calls_the_function_that_was_named(client: OpenAI) -> None:
    choice = ask(client, RAIN, tool_choice={"type": "function", "function": {"name": "calculate"}})

    (call,) = choice.message.tool_calls
    assert call.function.name == "calculate"
    assert list(json.loads(call.function.arguments)) == ["expression"]


def test_it_calls_by_itself_what_the_question_is_about(client: OpenAI) -> None:
    (call,) = ask(client, RAIN, tool_choice="auto").message.tool_calls

    arguments = json.loads(call.function.arguments)
    assert call.function.name == "get_weather"
    assert "Paris" in arguments["city"]
    assert arguments["unit"] in ("c", "f")


def test_it_answers_in_words_what_no_function_is_about(client: OpenAI) -> None:
    choice = ask(client, HELLO)

    assert choice.message.tool_calls is None
    assert choice.message.content
    assert choice.finish_reason in ("stop", "length")


def test_it_never_calls_when_it_must_not(client: OpenAI) -> None:
    choice = ask(client, RAIN, tool_choice="none")

    assert choice.message.tool_calls is None
    assert choice.message.content


def test_it_calls_only_what_is_allowed(client: OpenAI) -> None:
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "get_time"}}]}
    choice = ask(client, RAIN, tool_choice={"type": "allowed_tools", "allowed_tools": allowed})

    (call,) = choice.message.tool_calls
    assert call.function.name == "get_time"
    assert json.loads(call.function.arguments) == {}


def test_it_answers_in_words_once_the_result_is_there(client: OpenAI) -> None:
    called = {"role": "assistant", "tool_calls": [call_of("call_1", "get_weather", '{"city": "Paris", "unit": "c"}')]}
    result = {"role": "tool", "tool_call_id": "call_1", "content": '{"temperature": 18, "sky": "sunny"}'}
    choice = ask(client, [*RAIN, called, result])

    assert choice.message.tool_calls is None
    assert "18" in choice.message.content or "sunny" in choice.message.content


def call_of(call_id: str, name: str, arguments: str) -> dict:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def test_it_streams_a_call_as_name_first_then_arguments(client: OpenAI) -> None:
    asked = {"model": MODEL, "messages": RAIN, "tools": TOOLS, "tool_choice": "required", "stream": True}
    chunks = list(client.chat.completions.create(**asked, stream_options={"include_usage": True}))

    calls = [call for chunk in chunks if chunk.choices for call in chunk.choices[0].delta.tool_calls or []]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert calls[0].function.name == "get_weather"
    assert calls[0].id
    assert {call.index for call in calls} == {0}
    assert all(call.id is None and call.function.name is None for call in calls[1:])
    assert len(calls) > 3
    assert json.loads("".join(call.function.arguments for call in calls)).keys() == {"city", "unit"}
    assert chunks[-2].choices[0].finish_reason == "tool_calls"
    assert chunks[-1].usage.completion_tokens > 5


def test_it_works_with_the_stream_reader_of_the_official_client(client: OpenAI) -> None:
    asked = {"model": MODEL, "messages": RAIN, "tools": [WEATHER], "tool_choice": "required"}
    with client.chat.completions.stream(**asked) as stream:
        message = stream.get_final_completion().choices[0].message

    assert json.loads(message.tool_calls[0].function.arguments).keys() == {"city", "unit"}


def test_it_accepts_the_wish_for_one_call_at_a_time(client: OpenAI) -> None:
    assert len(ask(client, RAIN, tool_choice="required", parallel_tool_calls=False).message.tool_calls) == 1


def test_it_chooses_for_each_choice_of_the_answer(client: OpenAI) -> None:
    asked = {"model": MODEL, "messages": RAIN, "tools": TOOLS, "tool_choice": "required", "n": 2}
    choices = client.chat.completions.create(**asked).choices

    assert len({choice.message.tool_calls[0].id for choice in choices}) == 2
