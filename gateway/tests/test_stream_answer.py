"""Streams as servers send them, with everything that is odd about them."""

import asyncio
import json
import time

import pytest

from gateway import ApiEvent, GatewayError, Incomplete
from gateway.tests.raw_server import CHAT_STREAM, KEY, QUICK, answers_with, serving, stream_head, streams


def chunk(content=None, finish=None, **more):
    delta = {} if content is None else {"content": content}
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]} | more


def frame(value, name=""):
    text = value if isinstance(value, str) else json.dumps(value)
    return ((f"event: {name}\n" if name else "") + f"data: {text}\n\n").encode()


HELLO = frame(chunk("Hello"))
STOP = frame(chunk(finish="stop"))
DONE = frame("[DONE]")


async def collect(script, bounds=None, **changes):
    """The events of a stream, and the error that ended it or None."""
    events = []
    async with serving(script) as provider:
        try:
            async with provider.gateway(**changes).stream(CHAT_STREAM, bounds=bounds or QUICK) as stream:
                async for event in stream:
                    events.append(event)
        except GatewayError as error:
            return events, error
    return events, None


async def test_it_gives_each_event_with_the_head_of_the_answer():
    async def script(talk):
        await talk.hear()
        await asyncio.sleep(0.1)
        await talk.say(stream_head("text/event-stream", "X-Request-Id: r1"), HELLO, STOP, DONE)

    started = time.monotonic()
    async with serving(script) as provider, provider.gateway().stream(CHAT_STREAM) as stream:
        assert (stream.status, stream.request_id, stream.headers["content-type"]) == (200, "r1", "text/event-stream")
        assert 90 <= stream.first_byte_ms <= 1000 * (time.monotonic() - started) + 1  # whole ones
        events = [event async for event in stream]
    assert events == [ApiEvent(chunk("Hello")), ApiEvent(chunk(finish="stop"))]


async def test_it_gives_an_event_as_soon_as_it_came():
    told = asyncio.Event()

    async def script(talk):
        await talk.hear()
        await talk.say(stream_head(), HELLO)
        await told.wait()
        await talk.say(STOP, DONE)

    async with serving(script) as provider, provider.gateway().stream(CHAT_STREAM) as stream:
        assert (await anext(stream)).data == chunk("Hello")
        told.set()
        assert len([event async for event in stream]) == 1


GOOD_ENDS = {
    "done": [HELLO, STOP, DONE],
    "done with blanks": [HELLO, STOP, b"data: [DONE] \r\n\r\n"],
    "done without a blank line": [HELLO, STOP, b"data: [DONE]"],
    "no done": [HELLO, STOP],
    "no finish reason": [HELLO, DONE],
    "finish not followed by a blank line": [HELLO, STOP.rstrip()],
    "odd finish reason": [HELLO, frame(chunk(finish="eos")), DONE],
    "finish twice": [HELLO, STOP, frame(chunk(finish="stop", usage={"total_tokens": 1})), DONE],
    "annotation after the finish": [HELLO, STOP, frame({"choices": [{"index": 0, "content_filter_offsets": {"check_offset": 1}}]})],
    "nothing said, but finished": [STOP, DONE],
    "terminal event of responses": [
        frame({"type": "response.output_text.delta"}),
        frame({"type": "response.completed"}, "response.completed"),
    ],
    "incomplete response": [frame({"type": "response.incomplete"}, "response.incomplete")],
    "transcription": [frame({"type": "transcript.text.delta", "delta": "a"}), frame({"type": "transcript.text.done", "text": "a"})],
    "speech": [frame({"type": "speech.audio.delta", "audio": "AA=="}), frame({"type": "speech.audio.done"})],
    "picture": [frame({"type": "image_generation.partial_image"}), frame({"type": "image_generation.completed"})],
    "legacy completion": [frame({"choices": [{"text": "a", "index": 0, "finish_reason": None}]}), DONE],
    "two answers": [frame({"choices": [{"index": at, "finish_reason": "stop"}]}) for at in (0, 1)],
}
BAD_ENDS = {
    "nothing": [],
    "only comments": [b": ping\n\n", b": ping\n\n"],
    "only done": [DONE],
    "a role and done": [frame({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}), DONE],
    "cut between events": [HELLO],
    "cut in an event": [HELLO, STOP[:20]],
    "empty last delta": [HELLO, frame({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]})],
    "one of two answers": [frame({"choices": [{"index": 0}, {"index": 1}]}), STOP],
    "usage only": [frame({"choices": [], "usage": {"total_tokens": 1}})],
    "response without its last event": [frame({"type": "response.created"}), frame({"type": "response.output_text.done"})],
    "text that is no event": [frame("ping"), frame('"ping"'), frame("[1]"), frame("7"), frame("null")],
}


