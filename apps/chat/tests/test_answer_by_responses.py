"""Chat answers by the Responses API, against a provider that speaks it: what is sent, what is read, how it ends."""

import itertools

import pytest
from django.apps import apps

from apps.runs import services
from apps.runs.executor import execute
from apps.runs.models import Run
from tests.loopback import story
from tests.loopback.response_events import REFUSAL

marks = itertools.count(1)


@pytest.fixture
def respond(transactional_db, team, editor, provider, loopback):
    """Ask and execute as a worker does; the row, with the calls that the provider saw."""

    def respond(model="steady-rate0", messages=None, **params):
        mark = f"#t-re{next(marks):04x}"
        messages = [*(messages or []), {"role": "user", "content": f"Count {mark}"}]
        common = {"team": team, "person": editor.user, "operation": "chat.respond", "provider": provider, "key": mark}
        run = services.start_run(**common, model=model, params={"messages": messages, **params})
        execute([run.pk])
        ended = Run.objects.get(pk=run.pk)
        ended.calls = loopback.response_calls(mark, body=True)
        return ended

    return respond


def test_it_answers_as_chat_does(respond):
    run = respond()
    assert (run.status, run.text, run.finish_reason) == ("completed", story("steady"), "stop")
    assert run.usage == {"input": run.usage["input"], "output": 40, "cached": 3, "thinking": 0}
    attempt = run.attempts.get()
    assert attempt.remote_id == run.response["id"] != ""
    assert len(run.calls) == 1


def test_it_sends_the_conversation_and_keeps_nothing_at_the_provider(respond):
    earlier = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi."},
    ]
    settings = {"max_completion_tokens": 20, "temperature": 0.4, "reasoning_effort": "low", "verbosity": "low", "stop": ["x"], "seed": 3}
    body = respond(messages=earlier, **settings).calls[0].body
    assert body["instructions"] == "Be short."
    assert [item["role"] for item in body["input"]] == ["user", "assistant", "user"]
    assert (body["max_output_tokens"], body["temperature"], body["store"]) == (20, 0.4, False)
    assert (body["reasoning"], body["text"]) == ({"effort": "low"}, {"verbosity": "low"})
    assert {"messages", "stop", "seed", "stream_options", "background"}.isdisjoint(body)


def test_it_sends_a_schema_functions_and_their_replies(respond):
    function = {"name": "look_up", "parameters": {"type": "object"}}
    schema = {"name": "boat", "schema": {"type": "object"}, "strict": True}
    call = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}
    earlier = [
        {"role": "user", "content": [{"type": "text", "text": "See"}, picture]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "42"},
    ]
    choice = {"type": "function", "function": {"name": "look_up"}}
    params = {"tools": [{"type": "function", "function": function}], "tool_choice": choice}
    body = respond(messages=earlier, response_format={"type": "json_schema", "json_schema": schema}, **params).calls[0].body
    assert body["text"]["format"] == {"type": "json_schema", **schema}
    assert body["tools"] == [{"type": "function", "strict": False, **function}]
    assert body["tool_choice"] == {"type": "function", "name": "look_up"}
    assert [part["type"] for part in body["input"][0]["content"]] == ["input_text", "input_image"]
    assert body["input"][1:3] == [
        {"type": "function_call", "call_id": "call_1", "name": "look_up", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "42"},
    ]


def test_it_shows_the_thoughts(respond):
    run = respond("thinking-rate0")
    assert run.thinking.startswith("t0001 t0002")
    assert run.text == story("thinking")
    assert run.usage["thinking"] == 20


@pytest.mark.parametrize("model", ["resp-unknown-rate0", "resp-twice-rate0", "resp-order-rate0", "whole"])
def test_odd_streams_do_no_harm(respond, model):
    run = respond(model)
    if model == "whole":  # not known to this part of the provider
        assert run.error_kind == "not_found"
        return
    assert (run.status, run.text) == ("completed", story("steady"))


def test_it_takes_a_whole_answer_for_a_stream():
    from apps.chat.responding import ChatRespond
    from gateway.types import ApiResponse
    from tests.loopback.response_asks import ask_of
    from tests.loopback.response_events import response_of

    whole = response_of(ask_of({"model": "thinking", "input": "Hello"}, "", 0), "resp_1")
    result = ChatRespond().parse_response(ApiResponse(200, {}, json=whole))
    assert (result.text, result.finish_reason, result.remote_id) == (story("thinking"), "stop", "resp_1")
    assert result.thinking.startswith("t0001")


def test_a_refusal_is_told_as_one(respond):
    run = respond("resp-refusal")
    assert (run.status, run.text, run.finish_reason) == ("completed", REFUSAL, "refusal")


@pytest.mark.parametrize(("model", "reason"), [("length-rate0", "length"), ("filtered-rate0", "content_filter")])
def test_an_incomplete_answer_keeps_its_reason(respond, model, reason):
    run = respond(model)
    assert (run.status, run.finish_reason) == ("completed", reason)
    assert run.text


def test_a_failed_answer_is_a_failure(respond):
    run = respond("resp-failed")
    assert (run.status, run.error_kind) == ("failed", "stream_error")
    assert "ran out of memory" in str(run.error)
    assert len(run.calls) == 1


def test_functions_are_asked_for_in_the_shape_of_chat(respond):
    run = respond("resp-function")
    assert (run.status, run.finish_reason, run.text) == ("completed", "tool_calls", "")
    calls = run.response["choices"][0]["message"]["tool_calls"]
    assert [(call["id"], call["function"]["arguments"]) for call in calls] == [
        ("call_1", '{"word": "tide"}'),
        ("call_2", '{"word": "lamp"}'),
    ]


@pytest.mark.parametrize(
    ("model", "status", "kind"),
    [
        ("reset-middle-rate0", "interrupted", "cut"),
        ("half-chunk-rate0", "interrupted", "cut"),
        ("no-finish-rate0", "interrupted", "incomplete"),
        ("error-in-stream-rate0", "interrupted", "stream_error"),
        ("reset-before", "unknown", "cut"),
        ("500", "failed", "server"),
    ],
)
def test_what_breaks_is_told_and_asked_once(respond, model, status, kind):
    run = respond(model)
    assert (run.status, run.error_kind) == (status, kind)
    assert story("steady").startswith(run.text)
    assert len(run.calls) == 1


def test_a_setting_that_is_refused_is_left_out(respond):
    run = respond("refuses-reasoning.effort-rate0", reasoning_effort="high")
    assert (run.status, run.text) == ("completed", story("steady"))
    assert len(run.calls) == 2
    assert "Thinking effort" in run.notices[0]


def test_sources_and_searches_stand_beside_the_words(respond):
    run = respond("resp-search-rate0", web_search="yes")
    assert run.calls[0].body["tools"] == [{"type": "web_search"}]
    assert run.beside["calls"] == [{"tool": "web_search", "n": 3}]
    assert [source["url"] for source in run.beside["sources"]] == [
        "https://example.org/harbour",
        "https://example.org/tides",
        "https://example.org/lamps?a=1&b=2",
    ]


def test_a_picture_that_was_made_is_kept_as_one(respond):
    run = respond("resp-picture-rate0", image_generation="yes")
    assert run.files.filter(role="output").count() == 1
    assert run.beside["calls"] == [{"tool": "image_generation", "n": 1}]
    assert "iVBOR" not in str(run.response)
    picture = apps.get_model("images.Picture").objects.get(run=run)
    assert (picture.kind, picture.settings, picture.description) == ("chat", {}, "")
