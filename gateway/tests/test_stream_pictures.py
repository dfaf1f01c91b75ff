"""Pictures that come as events: when they are finished, how large one may be, and why one was stopped."""

import dataclasses
import json
import time

import pytest

from gateway import ApiRequest, GatewayError, Incomplete, Refused
from gateway.tests.raw_server import KEY, QUICK, answers_with, serving, stream_head, streams
from gateway.tests.test_stream_answer import DONE, frame

BLOCKED = {
    "message": "Your request was rejected by the safety system.",
    "type": "image_generation_user_error",
    "param": None,
    "code": "moderation_blocked",
    "moderation_details": {"moderation_stage": "output", "categories": ["violence", "self-harm"]},
}
STOPPED = {"moderation_stage": "output", "categories": ["violence", "self-harm"]}


def partial(index=0, act="image_generation", **more):
    return frame({"type": f"{act}.partial_image", "b64_json": "QUJD", "partial_image_index": index} | more, f"{act}.partial_image")


def whole(act="image_generation", **more):
    return frame({"type": f"{act}.completed", "b64_json": "QUJDRA==", "usage": {"total_tokens": 9}} | more, f"{act}.completed")


def asked(n=None, as_form=False):
    if as_form:
        fields = (("prompt", "a pier"), *((("n", str(n)),) if n is not None else ()))
        return ApiRequest("POST", "/images/edits", fields=fields, stream=True)
    return ApiRequest("POST", "/images/generations", json={"prompt": "a pier"} | ({} if n is None else {"n": n}), stream=True)


async def collect(script, request=None, bounds=QUICK):
    """The types of the events, and the error that ended the stream or None."""
    kinds = []
    async with serving(script) as provider:
        try:
            async with provider.gateway(bounds).stream(request or asked()) as stream:
                async for event in stream:
                    kinds.append(event.data["type"].partition(".")[2])
        except GatewayError as error:
            return kinds, error
    return kinds, None


@pytest.mark.parametrize("act", ["image_generation", "image_edit"])
@pytest.mark.parametrize("end", [[], [DONE]], ids=["no mark", "mark"])
async def test_it_takes_a_picture_for_finished_when_it_is_whole(act, end):
    script = streams(partial(0, act), partial(1, act), whole(act), *end)
    assert await collect(script, asked(as_form=act == "image_edit")) == (["partial_image", "partial_image", "completed"], None)
    assert await collect(streams(whole(act), *end)) == (["completed"], None)


@pytest.mark.parametrize(
    "pieces", [[partial()], [partial(), DONE], [partial(0), partial(1), DONE], [whole(), partial(), DONE], [whole(), partial()]]
)
async def test_it_says_that_a_picture_is_only_begun(pieces):
    kinds, error = await collect(streams(*pieces), asked(2))
    assert isinstance(error, Incomplete)
    assert len(kinds) == len([piece for piece in pieces if piece != DONE])


@pytest.mark.parametrize("as_form", [False, True])
async def test_it_waits_for_all_pictures_that_were_asked_for(as_form, monkeypatch):
    """The time that is given for the end mark begins with the last picture, not with the first."""
    monkeypatch.setattr("gateway.streams.AFTER_THE_END", 0.1)

    async def script(talk):
        await talk.hear()
        await talk.say(stream_head(), whole(), whole(), whole(), pause=0.3)
        await talk.hear_hang_up()

    started = time.monotonic()
    assert await collect(script, asked(3, as_form)) == (["completed"] * 3, None)
    assert 0.9 < time.monotonic() - started < 4


async def test_it_gives_all_pictures_that_come_at_once_though_one_was_asked_for():
    assert await collect(streams(whole() + whole() + whole())) == (["completed"] * 3, None)
    assert await collect(streams(whole() + whole() + DONE + whole()), asked("x")) == (["completed"] * 2, None)


async def test_it_takes_fewer_pictures_than_asked_where_the_body_ends_in_order():
    assert await collect(streams(whole(), whole()), asked(4)) == (["completed"] * 2, None)
    assert await collect(streams(whole(), DONE), asked(4)) == (["completed"], None)


@pytest.mark.parametrize(("n", "kind"), [(2, "cut"), (1, None)])
async def test_it_says_when_the_line_broke_before_the_last_picture(n, kind):
    async def script(talk):
        await talk.hear()
        await talk.say(stream_head("text/event-stream", "Content-Length: 900000"), whole())

    kinds, error = await collect(script, asked(n))
    assert (kinds, error and error.kind) == (["completed"], kind)


async def test_it_says_when_the_line_fell_silent_before_the_last_picture():
    async def script(talk):
        await talk.hear()
        await talk.say(stream_head(), whole())
        await talk.hear_hang_up()

    kinds, error = await collect(script, asked(2), dataclasses.replace(QUICK, silence=0.2))
    assert (kinds, error.kind) == (["completed"], "timeout_silence")


