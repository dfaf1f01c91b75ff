"""Large files that come in parts, through the official client."""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from openai import AsyncOpenAI, BadRequestError

from engines.tests.conftest import wait_for
from engines.tests.stored import Keeper, check, noise, running_keeper
from engines.uploads.limits import MB, MOST_PART_BYTES

pytestmark = pytest.mark.engines
NEW = {"filename": "a.bin", "purpose": "vision", "bytes": 10, "mime_type": "application/octet-stream"}


@pytest.fixture(autouse=True)
def nothing_stays(keeper: Keeper) -> Iterator[None]:
    yield
    for file in keeper.client.files.list():
        keeper.client.files.delete(file.id)
    with sqlite3.connect(keeper.data / "index.sqlite3") as connection:
        pending = [row[0] for row in connection.execute("SELECT id FROM uploads WHERE status = 'pending' AND expires_at > 1")]
    connection.close()
    for upload in pending:
        assert keeper.client.uploads.cancel(upload).status == "cancelled"
    wait_for(lambda: keeper.on_disk() == [])


def begin(keeper: Keeper, size: int, *parts: bytes) -> tuple[str, list[str]]:
    upload = keeper.client.uploads.create(bytes=size, filename="a.bin", mime_type="image/png", purpose="vision").id
    return upload, [keeper.client.uploads.parts.create(upload, data=part).id for part in parts]


def complete(keeper: Keeper, upload: str, parts: object, **more: object):
    return keeper.call("POST", f"/v1/uploads/{upload}/complete", json={"part_ids": parts, **more})


def test_it_makes_one_file_of_all_parts(keeper: Keeper, tmp_path) -> None:
    content = noise(1_000_003)
    path = tmp_path / "story.bin"
    path.write_bytes(content)
    md5 = hashlib.md5(content).hexdigest()
    done = keeper.client.uploads.upload_file_chunked(file=path, mime_type="text/plain", purpose="vision", part_size=300_000, md5=md5)
    assert (done.status, done.object, done.bytes, done.filename, done.purpose) == ("completed", "upload", 1_000_003, "story.bin", "vision")
    assert done.expires_at == done.created_at + 3600
    assert done.file == keeper.client.files.retrieve(done.file.id)
    assert (done.file.bytes, done.file.filename) == (1_000_003, "story.bin")
    assert keeper.client.files.content(done.file.id).read() == content

    headers = {"authorization": f"Bearer {keeper.key}", "range": "bytes=299999-900001"}
    answer = keeper.call("GET", f"/v1/files/{done.file.id}/content", headers=headers)
    assert answer.content == content[299_999:900_002]


async def test_it_takes_parts_side_by_side_and_joins_them_as_told(keeper: Keeper) -> None:
    after = {"anchor": "created_at", "seconds": 3600}
    async with AsyncOpenAI(base_url=keeper.url, api_key=keeper.key, max_retries=0) as client:
        upload = await client.uploads.create(bytes=6, filename="a.jsonl", mime_type="text/plain", purpose="evals", expires_after=after)
        assert upload.to_dict() | {"file": None, "status": "pending"} == upload.to_dict()
        parts = [await client.uploads.parts.create(upload.id, data=data) for data in (b"ef", b"lost", b"ab", b"cd")]
        assert all(part.object == "upload.part" and part.upload_id == upload.id for part in parts)
        ids = [parts[2].id, parts[3].id, parts[0].id]
        done = await client.uploads.complete(upload.id, part_ids=ids)
        assert (await (await client.files.content(done.file.id)).aread()) == b"abcdef"
        assert done.file.expires_at == done.file.created_at + 3600
    assert len(keeper.on_disk()) == 3  # the part that was not named is gone
    with ThreadPoolExecutor(8) as together:
        size = 8 * MB
        upload_id, _ = begin(keeper, size)
        pieces = [noise(size)[start : start + MB] for start in range(0, size, MB)]
        sent = list(together.map(lambda data: keeper.client.uploads.parts.create(upload_id, data=data).id, pieces))
    file = complete(keeper, upload_id, sent).json()["file"]
    assert keeper.client.files.content(file["id"]).read() == noise(size)


