"""Stored files on their way out: in pieces, under a readable name, and never as something that could act."""

import asyncio
import contextlib
import io
import tracemalloc
import warnings

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404
from django.test import RequestFactory

from apps.core.serving import served

SIZE = 30_000_000
# The end of an answer lets go of old connections, also of one that a test before has opened.
pytestmark = pytest.mark.django_db


@pytest.fixture
def stored():
    """A picture as a row has it."""

    class Row:
        name = default_storage.save("tests/large", ContentFile(bytes(SIZE)))

        def open(self, mode):
            return default_storage.open(self.name, mode)

    row = Row()
    yield row
    default_storage.delete(row.name)


def test_it_needs_little_memory_where_the_web_process_sends_it(stored):
    async def sent() -> int:
        with contextlib.closing(served(stored, "image/png", "a.png")) as response:
            return sum([len(piece) async for piece in response])

    tracemalloc.start()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asyncio.run(sent()) == SIZE
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


def test_it_sends_the_same_without_a_loop(stored):
    with contextlib.closing(served(stored, "image/png", "a.png")) as response:
        assert (response["Content-Length"], len(b"".join(response))) == (str(SIZE), SIZE)


@pytest.mark.parametrize("content_type", ["image/svg+xml", "text/html", "application/pdf"])
def test_it_shows_nothing_that_could_act(stored, content_type):
    response = served(stored, content_type, "a", is_shown=True)
    assert response["Content-Type"] == "application/octet-stream" and response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    response.close()


def test_it_answers_404_for_what_the_storage_lost(stored):
    default_storage.delete(stored.name)
    with pytest.raises(Http404):
        served(stored, "image/png", "a.png")


# --- Parts of a file ---------------------------------------------------------------------------
LETTERS = bytes(range(256)) * 4_000


@pytest.fixture
def letters():
    """A sound of a megabyte whose bytes tell where they stood."""

    class Row:
        name = default_storage.save("tests/letters", ContentFile(LETTERS))

        def open(self, mode):
            return default_storage.open(self.name, mode)

    row = Row()
    yield row
    default_storage.delete(row.name)


def ask(row, method="GET", content_type="audio/mpeg", **headers):
    request = RequestFactory().generic(method, "/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return served(row, content_type, "a.mp3", is_shown=True, request=request)


def body_of(response):
    with contextlib.closing(response):
        return b"".join(response)


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=1000000-", 1_000_000, 1_024_000),
        ("bytes=-5", 1_023_995, 1_024_000),
        ("bytes=-99999999999", 0, 1_024_000),
        ("bytes=1023999-99999999999", 1_023_999, 1_024_000),
        ("bytes=0-", 0, 1_024_000),
        ("bytes = 300000-900000", 300_000, 900_001),
    ],
)
def test_it_sends_the_part_that_was_asked_for(letters, wanted, start, end):
    response = ask(letters, range=wanted)
    assert (response.status_code, response["Content-Range"]) == (206, f"bytes {start}-{end - 1}/1024000")
    assert response["Content-Length"] == str(end - start)
    assert body_of(response) == LETTERS[start:end]


@pytest.mark.parametrize("wanted", ["bytes=1024000-", "bytes=99999999999-", "bytes=-0", "bytes=1024000-1024001"])
def test_it_says_that_there_is_no_such_part(letters, wanted):
    response = ask(letters, range=wanted)
    assert (response.status_code, response["Content-Range"], response.content) == (416, "bytes */1024000", b"")
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    "wanted", ["bytes=-", "bytes=9-3", "bytes=0-1,5-6", "lines=0-5", "bytes=a-b", "bytes=1", "bytes=" + "9" * 30 + "-"]
)
def test_it_sends_all_where_no_one_part_is_asked_for(letters, wanted):
    response = ask(letters, range=wanted)
    assert (response.status_code, response["Accept-Ranges"]) == (200, "bytes")
    assert "Content-Range" not in response and body_of(response) == LETTERS


def test_it_sends_a_part_only_of_what_the_browser_has_begun_with(letters):
    tag = ask(letters, "HEAD")["ETag"]
    assert body_of(ask(letters, range="bytes=5-6", if_range=tag)) == LETTERS[5:7]
    for other in ('"another"', "Wed, 21 Oct 2026 07:28:00 GMT", f"W/{tag}"):
        assert body_of(ask(letters, range="bytes=5-6", if_range=other)) == LETTERS


def test_it_reads_nothing_for_headers_alone(letters):
    for headers in ({}, {"range": "bytes=5-6"}):
        response = ask(letters, "HEAD", **headers)
        assert (response.status_code, response["Content-Length"], response.content) == (200, "1024000", b"")


def test_it_has_the_same_headers_for_a_part(letters):
    whole, part = ask(letters), ask(letters, range="bytes=5-6")
    for name in ("Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options", "Cache-Control", "ETag"):
        assert whole[name] == part[name]
    assert part["Content-Type"] == "audio/mpeg" and part["Content-Disposition"].startswith("inline")
    whole.close()
    part.close()


@pytest.mark.parametrize("content_type", ["image/svg+xml", "text/html", "video/mp4"])
def test_it_shows_no_part_of_what_could_act(letters, content_type):
    response = ask(letters, content_type=content_type, range="bytes=5-6")
    assert response["Content-Type"] == "application/octet-stream" and response["Content-Disposition"].startswith("attachment")
    response.close()


def test_it_asks_a_store_elsewhere_for_these_bytes_alone():
    class Remote:
        """As much of an object of S3 as is used."""

        size, name, obj = len(LETTERS), "far", property(lambda self: self)

        def __init__(self):
            self.asked = []

        def open(self, mode):
            return self

        def get(self, Range):  # their name
            self.asked.append(Range)
            first, last = Range.removeprefix("bytes=").split("-")
            return {"Body": io.BytesIO(LETTERS[int(first) : int(last) + 1])}

        def close(self):
            self.asked.append("closed")

    remote = Remote()
    assert body_of(ask(remote, range="bytes=100-299999")) == LETTERS[100:300_000]
    assert remote.asked == ["bytes=100-299999", "closed"]