async def test_it_takes_one_event_of_twenty_megabytes():
    size = 28_000_000
    raw = frame({"type": "image_generation.completed", "b64_json": "QUJD" * (size // 4)})
    pieces = [raw[at : at + 100_000] for at in range(0, len(raw), 100_000)]
    roomy = dataclasses.replace(QUICK, max_bytes=len(raw), total=30.0)
    assert await collect(streams(*pieces), bounds=roomy) == (["completed"], None)
    _, error = await collect(streams(*pieces), bounds=dataclasses.replace(roomy, max_bytes=len(raw) - 1))
    assert error.kind == "answer_too_big"


async def test_it_reads_a_large_whole_answer_to_a_stream():
    """A server that does not stream sends all its pictures in one object."""
    body = json.dumps({"created": 1, "data": [{"b64_json": "QUJD" * 10_000_000}]}).encode()
    async with serving(answers_with(body)) as provider:
        roomy = dataclasses.replace(QUICK, max_bytes=len(body), total=30.0)
        async with provider.gateway(roomy).stream(asked()) as stream:
            events = [event async for event in stream]
    assert len(events[0].data["data"][0]["b64_json"]) == 40_000_000


SHAPES = {
    "object": frame({"error": BLOCKED}),
    "typed": frame({"type": "error", "error": BLOCKED}, "error"),
    "named": frame(BLOCKED, "error"),
    "bare": frame(BLOCKED),
    "flat": frame(BLOCKED | {"type": "error"}),
    "failed response": frame({"type": "response.failed", "response": {"status": "failed", "error": BLOCKED}}),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("before", [[], [partial()], [whole()]], ids=["at once", "after a sketch", "after a picture"])
async def test_it_says_that_the_safety_system_stopped_a_picture(shape, before):
    kinds, error = await collect(streams(*before, SHAPES[shape], DONE), asked(2))
    assert kinds[: len(before)] == [json.loads(piece.split(b"data: ")[1])["type"].partition(".")[2] for piece in before]
    assert (error.kind, error.code, error.reached_provider) == ("policy", "moderation_blocked", True)
    assert error.details == {"message": BLOCKED["message"], "moderation_details": STOPPED}


async def refused(body):
    async with serving(answers_with(json.dumps(body).encode(), "400 Bad Request")) as provider:
        with pytest.raises(Refused) as caught:
            await provider.gateway().send(dataclasses.replace(asked(), stream=False))
    return caught.value


async def test_it_says_so_of_a_refused_request_too():
    error = await refused({"error": BLOCKED})
    assert (error.kind, error.code, error.status, error.details["moderation_details"]) == ("policy", "moderation_blocked", 400, STOPPED)
    error = await refused({"error": BLOCKED | {"code": None}})
    assert (error.kind, error.code) == ("policy", "image_generation_user_error")


async def test_it_says_so_of_an_error_object_at_200():
    async with serving(answers_with(json.dumps({"error": BLOCKED}).encode())) as provider:
        with pytest.raises(GatewayError) as caught:
            await provider.gateway().send(dataclasses.replace(asked(), stream=False, spill=("b64_json",)))
    assert (caught.value.kind, caught.value.details["moderation_details"]) == ("policy", STOPPED)


async def test_it_takes_no_other_mistake_in_a_picture_for_a_matter_of_safety():
    mistake = {"message": "The picture could not be read.", "type": "image_generation_user_error", "code": "invalid_image"}
    assert (await collect(streams(frame(mistake))))[1].kind == "stream_error"
    assert (await refused({"error": mistake})).kind == "bad_request"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (None, None),
        ("violence", None),
        ({}, {"moderation_stage": "unknown", "categories": []}),
        ({"moderation_stage": 7, "categories": "violence"}, {"moderation_stage": "7", "categories": []}),
        (
            {"moderation_stage": "INPUT", "categories": [None, "a" * 500, 3, "b"]},
            {"moderation_stage": "input", "categories": ["a" * 100, "b"]},
        ),
        (
            {"moderation_stage": "input", "categories": [f"c{at}" for at in range(99)]},
            {"moderation_stage": "input", "categories": [f"c{at}" for at in range(20)]},
        ),
        (
            {"moderation_stage": KEY, "categories": [KEY, f"see {KEY}"]},
            {"moderation_stage": "****cdef", "categories": ["****cdef", "see ****cdef"]},
        ),
    ],
)
async def test_it_keeps_of_the_details_what_can_be_told(told, kept):
    error = await refused({"error": BLOCKED | {"moderation_details": told}})
    assert error.details.get("moderation_details") == kept
    assert error.kind == "policy"
    assert KEY not in str(error.as_dict())