def test_it_goes_on_after_it_was_killed(tmp_path) -> None:
    with running_keeper(tmp_path) as keeper:
        upload, parts = begin(keeper, 9, b"abc", b"def")
        keeper.process.kill()
        keeper.process.wait()
    with running_keeper(tmp_path) as keeper:
        parts.append(keeper.client.uploads.parts.create(upload, data=b"ghi").id)
        file = keeper.client.uploads.complete(upload, part_ids=parts).file.id
        keeper.process.kill()
        keeper.process.wait()
    with running_keeper(tmp_path) as keeper:
        assert keeper.client.files.content(file).read() == b"abcdefghi"
        assert len(keeper.on_disk()) == 3


def test_it_needs_no_memory_for_large_files(tmp_path) -> None:
    """160 MB up in parts, made one file, and down again; a second time, since the first one warms up."""
    content = noise(40 * MB)
    with running_keeper(tmp_path) as keeper:
        process, most = psutil.Process(keeper.process.pid), 0
        is_over = threading.Event()

        def watch() -> None:
            nonlocal most
            while not is_over.wait(0.01):
                most = max(most, process.memory_info().rss)

        begin(keeper, 40 * MB, content)
        before = process.memory_info().rss
        watching = threading.Thread(target=watch)
        watching.start()
        try:
            upload, parts = begin(keeper, 160 * MB, *[content] * 4)
            md5 = hashlib.md5(content * 4).hexdigest()
            file = complete(keeper, upload, parts, md5=md5).json()["file"]["id"]
            with keeper.client.files.with_streaming_response.content(file) as answer:
                got = hashlib.md5()
                for piece in answer.iter_bytes():
                    got.update(piece)
        finally:
            is_over.set()
            watching.join()
    assert got.hexdigest() == md5
    assert most - before < 16 * MB, (most - before) / MB


WRONG_NEW = [
    ({"filename": None}, "filename", "missing_required_parameter"),
    ({"filename": ""}, "filename", "empty_string"),
    ({"filename": 3}, "filename", "invalid_type"),
    ({"purpose": None}, "purpose", "missing_required_parameter"),
    ({"purpose": "batch_output"}, "purpose", "invalid_value"),
    ({"purpose": "batch"}, "filename", "invalid_file_format"),
    ({"purpose": "fine-tune"}, "filename", "invalid_file_format"),
    ({"purpose": "evals", "filename": "rows.json"}, "filename", "invalid_file_format"),
    ({"purpose": "batch", "filename": "a.jsonl", "bytes": 200 * MB + 1}, "bytes", "request_too_large"),
    ({"bytes": None}, "bytes", "missing_required_parameter"),
    ({"bytes": 0}, "bytes", "integer_below_min_value"),
    ({"bytes": 8 * 1024 * MB + 1}, "bytes", "integer_above_max_value"),
    ({"bytes": "10"}, "bytes", "invalid_type"),
    ({"mime_type": None}, "mime_type", "missing_required_parameter"),
    ({"mime_type": "a" * 256}, "mime_type", "string_above_max_length"),
    ({"expires_after": {"anchor": "created_at"}}, "expires_after.seconds", "missing_required_parameter"),
    ({"expires_after": {"anchor": "created_at", "seconds": 1}}, "expires_after.seconds", "integer_below_min_value"),
    ({"expires_after": "soon"}, "expires_after", "invalid_type"),
    ({"colour": "red"}, "colour", "unknown_parameter"),
]


@pytest.mark.parametrize(("change", "param", "code"), WRONG_NEW)
def test_it_names_the_field_at_fault(keeper: Keeper, change: dict, param: str, code: str) -> None:
    body = {name: value for name, value in {**NEW, **change}.items() if value is not None}
    check(keeper.call("POST", "/v1/uploads", json=body), param, code, 413 if code == "request_too_large" else 400)


