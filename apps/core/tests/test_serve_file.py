"""Stored files on their way out: in pieces, under a readable name, and never as something that could act."""

import asyncio
import contextlib
import tracemalloc
import warnings

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404

from apps.core.serving import served

SIZE = 30_000_000


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
