"""What the chat operation makes of the streams that servers send."""

import json
from typing import Any

import pytest

from apps.chat.operations import ChatReply
from apps.runs.operations import Result, StreamState
from gateway.types import ApiEvent, ApiResponse

OPERATION = ChatReply()


def chunk(delta: dict[str, Any] | None = None, reason: str | None = None, index: int = 0, **top: Any) -> dict[str, Any]:
    choice: dict[str, Any] = {"index": index, "finish_reason": reason}
    if delta is not None:
        choice["delta"] = delta
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "m-1", "choices": [choice], **top}


def state_after(*events: dict[str, Any]) -> StreamState:
    state = StreamState()
    for event in events:
        OPERATION.fold(ApiEvent(event), state)
    return state


def read(*events: dict[str, Any]) -> Result:
    return OPERATION.finish(state_after(*events))


def call(**piece: Any) -> dict[str, Any]:
    return chunk({"tool_calls": [piece]})


def calls_of(*events: dict[str, Any]) -> list[dict[str, Any]]:
    return read(*events).response["choices"][0]["message"]["tool_calls"]


def test_it_joins_the_pieces_of_an_ordinary_stream() -> None:
    usage = {
        "prompt_tokens": 12,
        "completion_tokens": 3,
        "total_tokens": 15,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 2},
    }
    result = read(
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "Hel"}),
        chunk({"content": "lo"}),
        chunk({}, "stop"),
        {"id": "chatcmpl-1", "choices": [], "usage": usage},
    )
    assert (result.text, result.finish_reason) == ("Hello", "stop")
    assert result.usage == {"input": 12, "output": 3, "cached": 4, "thinking": 2}
    assert result.response["choices"][0]["message"] == {"role": "assistant", "content": "Hello"}
    assert result.response["usage"] == usage
    assert result.response["model"] == "m-1"


def test_it_treats_null_absent_and_empty_content_alike() -> None:
    assert read(chunk({"content": None}), chunk({}), chunk({"content": ""}), chunk({"content": "x"})).text == "x"


def test_it_reads_content_that_is_a_list_of_parts() -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "yes"}, "!"]
    result = read(chunk({"content": parts}))
    assert (result.text, result.thinking) == ("yes!", "hm")


@pytest.mark.parametrize(
    "delta",
    [
        {"reasoning_content": "why"},
        {"reasoning": "why"},
        {"reasoning": {"text": "why"}},
        {"reasoning": [{"type": "summary", "summary": "why"}]},
        {"reasoning_content": "why", "reasoning": "why"},
        {"reasoning_content": None, "reasoning": "why"},
    ],
)
def test_it_reads_thinking_under_every_name_once(delta: dict[str, Any]) -> None:
    result = read(chunk(delta), chunk({"content": "so"}))
    assert (result.thinking, result.text) == ("why", "so")
    assert result.response["choices"][0]["message"]["reasoning_content"] == "why"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_it_splits_inline_thinking_however_it_is_cut(size: int) -> None:
    text = "\n<think>2 < 3 and </th is no tag</think>\n\nThe answer is <b>."
    result = read(*(chunk({"content": text[at : at + size]}) for at in range(0, len(text), size)))
    assert result.thinking == "2 < 3 and </th is no tag"
    assert result.text == "The answer is <b>."


@pytest.mark.parametrize("text", ["<thin ice", "  leading", "<", "Use <think> and </think> as tags"])
def test_it_leaves_text_that_only_looks_like_thinking(text: str) -> None:
    assert read(*(chunk({"content": letter}) for letter in text)).text == text


def test_it_keeps_thinking_that_was_cut_off() -> None:
    result = read(chunk({"content": "<think>half a thou</thi"}))
    assert (result.text, result.thinking) == ("", "half a thou</thi")


def test_it_shows_text_before_the_stream_is_over() -> None:
    assert state_after(chunk({"content": "Hi"})).text == "Hi"


