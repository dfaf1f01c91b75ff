"""How long and how much: each bound at its limit, and each told by its own kind.

A test shortens the one bound it is about. All others are ample, so that a machine with much else to do reaches none of them.
"""

import asyncio
import dataclasses
import gzip
import socket
import time

import pytest

from gateway import ApiRequest, FilePart, GatewayError
from gateway.tests.raw_server import CHAT, CHAT_STREAM, PATIENCE, QUICK, answer, says, serving, stream_head, streams
from gateway.tests.test_stream_answer import DONE, HELLO, STOP, collect

SOON = PATIENCE / 2  # s; sooner than any bound that a test left alone, many times a bound that it shortened


def bounds(**changes):
    return dataclasses.replace(QUICK, **changes)


async def hang(talk):
    await talk.hear()
    await talk.hear_hang_up()


async def refused(provider, limits, request=CHAT, **changes):
    started = time.monotonic()
    with pytest.raises(GatewayError) as caught:
        if request.stream:
            async with provider.gateway(limits, **changes).stream(request) as stream:
                async for _ in stream:
                    pass
        else:
            await provider.gateway(limits, **changes).send(request)
    return caught.value, time.monotonic() - started


async def test_it_gives_up_a_connection_that_does_not_come_about():
    """A listening socket whose queue is full answers no further connection."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = listener.getsockname()[1]
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
        fillers.append(filler)
    try:
        async with serving(hang) as provider:
            provider.port = port
            error, seconds = await refused(provider, bounds(connect=0.2))
    finally:
        for each in (*fillers, listener):
            each.close()
    assert (error.kind, error.reached_provider, error.details) == ("timeout_connect", False, {"seconds": 0.2})
    assert seconds < SOON


@pytest.mark.parametrize("request_", [CHAT, CHAT_STREAM, ApiRequest("GET", "/models"), ApiRequest("POST", "/responses/1/cancel")])
async def test_it_waits_only_so_long_for_the_first_byte(request_):
    async with serving(hang) as provider:
        error, seconds = await refused(provider, bounds(first_byte=0.2), request_)
        await provider.hear_hang_up()
    assert (error.kind, error.reached_provider, error.status) == ("timeout_first_byte", True, None)
    assert 0.2 <= seconds < SOON


async def test_it_counts_the_wait_for_the_first_byte_after_an_early_head_too():
    async def script(talk):
        await talk.hear()
        await talk.say(stream_head())
        await talk.hear_hang_up()

    async with serving(script) as provider:
        error, seconds = await refused(provider, bounds(first_byte=0.2), CHAT_STREAM)
    assert (error.kind, error.status) == ("timeout_first_byte", 200)
    assert seconds < SOON


async def test_it_gives_a_slow_first_byte_the_time_that_was_allowed():
    async def script(talk):
        await talk.hear()
        await asyncio.sleep(0.4)
        await talk.say(stream_head())
        await asyncio.sleep(0.4)
        await talk.say(HELLO, DONE)

    events, error = await collect(script, bounds(silence=0.2))
    assert (len(events), error) == (1, None)


async def test_it_ends_a_stream_that_falls_silent_and_keeps_what_came():
    async def script(talk):
        await talk.hear()
        await talk.say(stream_head(), HELLO)
        await talk.hear_hang_up()

    events, error = await collect(script, bounds(silence=0.2))
    assert (len(events), error.kind, error.details["seconds"]) == (1, "timeout_silence", 0.2)


async def test_it_takes_comments_for_signs_of_life():
    events, error = await collect(says(stream_head(), *[b": ping\n\n"] * 8, HELLO, DONE, pause=0.25), bounds(silence=1.5))
    assert (len(events), error) == (1, None)


@pytest.mark.parametrize("piece", [b": ping\n\n", HELLO])
async def test_it_ends_a_stream_that_drips_for_ever(piece):
    async def script(talk):
        await talk.hear()
        await talk.say(stream_head(), *[piece] * 1000, pause=0.05)

    events, error = await collect(script, bounds(total=0.5))
    assert error.kind == "timeout_total"
    assert len(events) < 20


async def test_it_ends_a_stream_that_floods_for_ever():
    async def script(talk):
        await talk.hear()
        await talk.say(stream_head())
        while True:
            await talk.say(HELLO * 1000)

    started = time.monotonic()
    _, error = await collect(script, bounds(total=0.5, max_bytes=10**12))
    assert error.kind == "timeout_total"
    assert time.monotonic() - started < SOON


async def test_it_does_not_wait_for_the_end_mark_of_an_answer_that_is_finished(monkeypatch):
    monkeypatch.setattr("gateway.streams.AFTER_THE_END", 0.1)

    async def script(talk):
        await talk.hear()
        await talk.say(stream_head(), HELLO, STOP)
        await talk.hear_hang_up()

    started = time.monotonic()
    events, error = await collect(script)
    assert (len(events), error) == (2, None)
    assert time.monotonic() - started < SOON


async def test_it_does_not_listen_for_ever_to_signs_of_life_after_the_end(monkeypatch):
    monkeypatch.setattr("gateway.streams.AFTER_THE_END", 0.2)
    started = time.monotonic()
    events, error = await collect(says(stream_head(), HELLO, STOP, *[b": ping\n\n"] * 200, pause=0.05))
    assert (len(events), error) == (2, None)
    assert time.monotonic() - started < SOON


async def test_it_bounds_the_whole_call_also_before_an_answer():
    async with serving(hang) as provider:
        error, _ = await refused(provider, bounds(total=0.2))
    assert (error.kind, error.reached_provider) == ("timeout_total", True)


@pytest.mark.parametrize(
    "make", [lambda size: answer(b"x" * size, content_type="audio/mpeg"), lambda size: answer(b'"' + b"x" * (size - 2) + b'"')]
)
async def test_it_takes_an_answer_up_to_the_bound_and_not_a_byte_more(make):
    limits = bounds(max_bytes=100_000)
    async with serving(says(make(100_000))) as provider:
        await provider.gateway(limits).send(CHAT)
    async with serving(says(make(100_001))) as provider:
        error, _ = await refused(provider, limits)
    assert (error.kind, error.details["bytes"]) == ("answer_too_big", 100_000)


async def test_it_bounds_a_stream_and_one_event_of_it():
    limits = bounds(max_bytes=100_000)
    _, error = await collect(streams(*[HELLO] * 5000, DONE), limits)
    assert error.kind == "answer_too_big"
    _, error = await collect(streams(b"data: ", b"x" * 200_000), limits)
    assert error.kind == "answer_too_big"


async def test_it_bounds_what_a_packed_answer_unpacks_to():
    packed = gzip.compress(b" " * 50_000_000)
    async with serving(says(answer(packed, "200 OK", "application/json", "Content-Encoding: gzip"))) as provider:
        error, _ = await refused(provider, bounds(max_bytes=100_000))
    assert error.kind == "answer_too_big"


async def test_it_gives_up_a_provider_that_does_not_take_the_request(tmp_path):
    upload = tmp_path / "big"
    upload.write_bytes(b"x" * 30_000_000)

    async def script(talk):
        await talk.hear_head()
        await asyncio.sleep(PATIENCE)

    request = ApiRequest("POST", "/files", files=(FilePart("file", upload, "big", "text/plain"),))
    async with serving(script) as provider:
        error, seconds = await refused(provider, bounds(write=0.2), request)
    assert (error.kind, error.reached_provider) == ("timeout_silence", True)
    assert seconds < SOON


async def test_it_lets_a_slow_upload_go_on_as_long_as_it_moves(tmp_path):
    upload = tmp_path / "big"
    upload.write_bytes(b"x" * 12_000_000)

    async def script(talk):
        head = await talk.hear_head()
        left = int(head.headers["content-length"])
        while left:
            left -= len(await talk.reader.read(100_000))
            await asyncio.sleep(0.02)
        await talk.say(answer(b"{}"))

    request = ApiRequest("POST", "/files", files=(FilePart("file", upload, "big", "text/plain"),))
    async with serving(script) as provider:
        response = await provider.gateway(bounds(write=1.5)).send(request)
    assert response.total_ms > 1500


async def test_it_takes_other_bounds_for_one_call():
    async with serving(hang) as provider:
        started = time.monotonic()
        with pytest.raises(GatewayError) as caught:
            await provider.gateway().send(CHAT, bounds=bounds(first_byte=0.2))
    assert caught.value.kind == "timeout_first_byte"
    assert time.monotonic() - started < SOON
