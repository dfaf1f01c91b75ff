"""How much a request may bring, asked of the application that the web process serves."""

import asyncio
import tempfile
from typing import Any

import pytest

from playground.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)
PIECE = b"x" * 1_000_000


async def send_body(pieces: int, *, told: bool, path: str = "/sign-in/", method: str = "POST", part: bool = False) -> dict[str, Any]:
    """Send so many megabytes; the status, headers and text of the answer, and how much was read of the body."""
    headers = [(b"host", b"localhost"), (b"content-type", b"multipart/form-data; boundary=x")]
    headers += [(b"hx-request", b"true")] if part else []
    if told:
        headers.append((b"content-length", str(pieces * len(PIECE)).encode()))
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers, "http_version": "1.1"}
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


A_PICTURE = "/images/01890a5d-ac96-774b-bcce-b302099a8057"
WITH_FILES = ("/images/upload/", f"{A_PICTURE}/edit/", f"{A_PICTURE}/mask/", f"{A_PICTURE}/variations/")


@pytest.mark.parametrize("path", WITH_FILES)
async def test_it_lets_pictures_through_where_they_are_taken(path):
    assert (await send_body(20, told=True, path=path))["status"] == 403
    assert (await send_body(52, told=False, path=path))["status"] == 403, "50 MB are 52.4 million bytes"


@pytest.mark.parametrize("told", [True, False])
async def test_it_refuses_what_is_more_than_a_picture_and_says_what_to_do(told):
    answer = await send_body(54, told=told, path="/images/upload/")
    assert answer["status"] == 413
    assert b"which is 50 MB" in answer["body"] and b"as JPEG" in answer["body"]


@pytest.mark.parametrize(
    "path", ["/images/", "/images/new/", "/images/zip/", "/chat/images/upload/", "/images/upload/more/", "/images/a/b/edit/"]
)
async def test_it_keeps_the_small_limit_everywhere_else(path):
    answer = await send_body(20, told=True, path=path)
    assert answer["status"] == 413
    assert b"which is 8 MB" in answer["body"] and b"JPEG" not in answer["body"]


async def test_it_takes_no_large_body_that_is_not_posted():
    assert (await send_body(20, told=True, path="/images/upload/", method="GET"))["status"] == 413


async def test_it_tells_a_page_that_stays_open_by_a_toast():
    answer = await send_body(54, told=True, path=f"{A_PICTURE}/edit/", part=True)
    assert (answer["status"], answer["headers"][b"hx-retarget"]) == (413, b"#toasts")
    assert b"<html" not in answer["body"] and b"which is 50 MB" in answer["body"]


A_RECORDING = "/transcribe/recordings/01890a5d-ac96-774b-bcce-b302099a8057"


async def test_it_takes_recordings_by_pieces_and_whole_where_there_are_no_scripts():
    assert (await send_body(4, told=True, path=f"{A_RECORDING}/pieces/3/"))["status"] == 403
    assert (await send_body(60, told=True, path="/transcribe/upload/"))["status"] == 403


async def test_it_refuses_a_piece_that_is_none_and_a_recording_without_end():
    answer = await send_body(6, told=False, path=f"{A_RECORDING}/pieces/3/")
    assert answer["status"] == 413 and b"which is 4 MB" in answer["body"]
    answer = await send_body(300, told=True, path="/transcribe/upload/")
    assert answer["status"] == 413
    assert b"which is 256 MB" in answer["body"] and b"fewer kilobits" in answer["body"] and b"JPEG" not in answer["body"]


@pytest.mark.parametrize("path", ["/transcribe/", "/transcribe/start/", f"{A_RECORDING}/finish/", f"{A_RECORDING}/rename/"])
async def test_it_keeps_the_small_limit_beside_the_pieces(path):
    assert (await send_body(20, told=True, path=path))["status"] == 413


@pytest.mark.parametrize("path", ["/safety/", "/similarity/", "/similarity/preview/"])
async def test_it_takes_tables_and_says_of_one_too_large_to_cut_it(path):
    assert (await send_body(60, told=True, path=path))["status"] == 403
    answer = await send_body(68, told=True, path=path)
    assert answer["status"] == 413 and b"which is 64 MB" in answer["body"]
    assert b"Cut the list into parts" in answer["body"] and b"JPEG" not in answer["body"]


async def test_an_export_of_chats_may_be_larger_than_attachments():
    assert (await send_body(60, told=True, path="/chat/import/"))["status"] != 413
    assert (await send_body(60, told=True, path="/chat/attach/"))["status"] == 413
