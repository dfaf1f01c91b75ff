"""What the chat operation sends, and what it says before it sends."""

from decimal import Decimal
from typing import Any

from apps.chat.operations import ChatReply, count_tokens
from apps.runs.operations import Prices

OPERATION = ChatReply()
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Name a\n  colour"}]
DOLLARS = Prices(input=Decimal(2), output=Decimal(8))


def body(**params: Any) -> Any:
    return OPERATION.build_request("m-1", {"messages": MESSAGES, **params}, ()).json


def test_it_sends_only_what_was_chosen() -> None:
    assert body() == {"model": "m-1", "messages": MESSAGES, "stream": True, "stream_options": {"include_usage": True}}


def test_it_sends_the_parameters_that_were_set_under_their_names() -> None:
    sent = body(temperature=0, stop=["END"], seed=None)
    assert (sent["temperature"], sent["stop"]) == (0, ["END"])
    assert "seed" not in sent


def test_it_lets_no_parameter_change_where_the_call_goes() -> None:
    sent = body(model="other", stream=False, stream_options={})
    assert (sent["model"], sent["stream"], sent["stream_options"]) == ("m-1", True, {"include_usage": True})


def test_it_asks_for_a_stream() -> None:
    request = OPERATION.build_request("m-1", {"messages": MESSAGES}, ())
    assert (request.method, request.path, request.stream) == ("POST", "/chat/completions", True)


def test_it_counts_four_characters_as_a_token_and_wide_ones_as_one_each() -> None:
    assert count_tokens("abcdefgh") == 2
    assert count_tokens("日本語") == 3
    assert count_tokens([{"type": "text", "text": "abcd"}, {"type": "image_url"}]) == 1001
    assert count_tokens(None) == 0


def test_it_estimates_the_most_that_an_answer_can_cost() -> None:
    estimate = OPERATION.estimate({"messages": [{"role": "user", "content": "a" * 372}], "max_completion_tokens": 1000}, (), DOLLARS)
    assert (estimate.input_tokens, estimate.output_tokens) == (100, 1000)
    assert estimate.cost == Decimal("0.0082")


def test_it_counts_every_answer_that_was_asked_for() -> None:
    assert OPERATION.estimate({"messages": MESSAGES, "max_completion_tokens": 10, "n": 3}, (), DOLLARS).output_tokens == 30


def test_it_takes_an_ordinary_answer_where_no_limit_was_set() -> None:
    assert OPERATION.estimate({"messages": MESSAGES}, (), DOLLARS).output_tokens == 500


def test_it_tells_an_own_server_from_a_price_that_is_not_known() -> None:
    assert OPERATION.estimate({"messages": MESSAGES}, (), Prices(is_free=True)).cost == 0
    assert OPERATION.estimate({"messages": MESSAGES}, (), Prices(input=Decimal(1))).cost is None


def test_it_sums_a_run_up_by_the_last_question() -> None:
    assert OPERATION.summary({"messages": MESSAGES}) == "Name a colour"
    assert len(OPERATION.summary({"messages": [{"role": "user", "content": "word " * 500}]})) <= 200
    assert OPERATION.summary({"messages": []}) == ""