def test_it_ignores_chunks_without_choices_deltas_or_sense() -> None:
    strange: list[dict[str, Any]] = [
        {"choices": [], "prompt_filter_results": [{"prompt_index": 0}], "id": "", "model": ""},
        {"choices": None},
        {"choices": "text"},
        {"choices": [None, 3, "x"]},
        {"type": "keepalive"},
        {"timings": {"predicted_ms": 3}, "choices": []},
        chunk(None),
        chunk({"content": 7}),
        chunk({"tool_calls": "no"}),
        chunk({"tool_calls": [None]}),
        {"choices": [{"index": 0, "delta": None, "finish_reason": None}]},
        {"choices": [{"delta": "text"}]},
        {"choices": [], "usage": "many"},
    ]
    result = read(chunk({"content": "a"}), *strange, chunk({"content": "b"}))
    assert result.text == "ab"
    assert result.usage == {}


def test_it_tolerates_annotations_after_the_end() -> None:
    annotation = {"choices": [{"index": 0, "content_filter_results": {}, "content_filter_offsets": {"check_offset": 1}}]}
    result = read(chunk({"content": "a"}, "stop"), annotation)
    assert (result.text, result.finish_reason) == ("a", "stop")


def test_it_finishes_once() -> None:
    assert read(chunk({"content": "a"}, "length"), chunk({}, "stop")).finish_reason == "length"


@pytest.mark.parametrize("reason", ["content_filter", "eos", "abort", "tool_calls"])
def test_it_takes_any_finish_reason(reason: str) -> None:
    assert read(chunk({"content": "a"}, reason)).finish_reason == reason


def test_it_does_not_make_up_a_finish_reason() -> None:
    result = read(chunk({"content": "a"}))
    assert result.finish_reason == ""
    assert result.response["choices"][0]["finish_reason"] is None


def test_it_keeps_the_last_usage_and_never_adds_up() -> None:
    result = read(*(chunk({"content": "a"}, usage={"prompt_tokens": 5, "completion_tokens": n}) for n in (1, 2, 3)))
    assert result.usage == {"input": 5, "output": 3}


def test_it_takes_a_usage_of_zeros_as_not_told() -> None:
    zeros = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    assert read(chunk({"content": "a"}, usage=zeros)).usage == {}
    assert read(chunk({"content": "a"}, usage={"prompt_tokens": 9, "completion_tokens": 1}), chunk({}, usage=zeros)).usage["input"] == 9


@pytest.mark.parametrize("count", [None, "12", True, -1, 1e300, [1]])
def test_it_refuses_counts_that_are_none(count: Any) -> None:
    assert read(chunk({"content": "a"}, usage={"prompt_tokens": count, "completion_tokens": 4})).usage == {"output": 4}


def test_it_reads_a_whole_message_in_one_event() -> None:
    event = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Whole"}, "finish_reason": "stop"}]}
    result = read(event)
    assert (result.text, result.finish_reason) == ("Whole", "stop")


def test_it_does_not_double_a_message_that_repeats_the_deltas() -> None:
    repeat = {"choices": [{"index": 0, "delta": {}, "message": {"content": "Hello"}, "finish_reason": "stop"}]}
    assert read(chunk({"content": "Hello"}), repeat).text == "Hello"


def test_it_keeps_the_other_answers_apart() -> None:
    result = read(
        chunk({"content": "A"}),
        chunk({"content": "x"}, index=1),
        chunk({"content": "B"}, "stop"),
        chunk({"content": "y"}, "length", index=1),
    )
    assert result.text == "AB"
    other = result.response["choices"][1]
    assert (other["message"]["content"], other["finish_reason"]) == ("xy", "length")


def test_it_says_when_the_model_declined() -> None:
    result = read(chunk({"refusal": "I cannot "}), chunk({"refusal": "help."}), chunk({}, "stop"))
    assert (result.text, result.finish_reason) == ("I cannot help.", "refusal")
    assert result.response["choices"][0]["message"]["refusal"] == "I cannot help."
    assert result.response["choices"][0]["finish_reason"] == "stop"


def test_it_replaces_characters_that_no_database_keeps() -> None:
    assert read(chunk({"content": "a\x00b\ud800c😀"})).text == "a\ufffdb\ufffdc😀"


