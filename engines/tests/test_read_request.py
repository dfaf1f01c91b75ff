"""What a request becomes before it reaches the model; no model needed."""

from typing import Any

from engines.chat.messages import last_user_text, read_messages, render
from engines.chat.request import DEFAULT_LONGEST, WEAK_MODEL_DEFAULTS, ChatRequest, read_request
from engines.fields import Fields

HELLO = [{"role": "user", "content": "Hello"}]
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}


def read(**changes: Any) -> ChatRequest:
    return read_request({"model": "m", "messages": HELLO, **changes})


def test_it_steadies_the_weak_model_when_nothing_was_set() -> None:
    assert read().sampling == {**WEAK_MODEL_DEFAULTS, "max_tokens": DEFAULT_LONGEST}


def test_it_keeps_what_the_caller_set() -> None:
    sampling = read(temperature=0, top_p=1, max_completion_tokens=9000, stop="x", frequency_penalty=1, logit_bias={"1": -5}).sampling

    assert sampling["temperature"] == 0
    assert sampling["top_p"] == 1
    assert sampling["max_tokens"] == 9000
    assert sampling["stop"] == ["x"]
    assert sampling["frequency_penalty"] == 1
    assert sampling["logit_bias"] == {"1": -5}
    assert sampling["repeat_penalty"] == WEAK_MODEL_DEFAULTS["repeat_penalty"]


def test_it_takes_null_for_not_given() -> None:
    nothing = dict.fromkeys(["temperature", "n", "stop", "seed", "stream", "stream_options", "tools", "tool_choice", "response_format"])

    assert read(**nothing) == read()


def test_it_accepts_what_has_no_effect_here() -> None:
    assert read(user="u", metadata={"a": "b"}, safety_identifier="s", service_tier="auto", prompt_cache_key="k", store=False) == read()


def test_it_tells_the_model_what_functions_found() -> None:
    messages = [
        *HELLO,
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "42"},
    ]
    system, *rest = render(read_messages(Fields({"messages": messages})))

    assert system["role"] == "system"
    assert "42 (from f)" in system["content"]
    assert rest == HELLO


def test_it_adds_instructions_to_those_of_the_caller() -> None:
    system = [{"role": "system", "content": "Be kind."}, *HELLO]

    assert render(system, "Write JSON.")[0] == {"role": "system", "content": "Be kind.\n\nWrite JSON."}
    assert render(HELLO, "Write JSON.") == [{"role": "system", "content": "Write JSON."}, *HELLO]
    assert system[0]["content"] == "Be kind."


def test_it_looks_for_the_question_behind_results() -> None:
    assert last_user_text([*HELLO, {"role": "assistant", "content": "x"}, {"role": "tool", "content": "y"}]) == "Hello"
    assert last_user_text([{"role": "system", "content": "x"}]) == ""
