"""Base64 inside a JSON answer goes to files while it comes, whatever is odd about it, and leaves none behind."""

import asyncio
import base64
import dataclasses
import errno
import gc
import json
import os
import tempfile
import threading
import time
import tracemalloc
from pathlib import Path

import pytest

from gateway import ApiRequest, GatewayError
from gateway.spilled import MOST_FILES, Spilled
from gateway.spilling import Spiller
from gateway.tests.raw_server import KEY, QUICK, answers_with, says, serving
from gateway.tests.test_stream_answer import frame

PICTURES = ApiRequest("POST", "/images/generations", json={"prompt": "a pier"}, spill=("b64_json",))
FIRST, SECOND = bytes(range(256)) * 6, b"\xff\xfe\xfb\xfa?>" * 77
ONE = base64.b64encode(FIRST).decode()


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Temporary folders are made here, so that each one left behind is seen."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def spill(*pieces, names=("b64_json",)):
    """What is left of the JSON, the files, and which of them are broken."""
    spiller = Spiller(names)
    for piece in pieces:
        spiller.feed(piece)
    left, spilled = spiller.end()
    if spilled is None:
        return left, [], set()
    with spilled:
        return left, [path.read_bytes() for path in spilled.paths], spilled.broken


def spill_text(text, *more):
    left, files, broken = spill(text.encode(), *more)
    return json.loads(left), files, broken


async def answered(script, request=PICTURES, bounds=QUICK):
    async with serving(script) as provider:
        return await provider.gateway(bounds).send(request)


async def failed(script, request=PICTURES, bounds=QUICK):
    with pytest.raises(GatewayError) as caught:
        await answered(script, request, bounds)
    return caught.value


SAMPLE = json.dumps(
    {
        "created": 1,
        "note": 'the text "b64_json": "QUJD" in a string \\',
        "data": [
            {"b64_json": ONE[:40], "revised_prompt": 'a "pier"'},
            {"b64_json": None, "url": "https://example.org/" + "x" * 60},
            {"b64_json": "", "b64_jsonx": "QUJD", "xb64_json": "QUJD"},
            {"b64_json": base64.urlsafe_b64encode(SECOND[:30]).decode().rstrip("=")},
            {"b64_json": "data:image/png;base64,QUJD"},
            {"b64_json": 4},
        ],
        "list": ["b64_json", ["b64_json"], {"x": "b64_json"}],
    },
    indent=1,
)
SAMPLE_FILES = [FIRST[:30], SECOND[:30], b"ABC"]


def sample_left():
    value = json.loads(SAMPLE)
    for number, at in enumerate((0, 3, 4)):
        value["data"][at]["b64_json"] = f"spilled:{number}"
    return value


def test_it_takes_the_values_of_the_named_field_and_nothing_else():
    assert spill_text(SAMPLE) == (sample_left(), SAMPLE_FILES, set())


@pytest.mark.parametrize(
    "dress", [str, lambda text: text.replace("/", "\\/").replace("+", "\\u002B").replace("b64_json", "\\u0062\\u00364_json")]
)
def test_it_finds_the_same_wherever_the_bytes_are_cut(dress):
    raw = dress(SAMPLE).encode()
    for cut in range(1, len(raw)):
        left, files, broken = spill(raw[:cut], raw[cut:])
        assert (json.loads(left), files, broken) == (sample_left(), SAMPLE_FILES, set()), cut
    left, files, broken = spill(*(raw[at : at + 1] for at in range(len(raw))))
    assert (json.loads(left), files, broken) == (sample_left(), SAMPLE_FILES, set())


def test_it_leaves_a_text_without_the_field_as_it_is():
    raw = b'{"data": [{"url": "x"}], "b64": "QUJD", "a\\\\": "b64_json", "": "\\""}  trailing "b64_json"'
    assert spill(raw) == (raw, [], set())


def test_it_takes_several_fields():
    left, files, _ = spill(b'{"audio":"QUI","b64_json":"QUJD"}', names=("b64_json", "audio"))
    assert (json.loads(left), files) == ({"audio": "spilled:0", "b64_json": "spilled:1"}, [b"AB", b"ABC"])


