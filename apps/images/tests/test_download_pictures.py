"""Several pictures as one ZIP file: whole, under readable names, bounded, and written down."""

import asyncio
import io
import threading
import time
import tracemalloc
import zipfile

import pytest
from django.core.files.base import ContentFile

from apps.accounts.models import AuditEntry, Role
from apps.core.file_names import safe_stem
from apps.images.downloads import MOST, file_name, zip_of
from apps.images.models import Picture
from apps.images.tests.rows import keep_picture
from apps.images.tests.test_list_gallery import fill

pytestmark = pytest.mark.django_db
URL = "/images/zip/"


def unpacked(answer) -> zipfile.ZipFile:
    async def read() -> bytes:
        return b"".join([chunk async for chunk in answer.streaming_content])

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(asyncio.run(read())))
    assert archive.testzip() is None
    return archive


def posted(client, rows):
    return client.post(URL, {"picture": [str(row.pk) for row in rows]})


def test_it_has_each_picture_as_it_is(as_editor, editor):
    rows = [keep_picture(editor, name=name) for name in ("A bowl", "A jug")]
    archive = unpacked(posted(as_editor, rows))
    assert archive.namelist() == ["A jug.png", "A bowl.png"]
    for row in rows:
        with row.file.open() as kept:
            assert archive.read(f"{row.name}.png") == kept.read()
    assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_its_names_are_told_apart_and_lead_nowhere(as_editor, editor):
    names = ["A bowl", "a BOWL", "A bowl", "../../etc/passwd", "C:\\x", "aux", "ميناء", "W" * 200, ".hidden", "a\u202eb"]
    found = unpacked(posted(as_editor, [keep_picture(editor, name=name) for name in names])).namelist()
    assert len({name.casefold() for name in found}) == len(names)
    assert {"A bowl.png", "A bowl 3.png", "a BOWL 2.png"} & set(found) and "ميناء.png" in found
    for name in found:
        assert not set(name) & set('/\\:*?"<>|') and not name.startswith(".") and len(name.encode()) < 200 and name.isprintable()


@pytest.mark.parametrize(
    ("text", "stem"), [("", "Picture"), ("...", "Picture"), ("con", "Picture con"), ("a / b", "a b"), ("é" * 300, "é" * 80)]
)
def test_every_name_is_one_that_a_disk_takes(text, stem):
    assert safe_stem(text, "Picture") == stem


def test_a_name_has_the_ending_of_its_content(editor):
    assert file_name(Picture(name="A bowl", content_type="image/webp")) == "A bowl.webp"
    assert file_name(Picture(name="", description="A jug", content_type="image/jpeg"), 2) == "A jug 2.jpg"


def test_it_is_written_down_by_numbers(as_editor, editor):
    rows = [keep_picture(editor, name="Secret bowl") for _number in range(2)]
    unpacked(posted(as_editor, rows))
    entry = AuditEntry.objects.get()
    assert (entry.act, set(entry.details["numbers"])) == ("data.exported", {str(row.pk) for row in rows})
    assert "Secret" not in f"{entry.target}{entry.details}"


def test_what_the_storage_lost_is_named(as_editor, editor):
    rows = [keep_picture(editor, name=name) for name in ("A bowl", "A jug")]
    rows[0].file.storage.delete(rows[0].file.name)
    archive = unpacked(posted(as_editor, rows))
    assert archive.namelist() == ["A jug.png", "Missing.txt"] and "A bowl.png" in archive.read("Missing.txt").decode()


def test_readers_may_have_them_too(client, viewer, editor):
    row = keep_picture(editor, name="A bowl")
    client.force_login(viewer.user)
    assert unpacked(posted(client, [row])).namelist() == ["A bowl.png"]


def test_pictures_of_others_are_missing(as_editor, editor, other_team, make_member):
    foreign = keep_picture(make_member(other_team, Role.EDITOR), name="Theirs")
    assert posted(as_editor, [foreign]).status_code == 404
    assert unpacked(posted(as_editor, [foreign, keep_picture(editor, name="Mine")])).namelist() == ["Mine.png"]
    assert str(foreign.pk) not in str([entry.details for entry in AuditEntry.objects.all()])


def test_too_many_are_refused_in_words(as_editor, editor):
    rows = fill(editor, MOST + 1)
    answer = as_editor.post(URL, {"picture": [str(row.pk) for row in rows]}, follow=True)
    assert "Choose 200 pictures at most." in answer.text
    assert not AuditEntry.objects.exists()


def test_it_needs_little_memory_for_much(editor):
    row = keep_picture(editor, name="Large")
    row.file.storage.delete(row.file.name)
    row.file.save("", ContentFile(bytes(20_000_000)), save=True)

    async def read() -> int:
        return sum([len(chunk) async for chunk in zip_of([row] * 5)])

    tracemalloc.start()
    size = asyncio.run(read())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 100_000_000 and peak < 5_000_000


def test_its_thread_ends_when_the_browser_goes_away(editor):
    row = keep_picture(editor, name="Large")
    row.file.save("", ContentFile(bytes(5_000_000)), save=True)

    async def begin_and_cancel() -> None:
        download = zip_of([row] * 20)
        await anext(aiter(download))
        download.close()

    asyncio.run(begin_and_cancel())
    until = time.monotonic() + 10
    while [thread for thread in threading.enumerate() if thread.name.startswith("pictures")]:
        assert time.monotonic() < until, "its thread is still there"
        time.sleep(0.05)
