"""Errors of every server, read for what they mean."""

import json

import pytest

from gateway import GatewayError
from gateway.refusals import refusal
from gateway.tests.raw_server import CHAT, answers_with, serving


def openai(message="m", **more):
    return json.dumps({"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None} | more}).encode()


STATUSES = {
    400: "bad_request",
    401: "auth",
    402: "quota",
    403: "forbidden",
    404: "not_found",
    405: "not_found",
    408: "server",
    409: "conflict",
} | {
    410: "not_found",
    413: "too_large",
    415: "bad_request",
    418: "bad_request",
    422: "bad_request",
    429: "rate_limited",
    500: "server",
    501: "not_found",
    502: "server",
    503: "overloaded",
    504: "server",
    520: "server",
    529: "overloaded",
}
BODIES = {
    "openai": openai("the words"),
    "integer code": b'{"error":{"message":"the words","type":"BadRequestError","param":null,"code":400}}',
    "status as code": b'{"error":{"message":"the words","type":"None","param":"None","code":"400"}}',
    "string": b'{"error":"the words"}',
    "detail": b'{"detail":"the words"}',
    "detail object": b'{"detail":{"message":"the words"}}',
    "oauth": b'{"error":"invalid_grant","error_description":"the words"}',
    "flat": b'{"object":"error","message":"the words","type":"x"}',
    "list": b'[{"error":{"message":"the words"}}]',
    "json string": b'"the words"',
    "text": b"the words",
    "html": b"<html><head><title>the words</title><style>p{}</style></head><body><h1>x</h1></body></html>",
    "html without a title": b"<html><body><h1>the <b>words</b></h1></body></html>",
    "broken json": b"the words",
}


@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
@pytest.mark.parametrize(
    "body", [*BODIES.values(), b"", b"null", b"{}", b"[]", b'{"error":null}', b'{"error":{}}', b"\xff\xfe", b"{" * 5000]
)
def test_it_knows_the_kind_by_the_status_whatever_the_body(status, kind, body):
    error = refusal(status, {}, body)
    assert (error.kind, error.status, error.reached_provider) == (kind, status, True)
    assert error.sentence.strip()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_it_finds_the_words_in_every_shape(body):
    assert refusal(400, {}, body).details["message"] == "the words"


def test_it_names_the_fields_that_a_list_of_details_names():
    items = [
        {"loc": ["body", "temperature"], "msg": "Extra inputs are not permitted", "type": "extra_forbidden"},
        {"loc": ["body", 0], "msg": "bad"},
    ]
    error = refusal(422, {}, json.dumps({"detail": items}).encode())
    assert (error.kind, error.parameter, error.code) == ("parameter", "temperature", "extra_forbidden")
    assert error.details["message"] == "temperature: Extra inputs are not permitted; 0: bad"


def test_it_survives_details_of_any_form():
    for detail in ([], ["x"], [None], [{"loc": 5}], [{}], 7, True, [{"loc": None, "msg": None, "type": {}}]):
        assert refusal(422, {}, json.dumps({"detail": detail}).encode()).kind == "bad_request"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, openai("x", code="insufficient_quota", type="insufficient_quota")),
        (429, openai("x", code="credit_balance_exhausted")),
        (429, openai("x", code="organization_spend_limit_exceeded")),
        (429, openai("x", code="project_spend_limit_exceeded")),
        (429, openai("x", code="organization_usage_limit_exceeded")),
        (429, openai("x", code="429", type="budget_exceeded")),
        (400, openai("Budget has been exceeded!", code="400", type="budget_exceeded")),
        (429, openai("You exceeded your current quota, please check your plan and billing details.")),
        (403, openai("x", type="insufficient_quota")),
        (402, b'{"error":{"message":"Insufficient credits","code":402}}'),
    ],
)
def test_it_tells_a_lack_of_money_from_a_lack_of_time(status, body):
    assert refusal(status, {}, body).kind == "quota"


