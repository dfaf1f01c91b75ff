"""How much a request may bring, asked of the application that the web process serves."""

import asyncio
import tempfile
from typing import Any

import pytest

from playground.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)
PIECE = b"x" * 1_000_000


async def send_body(pieces: int, *, told: bool) -> dict[str, Any]:
    """Post so many megabytes; the status, headers and text of the answer, and how much was read of the body."""
    headers = [(b"host", b"localhost"), (b"content-type", b"multipart/form-data; boundary=x")]
    if told:
        headers.append((b"content-length", str(pieces * len(PIECE)).encode()))
    scope = {"type": "http", "method": "POST", "path": "/sign-in/", "query_string": b"", "headers": headers, "http_version": "1.1"}
    left = pieces
    answer: dict[str, Any] = {"read": 0, "body": b""}

    async def receive() -> dict[str, Any]:
        nonlocal left
        if left == 0:  # the browser waits for the answer
            await asyncio.Event().wait()
        left -= 1
        answer["read"] += 1
        return {"type": "http.request", "body": PIECE, "more_body": left > 0}

    async def send(event: dict[str, Any]) -> None:
        answer.update({"status": event["status"], "headers": dict(event["headers"])} if "status" in event else {})
        answer["body"] += event.get("body", b"")

    await application(scope, receive, send)
    return answer


@pytest.mark.parametrize("told", [True, False])
async def test_it_refuses_a_body_above_the_limit_in_words(told):
    answer = await send_body(20, told=told)
    assert answer["status"] == 413
    assert b"larger than this server takes" in answer["body"]
    assert b"content-security-policy" in answer["headers"]
    assert answer["read"] == 20, "a browser sees an answer only when its body was taken"


async def test_it_stops_reading_a_body_without_end():
    assert (await send_body(10_000, told=False))["read"] < 100


async def test_it_writes_no_more_to_the_disk_than_the_limit(monkeypatch):
    written = []
    original = tempfile.SpooledTemporaryFile.write
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "write", lambda file, data: written.append(len(data)) or original(file, data))
    await send_body(60, told=False)
    assert sum(written) < 9_000_000


async def test_it_lets_ordinary_bodies_through():
    assert (await send_body(1, told=True))["status"] == 403  # no token of a form: it came as far as that