def test_it_says_what_does_not_fit(keeper: Keeper) -> None:
    upload, (first, second) = begin(keeper, 6, b"abc", b"def")
    _, (strange,) = begin(keeper, 3, b"abc")
    check(complete(keeper, upload, [first]), "part_ids", "bytes_mismatch")
    check(complete(keeper, upload, [first, first]), "part_ids[1]", "invalid_value")
    check(complete(keeper, upload, [first, strange]), "part_ids[1]", "part_not_found")
    check(complete(keeper, upload, [first, 7]), "part_ids[1]", "invalid_type")
    check(complete(keeper, upload, []), "part_ids", "empty_array")
    check(complete(keeper, upload, [first, second], md5="0" * 32), "md5", "invalid_value")
    check(complete(keeper, upload, [first, second], md5="short"), "md5", "invalid_value")
    check(complete(keeper, "upload_1", [first, second]), "upload_id", None, 404)
    # Nothing of this has spoilt the upload.
    md5 = hashlib.md5(b"defabc").hexdigest().upper()
    assert complete(keeper, upload, [second, first], md5=md5).json()["status"] == "completed"


@pytest.mark.parametrize("ending", ["completed", "cancelled", "expired"])
def test_it_takes_nothing_more_once_an_upload_has_ended(keeper: Keeper, ending: str) -> None:
    upload, parts = begin(keeper, 3, b"abc")
    told = ""
    if ending == "completed":
        told = f"Its file is {keeper.client.uploads.complete(upload, part_ids=parts).file.id}."
    elif ending == "cancelled":
        assert keeper.client.uploads.cancel(upload).status == "cancelled"
    else:
        with sqlite3.connect(keeper.data / "index.sqlite3") as connection:
            connection.execute("UPDATE uploads SET expires_at = 1 WHERE id = ?", (upload,))
        connection.close()
    for answer in (
        keeper.call("POST", f"/v1/uploads/{upload}/parts", files={"data": ("part", b"abc")}),
        complete(keeper, upload, parts),
        keeper.call("POST", f"/v1/uploads/{upload}/cancel"),
    ):
        check(answer, "upload_id", f"upload_{ending}")
        assert f"is {ending} already" in answer.json()["error"]["message"]
        assert answer.json()["error"]["message"].endswith(told)
    if ending == "expired":
        with sqlite3.connect(keeper.data / "index.sqlite3") as connection:
            connection.execute("UPDATE uploads SET expires_at = 4102444800 WHERE id = ?", (upload,))
        connection.close()


def test_it_completes_once_when_asked_twice_at_the_same_time(keeper: Keeper) -> None:
    upload, parts = begin(keeper, 3, b"abc")
    with ThreadPoolExecutor(4) as together:
        answers = list(together.map(lambda _: complete(keeper, upload, parts), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    assert len(keeper.client.files.list().data) == 1


def test_it_forgets_parts_whose_upload_has_expired(tmp_path) -> None:
    with running_keeper(tmp_path) as keeper:
        upload, _ = begin(keeper, 3, b"abc")
        with sqlite3.connect(keeper.data / "index.sqlite3") as connection:
            connection.execute("UPDATE uploads SET expires_at = 1 WHERE id = ?", (upload,))
        connection.close()
    with running_keeper(tmp_path) as keeper:
        wait_for(lambda: keeper.on_disk() == [])
        check(keeper.call("POST", f"/v1/uploads/{upload}/cancel"), "upload_id", "upload_expired")


def test_it_refuses_parts_that_are_none(keeper: Keeper) -> None:
    upload, _ = begin(keeper, 3)
    path = f"/v1/uploads/{upload}/parts"
    check(keeper.call("POST", path, files={"data": ("part", b"")}), "data", "empty_file")
    check(keeper.call("POST", path, files={"data": (None, "text")}), "data", "invalid_type")
    check(keeper.call("POST", path, files={"file": ("part", b"abc")}), "file", "unknown_parameter")
    check(keeper.call("POST", path, files={"data": ("part", bytes(MOST_PART_BYTES + 1))}), "data", "request_too_large", 413)
    check(keeper.call("POST", path, files={"data": ("part", bytes(MOST_PART_BYTES + 2 * MB))}), "data", "request_too_large", 413)
    check(keeper.call("POST", "/v1/uploads/upload_1/parts", files={"data": ("part", b"abc")}), "upload_id", None, 404)
    with pytest.raises(BadRequestError):
        keeper.client.uploads.complete(upload, part_ids=[])
