"""Looking at whatever a server answers, to find out what it is."""

import pytest

from gateway import ApiRequest, Bounds, GatewayError
from gateway.client import LONGEST_LOOK
from gateway.tests.raw_server import answers_with, says, serving

LOOK = ApiRequest("GET", "/version")
KEY = "sk-look-0123456789abcdef"


async def looked(script, **options):
    async with serving(script) as provider:
        return await provider.gateway(**options).probe(LOOK)


@pytest.mark.parametrize("status", ["200 OK", "307 Temporary Redirect", "401 Unauthorized", "404 Not Found", "501 Not Implemented"])
async def test_it_gives_every_status_as_it_is(status):
    answer = await looked(answers_with(b'{"detail": "Not Found"}', status))
    assert (answer.status, answer.json, answer.body) == (int(status[:3]), {"detail": "Not Found"}, b'{"detail": "Not Found"}')


@pytest.mark.parametrize(("body", "value"), [(b"<!doctype html>", None), (b"", None), (b'{"half": ', None), (b'"text"', "text")])
async def test_it_gives_the_body_whatever_it_is(body, value):
    answer = await looked(answers_with(body, content_type="text/html"))
    assert (answer.body, answer.json) == (body, value)


async def test_it_reads_the_beginning_of_a_long_body():
    answer = await looked(answers_with(b"x" * (LONGEST_LOOK * 4)))
    assert LONGEST_LOOK <= len(answer.body) < LONGEST_LOOK * 3


async def test_it_keeps_what_came_of_a_body_that_breaks_off():
    answer = await looked(says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"))
    assert (answer.status, answer.body) == (200, b"half")


async def test_it_masks_the_key_in_what_comes_back():
    answer = await looked(answers_with(f'{{"key": "{KEY}"}}'.encode(), "401 Unauthorized", "application/json", f"X-Key: {KEY}"), key=KEY)
    assert KEY not in repr(answer)
    assert answer.json["key"].endswith("cdef")


async def test_it_says_when_there_is_no_answer_at_all():
    with pytest.raises(GatewayError) as caught:
        await looked(says(b""), bounds=Bounds(first_byte=0.3, total=1))
    assert caught.value.kind in {"cut", "timeout_first_byte"}