@pytest.mark.parametrize("pieces", GOOD_ENDS.values(), ids=GOOD_ENDS)
async def test_it_takes_a_finished_answer_for_finished(pieces):
    events, error = await collect(streams(*pieces))
    assert error is None
    assert len(events) == len([piece for piece in pieces if b"[DONE]" not in piece])


@pytest.mark.parametrize("pieces", BAD_ENDS.values(), ids=BAD_ENDS)
async def test_it_says_that_an_answer_is_incomplete(pieces):
    _, error = await collect(streams(*pieces))
    assert isinstance(error, Incomplete)
    assert (error.kind, error.status, error.reached_provider) == ("incomplete", 200, True)


async def test_it_passes_on_what_it_does_not_know():
    odd = [
        {"choices": [], "prompt_filter_results": [{"prompt_index": 0}], "id": "", "model": ""},
        {"type": "keepalive"},
        {"type": "response.something.new", "x": 1},
        {"type": ["error"]},
        {"type": {"error": 1}},
        {"choices": None},
        {"choices": [None, 1, {"index": None, "delta": None}]},
        {"choices": [], "timings": {"n": 1}, "prompt_progress": {}},
        {"error": None, "choices": []},
        {},
    ]
    events, error = await collect(streams(*(frame(value) for value in odd), STOP, DONE))
    assert error is None
    assert [event.data for event in events] == [*odd, chunk(finish="stop")]


async def test_it_drops_keep_alives_of_every_make():
    noise = [b": ping\n\n", b":\n\n", b"data: : keepalive\n\n", b"data:\n\n", b"event: keepalive\n\n", frame("ping"), b"\n\n", b"id: 5\n\n"]
    events, error = await collect(streams(*noise, HELLO, *noise, STOP, *noise, DONE))
    assert (len(events), error) == (2, None)


async def test_it_stops_at_the_end_mark_though_the_server_goes_on():
    events, error = await collect(streams(HELLO, DONE, HELLO, frame({"error": "late"})))
    assert (len(events), error) == (1, None)


ERRORS = {
    "object": frame({"error": {"message": "boom", "code": 500}}),
    "string": frame({"error": "boom"}),
    "with a type": frame({"type": "error", "error": {"message": "boom"}}),
    "of responses": frame({"type": "error", "code": "server_error", "message": "boom", "param": None, "sequence_number": 3}, "error"),
    "named event": frame({"code": "x", "details": "boom"}, "error"),
    "named event of text": frame("boom", "error"),
    "named event of a string": frame('"boom"', "error"),
    "field name": b'error: {"message":"boom","code":500}\n\n',
    "beside a chunk": frame(chunk("", "error", id="gen-1", error={"message": "boom", "code": 502})),
}


@pytest.mark.parametrize("raw", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("before", [[], [HELLO]], ids=["at once", "after text"])
async def test_it_raises_an_error_that_comes_in_the_stream(raw, before):
    events, error = await collect(streams(*before, raw, DONE))
    assert len(events) == len(before)
    assert (error.kind, error.status, error.details["message"]) == ("stream_error", 200, "boom")
    assert error.reached_provider


async def test_it_gives_the_text_before_an_error_in_the_same_packet():
    events, error = await collect(streams(HELLO + HELLO + ERRORS["object"]))
    assert (len(events), error.kind) == (2, "stream_error")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"code": "rate_limit_exceeded", "message": "x"}, "rate_limited"),
        ({"code": 429, "message": "x"}, "rate_limited"),
        ({"code": "insufficient_quota", "message": "x"}, "quota"),
        ({"code": "context_length_exceeded", "message": "x"}, "too_long"),
        ({"code": "content_filter", "message": "x"}, "policy"),
    ],
)
async def test_it_names_the_cause_of_an_error_that_comes_before_any_text(value, kind):
    assert (await collect(streams(frame({"error": value}))))[1].kind == kind
    assert (await collect(streams(HELLO, frame({"error": value}))))[1].kind == "stream_error"


async def test_it_gives_the_last_event_of_a_failed_response_and_then_its_error():
    failed = {
        "type": "response.failed",
        "response": {"status": "failed", "error": {"code": "server_error", "message": "boom"}, "usage": {}},
    }
    events, error = await collect(streams(frame(failed, "response.failed")))
    assert [event.data for event in events] == [failed]
    assert (error.kind, error.code, error.details["message"]) == ("stream_error", "server_error", "boom")