def test_it_reads_the_words_of_a_spoken_answer() -> None:
    assert (
        read(chunk({"audio": {"id": "a", "transcript": "Spo"}}), chunk({"audio": {"transcript": "ken", "data": "AAAA"}})).text == "Spoken"
    )


def test_it_assembles_a_tool_call_from_fragments() -> None:
    calls = calls_of(
        call(index=0, id="c1", type="function", function={"name": "look_up", "arguments": ""}),
        call(index=0, function={"arguments": '{"city":'}),
        call(index=0, function={"arguments": ' "Kiel"}'}),
    )
    assert calls == [{"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": '{"city": "Kiel"}'}}]


def test_it_keeps_interleaved_tool_calls_apart() -> None:
    calls = calls_of(
        call(index=0, id="a", function={"name": "one", "arguments": "{"}),
        call(index=1, id="b", function={"name": "two", "arguments": "["}),
        call(index=0, function={"arguments": "}"}),
        call(index=1, function={"arguments": "]"}),
    )
    assert [(c["function"]["name"], c["function"]["arguments"]) for c in calls] == [("one", "{}"), ("two", "[]")]


def test_it_begins_a_new_call_with_a_new_id_though_the_index_stays_zero() -> None:
    calls = calls_of(
        call(index=0, id="a", function={"name": "one", "arguments": "{}"}),
        call(index=0, id="b", function={"name": "one", "arguments": "{}"}),
    )
    assert [c["id"] for c in calls] == ["a", "b"]


def test_it_takes_an_id_that_is_repeated_on_each_piece_as_one_call() -> None:
    calls = calls_of(*(call(index=0, id="a", function={"name": "one", "arguments": part}) for part in ("{", '"x": 1', "}")))
    assert [c["function"] for c in calls] == [{"name": "one", "arguments": '{"x": 1}'}]


def test_it_assembles_calls_without_any_index() -> None:
    calls = calls_of(
        call(id="a", function={"name": "one", "arguments": "{"}),
        call(function={"arguments": "}"}),
        call(id="b", function={"name": "two", "arguments": "{}"}),
    )
    assert [c["function"]["arguments"] for c in calls] == ["{}", "{}"]


def test_it_tells_whole_calls_without_ids_apart() -> None:
    calls = calls_of(*(call(index=0, function={"name": "roll", "arguments": {"sides": sides}}) for sides in (6, 20)))
    assert [json.loads(c["function"]["arguments"]) for c in calls] == [{"sides": 6}, {"sides": 20}]


def test_it_reads_custom_tools_and_old_function_calls() -> None:
    custom = calls_of(call(index=0, id="a", type="custom", custom={"name": "sql", "input": "SEL"}), call(index=0, custom={"input": "ECT"}))
    assert custom == [{"id": "a", "type": "custom", "custom": {"name": "sql", "input": "SELECT"}}]
    old = calls_of(chunk({"function_call": {"name": "f", "arguments": "{"}}), chunk({"function_call": {"arguments": "}"}}, "function_call"))
    assert old[0]["function"] == {"name": "f", "arguments": "{}"}


def test_it_reads_an_answer_that_was_not_streamed() -> None:
    body = {
        "model": "m",
        "choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2},
    }
    result = OPERATION.parse_response(ApiResponse(200, {}, json=body))
    assert (result.text, result.usage) == ("Hi", {"input": 1, "output": 2})


@pytest.mark.parametrize("body", [None, [], "text", {"choices": [{}]}])
def test_it_reads_nothing_from_an_answer_of_another_shape(body: Any) -> None:
    result = OPERATION.parse_response(ApiResponse(200, {}, json=body))
    assert (result.text, result.finish_reason) == ("", "")


def test_it_can_keep_what_it_made_as_json() -> None:
    result = read(chunk({"content": "a", "tool_calls": [{"index": 0, "function": {"name": "f"}}]}), chunk({"content": "b"}, index=2))
    assert json.loads(json.dumps(result.response)) == result.response