@pytest.mark.parametrize(
    ("message", "more", "details"),
    [
        (
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9400 tokens.",
            {"code": "context_length_exceeded", "param": "messages"},
            {"tokens": 9400, "limit": 8192},
        ),
        (
            "This model's maximum context length is 4097 tokens. However, you requested 5000 tokens (904 in the messages).",
            {"code": 400},
            {"tokens": 5000, "limit": 4097},
        ),
        ("prompt is too long: 209,388 tokens > 200,000 maximum", {}, {"tokens": 209388, "limit": 200000}),
        (
            "You passed 9400 input tokens. However, the model's context length is only 8192 tokens.",
            {},
            {"tokens": 9400, "limit": 8192},
        ),
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 500. This model's maximum context length is 8192 tokens "
            "and your request has 9400 input tokens (500 > 8192 - 9400).",
            {"type": "BadRequestError", "code": 400},
            {"tokens": 9400, "limit": 8192},
        ),
        (
            "request (9400 tokens) exceeds the available context size (8192 tokens), try increasing it",
            {"type": "exceed_context_size_error", "n_prompt_tokens": 9400, "n_ctx": 8192},
            {"tokens": 9400, "limit": 8192},
        ),
        (
            "request (9400 tokens) exceeds the available context size (8192 tokens), try increasing it",
            {},
            {"tokens": 9400, "limit": 8192},
        ),
        ("The decoder prompt (length 9400) is longer than the maximum model length of 8192.", {}, {"tokens": 9400, "limit": 8192}),
        ("Your input exceeds the context window of this model.", {"code": "context_length_exceeded"}, {}),
        (
            "the request exceeds the available context size, try increasing it",
            {"type": "exceed_context_size_error", "n_prompt_tokens": 5000, "n_ctx": 4096},
            {"tokens": 5000, "limit": 4096},
        ),
    ],
)
def test_it_reads_how_much_too_long_a_text_is(message, more, details):
    error = refusal(400, {}, openai(message, **more))
    assert error.kind == "too_long"
    assert {name: error.details[name] for name in details} == details
    if len(details) == 2:
        assert error.sentence == f"The text has about {details['tokens']:,} tokens, the model takes {details['limit']:,}."


def test_it_does_not_wait_for_a_text_that_can_never_fit():
    message = "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 50000."
    error = refusal(429, {}, openai(message, code="rate_limit_exceeded"))
    assert (error.kind, error.details["tokens"], error.details["limit"]) == ("too_long", 50000, 30000)


@pytest.mark.parametrize(
    ("message", "more", "name"),
    [
        (
            "Unsupported parameter: 'max_tokens' is not supported with this model.",
            {"param": "max_tokens", "code": "unsupported_parameter"},
            "max_tokens",
        ),
        ("Unsupported value: 'temperature' does not support 0.2.", {"param": "temperature", "code": "unsupported_value"}, "temperature"),
        ("Unsupported parameter: 'temperature'", {}, "temperature"),
        ("Unknown parameter: 'foo.bar'.", {"code": "unknown_parameter"}, "foo.bar"),
        ("Unrecognized request argument supplied: `stop`", {}, "stop"),
        ("'logprobs' is not supported by this model", {}, "logprobs"),
        ("openai does not support parameters: ['seed'], for model=x", {"code": "400"}, "seed"),
        ("create() got an unexpected keyword argument 'top_k'", {}, "top_k"),
        ("Your project may not use this.", {"param": "service_tier"}, "service_tier"),
        ("This server doesn't support 'stream_options'.", {}, "stream_options"),
    ],
)
def test_it_names_the_setting_that_a_model_does_not_take(message, more, name):
    error = refusal(400, {}, openai(message, **more))
    assert (error.kind, error.parameter) == ("parameter", name)


@pytest.mark.parametrize(
    "more",
    [
        {"param": "temperature", "code": "decimal_above_max_value"},
        {"param": "max_tokens", "code": "integer_below_min_value"},
        {"param": "messages[0].content", "code": "invalid_value"},
        {"param": "model", "code": "invalid_value"},
        {"param": "temperature", "code": "invalid_type"},
    ],
)
def test_it_does_not_blame_the_model_for_a_wrong_value(more):
    error = refusal(400, {}, openai("no", **more))
    assert (error.kind, error.parameter) == ("bad_request", more["param"])
    assert error.sentence.endswith(": no")