async def test_it_says_when_a_part_cannot_be_read_instead_of_losing_it():
    events, error = await collect(streams(HELLO, frame('{"choices": [{"delta'), STOP, DONE))
    assert (len(events), error.kind) == (1, "stream_error")


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/json", "application/octet-stream", "text/event-stream; charset=utf-8"]
)
async def test_it_knows_a_stream_whatever_it_is_called(content_type):
    events, error = await collect(streams(b": hi\n\n", HELLO, STOP, DONE, content_type=content_type))
    assert (len(events), error) == (2, None)


@pytest.mark.parametrize("start", [b"data:{", b"event: x\n", b"id: 1\n", b"retry: 5\n", b"\xef\xbb\xbf", b"\n\n  \n"])
async def test_it_knows_a_stream_by_its_first_bytes_also_when_they_trickle(start):
    body = start + (b"}\n\n" if start.endswith(b"{") else b"") + HELLO + STOP
    events, error = await collect(streams(*(body[at : at + 1] for at in range(12)), body[12:], content_type=""))
    assert error is None
    assert ApiEvent(chunk("Hello"), "x" if b"event" in start else "") in events


@pytest.mark.parametrize("content_type", ["application/json", "", "text/event-stream"])
async def test_it_gives_a_whole_answer_as_one_event_where_the_server_does_not_stream(content_type):
    whole = {"id": "c", "object": "chat.completion", "choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}]}
    events, error = await collect(answers_with(json.dumps(whole, indent=1).encode(), content_type=content_type))
    assert (events, error) == ([ApiEvent(whole)], None)


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"<!doctype html><p>Sign in", "text/html", "not_api"),
        (b"  <html>", "text/event-stream", "not_api"),
        (b"upstream connect error", "text/plain", "not_api"),
        (b"", "application/json", "incomplete"),
        (b"   ", "text/html", "incomplete"),
        (b'{"error":{"message":"boom"}}', "application/json", "stream_error"),
        (b'{"error":"boom"}', "text/event-stream", "stream_error"),
        (b'{"error":{"message":"slow","code":429}}', "application/json", "rate_limited"),
        (b'[{"error":1}]', "application/json", "not_api"),
        (b'{"half":', "application/json", "cut"),
        (b'{"half":', "", "cut"),
    ],
)
async def test_it_tells_what_came_in_place_of_a_stream(body, content_type, kind):
    events, error = await collect(answers_with(body, content_type=content_type))
    assert (events, error.kind, error.status) == ([], kind, 200)


@pytest.mark.parametrize(
    ("status", "kind"), [("401 Unauthorized", "auth"), ("429 Too Many", "rate_limited"), ("502 Bad Gateway", "server")]
)
async def test_it_raises_what_the_status_means_before_the_stream_begins(status, kind):
    events, error = await collect(answers_with(b"<h1>no</h1>", status, "text/html"))
    assert (events, error.kind) == ([], kind)


async def test_it_keeps_the_bytes_of_a_letter_together():
    raw = frame(json.dumps(chunk("Grüße 🦊\u2028"), ensure_ascii=False)) + STOP
    events, error = await collect(streams(*(raw[at : at + 1] for at in range(len(raw)))))
    assert error is None
    assert events[0].data == chunk("Grüße 🦊\u2028")


async def test_it_replaces_broken_utf8_and_goes_on():
    events, error = await collect(streams(b'data: {"choices":[{"index":0,"delta":{"content":"a\xff\xc3b\\ud83d"}}]}\n\n', STOP, DONE))
    assert error is None
    assert events[0].data["choices"][0]["delta"]["content"] == "a\ufffd\ufffdb?"


async def test_it_takes_a_delta_of_a_megabyte():
    events, error = await collect(streams(frame(chunk("x" * 1_000_000)), STOP, DONE))
    assert error is None
    assert len(events[0].data["choices"][0]["delta"]["content"]) == 1_000_000


async def test_it_takes_a_hundred_thousand_tiny_deltas():
    tiny = frame(chunk("x"))
    events, error = await collect(streams(*[tiny * 1000] * 100, STOP, DONE), bounds=QUICK.__class__())
    assert (len(events), error) == (100_001, None)


async def test_it_hides_the_key_in_events():
    events, error = await collect(streams(frame(chunk(f"key {KEY}")), frame({"error": {"message": KEY, "code": KEY}})))
    assert events[0].data == chunk("key ****cdef")
    assert KEY not in str(error.as_dict())
