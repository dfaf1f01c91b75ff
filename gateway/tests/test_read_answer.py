"""Whole answers, in every dress they come in."""

import asyncio
import gzip
import re
import time

import pytest

from gateway import ApiRequest, GatewayError
from gateway.tests.raw_server import CHAT, answer, answers_with, says, serving

SPEECH = ApiRequest("POST", "/audio/speech", json={"model": "m", "input": "x"})


async def answered(script, request=CHAT, **options):
    async with serving(script) as provider:
        return await provider.gateway().send(request, **options)


async def failed(script, request=CHAT, **options):
    with pytest.raises(GatewayError) as caught:
        await answered(script, request, **options)
    return caught.value


async def test_it_gives_the_json_with_its_head_and_times():
    async def script(talk):
        await talk.hear()
        await asyncio.sleep(0.1)
        await talk.say(answer(b'{"id":"1"}', "201 Created", "application/json; charset=utf-8", "X-Request-Id: req-7"))

    started = time.monotonic()
    response = await answered(script)
    assert (response.status, response.json, response.body) == (201, {"id": "1"}, b"")
    assert (response.request_id, response.headers["x-request-id"], response.content_type) == ("req-7", "req-7", "application/json")
    assert 90 <= response.first_byte_ms <= response.total_ms <= 1000 * (time.monotonic() - started) + 1  # whole ones


@pytest.mark.parametrize("name", ["x-request-id", "apim-request-id", "x-litellm-call-id"])
async def test_it_finds_the_request_id_under_each_name(name):
    assert (await answered(answers_with(b"{}", "200 OK", "application/json", f"{name}: r"))).request_id == "r"


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/octet-stream", "application/problem+json"])
async def test_it_knows_json_though_the_type_does_not_say_so(content_type):
    assert (await answered(answers_with(b' {"a":1}', content_type=content_type))).json == {"a": 1}


@pytest.mark.parametrize("body", [b"Hello, world.", b"[Music]", b"1\n00:00:00,000 --> 00:00:01,000\nHi\n", b"{not json"])
async def test_it_leaves_a_text_a_text(body):
    response = await answered(answers_with(body, content_type="text/plain; charset=utf-8"))
    assert (response.json, response.body) == (None, body)


async def test_it_reads_an_answer_without_a_body():
    assert (await answered(says(b"HTTP/1.1 204 No Content\r\n\r\n"))).json is None
    assert (await answered(answers_with(b""))).json is None


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a":"\xff\xfe!"}', {"a": "\ufffd\ufffd!"}),
        (b'{"a":"\\ud83d"}', {"a": "?"}),
        (b'{"a":"\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a":NaN,"b":-Infinity}', {"a": None, "b": None}),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'{"a":123456789012345678901234567890}', {"a": pytest.approx(1.2345678901234568e29)}),
    ],
)
async def test_it_reads_broken_text_and_numbers_as_well_as_can_be(raw, value):
    assert (await answered(answers_with(raw))).json == value


async def test_it_unpacks_compressed_answers():
    assert (await answered(answers_with(gzip.compress(b'{"a":1}'), "200 OK", "application/json", "Content-Encoding: gzip"))).json == {
        "a": 1
    }


async def test_it_streams_sound_to_a_file(tmp_path):
    sound = bytes(range(256)) * 4000
    response = await answered(answers_with(sound, content_type="audio/mpeg"), SPEECH, save_to=tmp_path / "a.mp3")
    assert response.saved == tmp_path / "a.mp3"
    assert response.saved.read_bytes() == sound
    assert (response.json, response.body, response.content_type) == (None, b"", "audio/mpeg")


async def test_it_saves_and_decodes_json_where_a_file_was_asked_for(tmp_path):
    response = await answered(answers_with(b'{"id": 1}'), SPEECH, save_to=tmp_path / "a")
    assert response.json == {"id": 1}
    assert response.saved.read_bytes() == b'{"id": 1}'


async def test_it_saves_lines_of_json_as_they_are(tmp_path):
    lines = b'{"a":1}\n{"a":2}\n'
    assert (await answered(answers_with(lines), SPEECH, save_to=tmp_path / "a")).saved.read_bytes() == lines


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (says(b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 900000\r\n\r\n", b"x" * 500_000), "cut"),
        (answers_with(b"<html>", content_type="text/html"), "not_api"),
        (answers_with(b'{"error":{"message":"no voice"}}'), "stream_error"),
        (answers_with(b'{"error":"x"}', "500 Server Error"), "server"),
        (answers_with(b"x" * (5 * 1024 * 1024), content_type="audio/mpeg"), "answer_too_big"),
    ],
)
async def test_it_leaves_no_half_file_behind(script, kind, tmp_path):
    assert (await failed(script, SPEECH, save_to=tmp_path / "a.mp3")).kind == kind
    assert list(tmp_path.iterdir()) == []


async def test_it_raises_the_disk_error_when_the_file_cannot_be_written(tmp_path):
    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        await answered(answers_with(b"x", content_type="audio/mpeg"), SPEECH, save_to=tmp_path / "missing" / "a.mp3")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<!doctype html><title>Login</title>", "text/html"),
        (b"<html>", "application/json"),
        (b"OK", "application/json"),
    ],
)
async def test_it_says_that_something_else_than_the_api_answers(body, content_type):
    error = await failed(answers_with(body, content_type=content_type))
    assert (error.kind, error.status, error.reached_provider) == ("not_api", 200, True)
    assert "/v1" in error.sentence


async def test_it_says_that_an_answer_is_only_half():
    assert (await failed(answers_with(b'{"a":'))).kind == "cut"


async def test_it_says_when_what_answers_speaks_no_http():
    error = await failed(says(b"SSH-2.0-OpenSSH_9.6\r\n"))
    assert (error.kind, error.reached_provider) == ("not_api", True)


@pytest.mark.parametrize("body", [b'{"error":{"message":"boom","code":500}}', b'{"error":"boom"}'])
async def test_it_takes_an_error_object_at_200_for_an_error(body):
    error = await failed(answers_with(body))
    assert (error.kind, error.details["message"]) == ("stream_error", "boom")


@pytest.mark.parametrize(
    "body",
    [
        b'{"id":"r","object":"response","status":"failed","error":{"message":"x"}}',
        b'{"id":"ft","error":{"code":"x"}}',
        b'{"id":"c","error":null}',
    ],
)
async def test_it_takes_an_object_that_tells_of_an_error_for_an_answer(body):
    assert (await answered(answers_with(body))).json["id"]


@pytest.mark.parametrize(
    "status",
    ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect", "304 Not Modified"],
)
async def test_it_follows_no_redirect(status):
    async with serving(answers_with(b"stolen")) as other:
        error = await failed(answers_with(b"", status, "text/html", f"Location: {other.origin}/v1/chat/completions"))
    assert error.kind == "not_api"
    assert error.details["location"] == f"{other.origin}/v1/chat/completions"
    assert other.talks == []


async def test_it_reuses_a_connection_for_the_next_call():
    async def script(talk):
        for _ in range(2):
            await talk.hear()
            await talk.say(answer(b"{}"))

    async with serving(script) as provider:
        gateway = provider.gateway()
        await gateway.send(CHAT)
        await gateway.send(CHAT)
    assert (len(provider.talks), len(provider.received)) == (1, 2)
