"""/v1/responses with the official client and the real model."""

import json
import pathlib
import time
from collections.abc import Callable
from typing import Any

import openai
import pytest
from openai import OpenAI

from engines.tests.conftest import MODEL, Provider, running_provider

pytestmark = pytest.mark.engines

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}
WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Get the current weather in a city",
    "parameters": CITY,
    "strict": True,
}


def ask(client: OpenAI, said: Any = "Say hello.", **options: Any) -> Any:
    return client.responses.create(**{"model": MODEL, "input": said, "temperature": 0, "max_output_tokens": 40, **options})


def wait_until_ended(client: OpenAI, response_id: str) -> Any:
    deadline = time.monotonic() + 60
    while (response := client.responses.retrieve(response_id)).status in ("queued", "in_progress"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return response


def test_it_answers_and_is_kept(client: OpenAI) -> None:
    response = ask(client, metadata={"a": "b"}, instructions="Be brief.")

    assert response.status in ("completed", "incomplete")
    assert response.output_text
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens > 0
    kept = client.responses.retrieve(response.id)
    assert (kept.output_text, kept.metadata, kept.instructions) == (response.output_text, {"a": "b"}, "Be brief.")


def test_what_is_not_to_be_stored_is_not(client: OpenAI) -> None:
    response = ask(client, store=False)

    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(response.id)


def test_its_stream_tells_everything_in_order(client: OpenAI) -> None:
    events = list(ask(client, "Name three colours.", stream=True))

    kinds = list(dict.fromkeys(event.type for event in events))
    assert kinds[:5] == [
        f"response.{kind}" for kind in ("created", "in_progress", "output_item.added", "content_part.added", "output_text.delta")
    ]
    assert kinds[5:8] == [f"response.{kind}" for kind in ("output_text.done", "content_part.done", "output_item.done")]
    assert kinds[8] in ("response.completed", "response.incomplete")
    assert [event.sequence_number for event in events] == list(range(len(events)))
    deltas = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert deltas == events[-1].response.output_text == client.responses.retrieve(events[-1].response.id).output_text


def test_a_cut_answer_says_why(client: OpenAI) -> None:
    response = ask(client, "Write a long story about the sea.", max_output_tokens=16)

    assert (response.status, response.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert response.output[0].status == "incomplete"


def test_what_is_too_long_is_the_input(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        ask(client, "sea " * 20_000)
    assert (refused.value.param, refused.value.code) == ("input", "context_length_exceeded")
    assert "messages" not in refused.value.body["message"]


def test_a_call_of_a_function_goes_round(client: OpenAI) -> None:
    events = list(ask(client, "What is the weather in Paris?", tools=[WEATHER], tool_choice="required", stream=True))
    call = events[-1].response.output[0]
    arguments = "".join(event.delta for event in events if event.type == "response.function_call_arguments.delta")
    assert (call.type, call.name, call.arguments) == ("function_call", "get_weather", arguments)
    assert set(json.loads(arguments)) == {"city"}

    result = [{"type": "function_call_output", "call_id": call.call_id, "output": '{"temperature": 18, "sky": "sunny"}'}]
    again = {"tools": [WEATHER], "tool_choice": "none"}
    answer = ask(client, result, previous_response_id=events[-1].response.id, **again)
    assert answer.output[0].type == "message"
    assert answer.usage.input_tokens == count_tokens_of_the_same_chat(client, call, result[0]["output"])

    by_hand = [{"role": "user", "content": "What is the weather in Paris?"}, call.model_dump(), *result]
    by_name = [by_hand[0], {"type": "item_reference", "id": call.id}, *result]
    for same in (by_hand, by_name):
        assert ask(client, same, **again).usage.input_tokens == answer.usage.input_tokens


def count_tokens_of_the_same_chat(client: OpenAI, call: Any, result: str) -> int:
    called = {"id": "call_1", "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
    messages = [
        {"role": "user", "content": "What is the weather in Paris?"},
        {"role": "assistant", "tool_calls": [called]},
        {"role": "tool", "tool_call_id": "call_1", "content": result},
    ]
    return client.chat.completions.create(model=MODEL, messages=messages, max_completion_tokens=1).usage.prompt_tokens


def test_it_keeps_to_a_schema(client: OpenAI) -> None:
    shape = {"type": "json_schema", "name": "place", "strict": True, "schema": CITY}
    response = ask(client, "Paris is a city in France. Which city?", text={"format": shape})

    assert list(json.loads(response.output_text)) == ["city"]


def test_it_remembers_what_came_before(client: OpenAI) -> None:
    first = ask(client, "My name is Zebulon.")
    second = ask(client, "What is my name?", previous_response_id=first.id)
    alone = ask(client, "What is my name?")

    assert second.previous_response_id == first.id
    assert second.usage.input_tokens > alone.usage.input_tokens + 5
    (item,) = client.responses.input_items.list(second.id).data
    assert item.content[0].text == "What is my name?"


def test_it_works_in_the_background_and_is_followed_again(client: OpenAI) -> None:
    begun = ask(client, "Name three animals.", background=True)
    assert begun.status == "queued"
    ended = wait_until_ended(client, begun.id)

    assert ended.status in ("completed", "incomplete")
    events = list(client.responses.retrieve(begun.id, stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert [event.type for event in events[:3]] == ["response.created", "response.queued", "response.in_progress"]
    assert events[-1].response.output_text == ended.output_text
    rest = list(client.responses.retrieve(begun.id, stream=True, starting_after=4))
    assert [event.sequence_number for event in rest] == list(range(5, len(events)))


def test_a_background_stream_that_breaks_goes_on(client: OpenAI) -> None:
    stream = ask(client, "Write about the sea.", background=True, stream=True, max_output_tokens=60)
    seen = [event for event, _ in zip(stream, range(6), strict=False)]
    stream.close()
    rest = list(client.responses.retrieve(seen[0].response.id, stream=True, starting_after=seen[-1].sequence_number))

    text = "".join(event.delta for event in [*seen, *rest] if event.type == "response.output_text.delta")
    assert text == rest[-1].response.output_text


def test_it_is_cancelled(client: OpenAI) -> None:
    begun = ask(client, "Write a very long story about the sea.", background=True, max_output_tokens=2000)
    cancelled = client.responses.cancel(begun.id)

    assert (cancelled.status, cancelled.output) == ("cancelled", [])
    assert client.responses.cancel(begun.id).status == client.responses.retrieve(begun.id).status == "cancelled"
    with pytest.raises(openai.BadRequestError, match="synchronous"):
        client.responses.cancel(ask(client).id)


@pytest.mark.parametrize("act", ["cancel", "delete"])
def test_the_stream_of_one_that_is_stopped_has_an_end(client: OpenAI, act: str) -> None:
    stream = ask(client, "Write a very long story about the sea.", background=True, stream=True, max_output_tokens=2000)
    seen = [event for event, _ in zip(stream, range(5), strict=False)]
    getattr(client.responses, act)(seen[0].response.id)
    last = list(stream)[-1]

    assert (last.type, last.response.status, last.response.output) == ("response.incomplete", "cancelled", [])
    if act == "cancel":
        again = list(client.responses.retrieve(seen[0].response.id, stream=True))
        assert again[-1] == last and [event.sequence_number for event in again] == list(range(len(again)))


def test_it_is_deleted_also_under_way(client: OpenAI) -> None:
    begun = ask(client, "Write a very long story about the sea.", background=True, max_output_tokens=2000)
    client.responses.delete(begun.id)

    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(begun.id)
    with pytest.raises(openai.BadRequestError) as refused:
        ask(client, previous_response_id=begun.id)
    assert refused.value.code == "previous_response_not_found"


def test_one_that_a_kill_interrupts_is_told_as_failed(weights: pathlib.Path, tmp_path: pathlib.Path, start_provider: Callable) -> None:
    data = tmp_path / "data"
    first: Provider = start_provider(weights, "--data", str(data))
    kept = ask(first.client)
    begun = ask(first.client, "Write a very long story about the sea.", background=True, max_output_tokens=2000)
    first.process.kill()
    first.process.wait()

    (again := tmp_path / "again").mkdir()
    with running_provider(weights, again, "--data", str(data)) as second:
        failed = second.client.responses.retrieve(begun.id)
        assert (failed.status, failed.output, failed.error.code) == ("failed", [], "server_error")
        (event,) = second.client.responses.retrieve(begun.id, stream=True, starting_after=7)
        assert (event.type, event.sequence_number) == ("response.failed", 8)
        assert second.client.responses.retrieve(kept.id).output_text == kept.output_text