@pytest.mark.parametrize(
    "written",
    [
        '"b64_json":"QUJD"',
        '"b64_json"\n\t :\r\n "QUJD"',
        '"b64\\u005Fjson":"QUJD"',
        '"\\u0062\\u0036\\u0034\\u005f\\u006A\\u0073\\u006f\\u006E" : "QUJD"',
    ],
)
def test_it_knows_the_field_however_it_is_written(written):
    """A value that only looks like ours ("spilled:7") could else name a file of another picture."""
    for step in (1, 3, 1000):
        raw = b"{" + written.encode() + b"}"
        left, files, _ = spill(*(raw[at : at + step] for at in range(0, len(raw), step)))
        assert (json.loads(left), files) == ({"b64_json": "spilled:0"}, [b"ABC"])


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("QUJDRA==", b"ABCD"),
        ("QUJDRA", b"ABCD"),
        ("QUJDRA=", b"ABCD"),
        ("QUJDRA====", b"ABCD"),
        ("QU\\nJD\\r\\nRA==\\n", b"ABCD"),
        (" QUJD\\tRA ", b"ABCD"),
        ("QUJD\nRA==", b"ABCD"),
        ("\\u0051UJDRA\\u003d\\u003D", b"ABCD"),
        ("+/\\/-_\\u002b\\u002f", b"\xfb\xff\xff\xbe\xff\xfb"[:0]),
        ("DATA:image/svg+xml;charset=utf-8;BASE64,QUJDRA", b"ABCD"),
        ("data:;base64,QUJDRA", b"ABCD"),
        ("data:image/png;base64,", b""),
        ("data", base64.b64decode("data")),
        ("dataQUJD", base64.b64decode("dataQUJD")),
        (" ", b""),
    ],
)
def test_it_reads_base64_in_every_dress(text, data):
    if not data and text.startswith("+"):
        data = base64.b64decode("+//+/+/=")
    raw = ('{"b64_json":"' + text + '"}').encode()
    for step in (1, 2, 5, 1000):
        left, files, broken = spill(*(raw[at : at + step] for at in range(0, len(raw), step)))
        assert (json.loads(left), files, broken) == ({"b64_json": "spilled:0"}, [data], set())


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("QUJD!RA==", b"ABC"),
        ("QUJDR!A==", b"ABC"),
        ("QUJDRUY!", b"ABCEF"),
        ("QUJDR", b"ABC"),
        ("QUI=QUI=", b"AB"),
        ("QUI==x", b"AB"),
        ("a picture of a pier, they said.", base64.b64decode("apictureofapier=")),
        ("spilled:0", base64.b64decode("spilledA")[:5]),
        ("https://example.org/a.png", base64.b64decode("httpsA==")[:3]),
        ("data:image/png,QUJD", b""),
        ("data:image/png;base64", b""),
        ("data:" + "x" * 500 + ",QUJD", b""),
        ("QUJD\\u00e9QUJD", b"ABC"),
        ("QUJD\\u12zzQUJD", b"ABC"),
        ("QUJD\\xQUJD", b"ABC"),
        ('QUJD\\"QUJD', b"ABC"),
        ("QUJD\\\\", b"ABC"),
        ("QUJD\x00", b"ABC"),
    ],
)
def test_it_says_which_file_is_broken_and_keeps_what_came_before(text, data):
    raw = ('{"a": {"b64_json":"' + text + '"}, "b": {"b64_json":"QUJD"}}').encode()
    for step in (1, 4, 1000):
        left, files, broken = spill(*(raw[at : at + step] for at in range(0, len(raw), step)))
        assert (json.loads(left), broken) == ({"a": {"b64_json": "spilled:0"}, "b": {"b64_json": "spilled:1"}}, {0})
        assert files[0][: len(data) // 3 * 3] == data[: len(data) // 3 * 3]
        assert files[1] == b"ABC"


def test_it_is_not_slowed_down_by_what_is_made_for_it():
    hostile = [
        b'"",',
        b'"b64_json",',
        b'{"b64_json":null},',
        b'{"b64_json":""},',
        b'{"\\u0062":1},',
        b'"\\"",',
        b"[",
        b'{"b64_json":\n\n\n\n0},',
        b"\\",
    ]
    started = time.monotonic()
    for piece in hostile:
        spill(*[piece * (65_536 // len(piece))] * 64)
    spill(b'{"b64_json"', *[b" " * 65_536] * 64, b':"QUJD"}')
    spill(b'{"b64_json":"', *[b"\\u12zz" * 10_000] * 64, b'"}')
    spill(b'{"b64_json":"', *[b"=" * 65_536] * 64, b'"}')
    spill(b'{"x":"', *[b"\\\\" * 30_000] * 64, b'"}')
    assert time.monotonic() - started < 20


async def test_it_gives_the_files_beside_the_json():
    response = await answered(answers_with(SAMPLE.encode(), "200 OK", "application/json", "X-Request-Id: r1"))
    assert (response.json, response.body, response.request_id) == (sample_left(), b"", "r1")
    assert [path.read_bytes() for path in response.spilled.paths] == SAMPLE_FILES
    assert response.spilled.broken == set()


async def test_it_gives_no_files_where_there_are_none():
    response = await answered(answers_with(b'{"data":[{"url":"https://example.org/a.png","b64_json":null}]}'))
    assert (response.json["data"][0]["b64_json"], response.spilled) == (None, None)
    assert (await answered(answers_with(b""))).json is None
    assert (await answered(answers_with(ONE.encode(), content_type="image/png"))).body == ONE.encode()


async def test_it_spills_nothing_where_nothing_was_asked():
    response = await answered(answers_with(SAMPLE.encode()), dataclasses.replace(PICTURES, spill=()))
    assert (response.json, response.spilled) == (json.loads(SAMPLE), None)


async def test_it_knows_json_that_is_not_called_so():
    response = await answered(answers_with(SAMPLE.encode(), content_type="text/plain"))
    assert (response.json, len(response.spilled.paths)) == (sample_left(), 3)


async def test_it_saves_a_body_as_it_is_where_a_file_was_asked_for(tmp_path):
    async with serving(answers_with(SAMPLE.encode())) as provider:
        response = await provider.gateway().send(PICTURES, save_to=tmp_path / "answer")
    assert response.saved.read_bytes() == SAMPLE.encode()
    assert (response.json, response.spilled) == (json.loads(SAMPLE), None)


async def test_it_hides_the_key_in_what_is_left():
    value = {"data": [{"b64_json": "QUJD", "revised_prompt": f"key {KEY}"}]}
    response = await answered(answers_with(json.dumps(value).encode()))
    assert response.json == {"data": [{"b64_json": "spilled:0", "revised_prompt": "key ****cdef"}]}


async def test_it_removes_the_files_when_nobody_holds_them(temporary):
    response = await answered(answers_with(SAMPLE.encode()))
    spilled = response.spilled
    assert [path.name.startswith("playground-answer-") for path in temporary.iterdir()] == [True]
    del response, spilled
    for _ in range(100):  # the thread that made them lets go a moment later
        gc.collect()
        if not list(temporary.iterdir()):
            break
        await asyncio.sleep(0.01)
    assert list(temporary.iterdir()) == []


async def test_it_removes_the_files_when_they_are_closed(temporary):
    response = await answered(answers_with(SAMPLE.encode()))
    response.spilled.close()
    response.spilled.close()
    assert list(temporary.iterdir()) == []


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n"
FAULTS = {
    "cut": says(HEAD, b'{"data":[{"b64_json":"', ONE.encode() * 100),
    "half": answers_with(b'{"data":[{"b64_json":"' + ONE.encode()),
    "error": answers_with(b'{"error":{"message":"boom"},"data":[{"b64_json":"QUJD"}]}'),
    "too big": answers_with(b'{"data":[{"b64_json":"' + b"QUJD" * 1_100_000 + b'"}]}'),
    "too many": answers_with(b"[" + b'{"b64_json":"QUJD"},' * (MOST_FILES + 1) + b"{}]"),
    "page": answers_with(b'<html>"b64_json":"QUJD"', content_type="text/html"),
    "status": answers_with(b'{"error":{"message":"no"},"b64_json":"QUJD"}', "400 Bad Request"),
    "silence": says(HEAD + b'{"data":[{"b64_json":"' + ONE.encode() * 10, b"QUJD", pause=1.0),
}
KINDS = {"half": "cut", "error": "stream_error", "page": "not_api", "status": "bad_request", "silence": "timeout_silence"}


@pytest.mark.parametrize("fault", FAULTS)
async def test_it_leaves_no_file_behind_when_the_answer_is_none(fault, temporary):
    error = await failed(FAULTS[fault], bounds=dataclasses.replace(QUICK, silence=0.4))
    assert error.kind == KINDS.get(fault, "answer_too_big" if fault.startswith("too") else "cut")
    assert list(temporary.iterdir()) == []


async def test_it_counts_the_bytes_of_the_body(temporary):
    body = b'{"b64_json":"' + b"QUJD" * 1000 + b'"}'
    limits = dataclasses.replace(QUICK, max_bytes=len(body))
    response = await answered(answers_with(body), bounds=limits)
    assert response.spilled.paths[0].stat().st_size == 3000
    error = await failed(answers_with(body + b" "), bounds=limits)
    assert (error.kind, error.details) == ("answer_too_big", {"bytes": len(body)})


async def test_it_says_how_many_files_are_too_many():
    assert (await failed(FAULTS["too many"])).details == {"files": MOST_FILES}
    body = b"[" + b'{"b64_json":"QUJD"},' * MOST_FILES + b"{}]"
    assert len((await answered(answers_with(body))).spilled.paths) == MOST_FILES


class FullDisk:
    """A file on a disk without room: what is written waits, and is refused with the next piece or at the end."""

    def __init__(self, path):
        self.file = path.open("xb")

    def write(self, data):
        if data:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self):
        self.file.close()


async def test_it_raises_the_error_of_a_full_disk_and_leaves_nothing(monkeypatch, temporary):
    monkeypatch.setattr(Spilled, "open_next", lambda self: FullDisk(self.folder / "0"))
    with pytest.raises(OSError, match="No space left"):
        await answered(answers_with(SAMPLE.encode()))
    assert list(temporary.iterdir()) == []


async def test_it_raises_the_error_when_no_folder_can_be_made(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(OSError, match="missing"):
        await answered(answers_with(SAMPLE.encode()))


async def test_it_leaves_nothing_behind_when_the_call_is_stopped(temporary):
    async def script(talk):
        await talk.hear()
        await talk.say(HEAD, b'{"data":[{"b64_json":"', *[ONE.encode() * 40] * 8)
        await talk.hear_hang_up()

    async with serving(script) as provider:
        call = asyncio.create_task(provider.gateway().send(PICTURES))
        while not any(path.stat().st_size for path in temporary.glob("*/*")):
            await asyncio.sleep(0.005)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(provider.talks[0].hung_up.wait(), 1)
    assert list(temporary.iterdir()) == []


async def test_it_waits_for_the_disk_before_it_lets_go_of_a_stopped_call(monkeypatch, temporary):
    """The thread that writes cannot be stopped: it must not make a file in a folder that was removed before."""
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    real = Spilled.open_next

    def open_slowly(self):
        loop.call_soon_threadsafe(begun.set)
        time.sleep(0.3)
        return real(self)

    monkeypatch.setattr(Spilled, "open_next", open_slowly)
    async with serving(answers_with(SAMPLE.encode())) as provider:
        call = asyncio.create_task(provider.gateway().send(PICTURES))
        await begun.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert list(temporary.iterdir()) == []


async def test_it_reads_ten_large_pictures_in_little_memory():
    block = base64.b64encode(os.urandom(48 * 1024))
    blocks = 80
    size = 10 * (len(block) * blocks + len(b'{"b64_json":""},')) + 2
    picture = [b'{"b64_json":"', *[block] * blocks, b'"},']

    async def script(talk):
        await talk.hear()
        await talk.say(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n[".encode())
        for _ in range(9):
            await talk.say(*picture)
        await talk.say(*picture[:-1], b'"}]' + b" ")

    limits = dataclasses.replace(QUICK, max_bytes=size, total=60.0)
    tracemalloc.start()
    try:
        async with serving(script) as provider:
            response = await provider.gateway(limits).send(PICTURES)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [path.stat().st_size for path in response.spilled.paths] == [48 * 1024 * blocks] * 10
    assert response.spilled.paths[9].read_bytes()[-48 * 1024 :] == base64.b64decode(block)
    assert size > 52_000_000
    assert peak < 8_000_000
    response.spilled.close()


async def test_it_keeps_the_loop_free_while_it_decodes(monkeypatch):
    places = []

    class Watched(Spiller):
        def feed(self, data):
            places.append((threading.get_ident(), len(data)))
            super().feed(data)

    monkeypatch.setattr("gateway.answers.Spiller", Watched)
    body = b'{"b64_json":"' + b"QUJD" * 1_000_000 + b'"}'
    response = await answered(answers_with(body), bounds=dataclasses.replace(QUICK, max_bytes=len(body)))
    assert response.spilled.paths[0].stat().st_size == 3_000_000
    assert threading.get_ident() not in {thread for thread, _ in places}
    assert len(places) < len(body) / 60_000  # each hop to the thread is worth it


async def test_it_gives_a_whole_answer_to_a_stream_as_it_is():
    """A server that does not stream: its one object is one event, and holds its pictures itself."""
    request = dataclasses.replace(PICTURES, stream=True)
    async with serving(answers_with(SAMPLE.encode())) as provider, provider.gateway().stream(request) as stream:
        assert [event.data for event in [event async for event in stream]] == [json.loads(SAMPLE)]
    async with (
        serving(answers_with(frame({"type": "image_edit.completed", "b64_json": "QUJD"}), content_type="text/event-stream")) as provider,
        provider.gateway().stream(request) as stream,
    ):
        assert [event.data["b64_json"] async for event in stream] == ["QUJD"]


def test_it_names_its_folder_so_that_it_is_known(temporary: Path):
    with Spilled() as spilled:
        assert spilled.folder.parent == temporary
        assert spilled.folder.name.startswith("playground-answer-")
        assert spilled.folder.stat().st_mode & 0o077 == 0
    assert not spilled.folder.exists()