@pytest.mark.parametrize(
    "body",
    [
        openai("x", code="moderation_blocked", type="image_generation_user_error"),
        openai("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", code="content_filter"),
        openai("x", code="content_policy_violation"),
        openai("Your request was rejected by the safety system."),
    ],
)
def test_it_knows_a_refusal_by_policy(body):
    assert refusal(400, {}, body).kind == "policy"


@pytest.mark.parametrize("message", ["API key not valid. Please pass a valid API key.", "Incorrect API key provided"])
def test_it_knows_a_bad_key_though_the_status_does_not_say_so(message):
    assert refusal(400, {}, openai(message)).kind == "auth"


@pytest.mark.parametrize(
    "body", [openai("The model `gpt-9` does not exist", code="model_not_found"), openai('model "llama9" not found, try pulling it first')]
)
def test_it_tells_a_missing_model_from_a_missing_page(body):
    assert refusal(404, {}, body).details["what"] == "model"
    assert "what" not in refusal(404, {}, b"<h1>404</h1>").details


def test_it_knows_how_long_to_wait():
    error = refusal(429, {"retry-after-ms": "1500"}, b"")
    assert (error.retry_after, error.details["seconds"]) == (1.5, 1.5)
    assert refusal(503, {"retry-after": "9"}, b"Loading model").retry_after == 9
    assert refusal(500, {"retry-after": "9"}, b"").retry_after is None


def test_it_keeps_the_word_of_the_server_that_trying_again_is_useless():
    assert refusal(429, {"x-should-retry": "false"}, b"").details["may_retry"] is False
    assert "may_retry" not in refusal(429, {"x-should-retry": "true"}, b"").details


def test_it_makes_one_printable_line_of_bounded_length_of_any_words():
    error = refusal(400, {}, openai("a\n\x1b[31mb\r\nc\x00\u202e" + "x" * 100_000))
    assert error.details["message"].startswith("a [31mb c x")
    assert len(error.details["message"]) < 700


async def test_it_carries_everything_a_person_needs_for_support():
    body = openai("Slow down", code="rate_limit_exceeded", type="requests")
    async with serving(
        answers_with(body, "429 Too Many Requests", "application/json", "X-Request-Id: req-1", "Retry-After: 7")
    ) as provider:
        with pytest.raises(GatewayError) as caught:
            await provider.gateway().send(CHAT)
    assert caught.value.as_dict() == {
        "kind": "rate_limited",
        "sentence": "The provider asks us to slow down.",
        "status": 429,
        "code": "rate_limit_exceeded",
        "parameter": "",
        "request_id": "req-1",
        "reached_provider": True,
        "retry_after": 7,
        "details": {"message": "Slow down", "seconds": 7},
    }


async def test_it_reads_only_as_much_of_an_error_as_it_needs():
    async with serving(answers_with(b"x" * 3_000_000, "500 Server Error", "text/plain")) as provider:
        with pytest.raises(GatewayError) as caught:
            await provider.gateway().send(CHAT)
    assert caught.value.kind == "server"
    assert len(caught.value.sentence) < 1000


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, f"maximum context length is {'9' * 5000} tokens"),
        (400, "maximum context length, limit: ,, tokens"),
        (429, f"Please try again in {'9' * 400}s"),
        (429, f"Please try again in {'9' * 15}h"),
    ],
)
def test_it_reads_absurd_numbers_without_choking(status, message):
    error = refusal(status, {}, openai(message))
    assert error.retry_after is None or error.retry_after <= 365 * 24 * 3600
    assert json.dumps(error.as_dict(), allow_nan=False)


def test_it_believes_no_count_that_cannot_be_one():
    error = refusal(400, {}, openai("maximum context length", n_ctx=10**19, n_prompt_tokens=-5))
    assert not {"tokens", "limit"} & error.details.keys()
