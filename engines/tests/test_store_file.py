"""Files that are stored, listed, shown, sent back and deleted, through the official client."""

import sqlite3
import threading
import time
from urllib.parse import unquote

import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError

from engines.tests.conftest import wait_for
from engines.tests.stored import Keeper, check, noise, running_keeper

pytestmark = pytest.mark.engines


def names_of(files) -> list[str]:
    return [file.filename for file in files]


def store(keeper: Keeper, *names: str, purpose: str = "vision") -> list[str]:
    return [keeper.client.files.create(file=(name, b"x"), purpose=purpose).id for name in names]


@pytest.fixture
def empty(keeper: Keeper) -> Keeper:
    for file in keeper.client.files.list():
        keeper.client.files.delete(file.id)
    assert keeper.on_disk() == []
    return keeper


def test_it_gives_back_what_it_was_given(empty: Keeper) -> None:
    content = noise(3_000_000)
    stored = empty.client.files.create(file=("examples.jsonl", content), purpose="fine-tune")
    assert abs(stored.created_at - time.time()) < 60
    assert stored.to_dict() == {
        "id": stored.id,
        "object": "file",
        "bytes": len(content),
        "created_at": stored.created_at,
        "expires_at": None,
        "filename": "examples.jsonl",
        "purpose": "fine-tune",
        "status": "processed",
        "status_details": None,
    }
    assert stored.id.startswith("file-")
    assert empty.client.files.retrieve(stored.id) == stored
    assert empty.client.files.content(stored.id).read() == content

    deleted = empty.client.files.delete(stored.id)
    assert (deleted.id, deleted.object, deleted.deleted) == (stored.id, "file", True)
    for ask in (empty.client.files.retrieve, empty.client.files.content, empty.client.files.delete):
        with pytest.raises(NotFoundError) as refused:
            ask(stored.id)
        assert refused.value.param == "id"
        assert str(refused.value).endswith(f"No such File object: {stored.id}")
    assert empty.on_disk() == []


async def test_it_answers_the_asynchronous_client(empty: Keeper) -> None:
    async with AsyncOpenAI(base_url=empty.url, api_key=empty.key, max_retries=0) as client:
        sent = [(await client.files.create(file=(f"{number}.jsonl", b"x"), purpose="evals")).id for number in range(5)]
        assert [file.id async for file in client.files.list(limit=2)] == sent[::-1]
        assert (await (await client.files.content(sent[0])).aread()) == b"x"
        assert (await client.files.delete(sent[0])).deleted


def test_it_lists_page_by_page(empty: Keeper) -> None:
    assert empty.call("GET", "/v1/files").json() == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
    store(empty, "a", "b", "c")
    store(empty, "d", "e", purpose="user_data")

    assert names_of(empty.client.files.list(limit=2)) == ["e", "d", "c", "b", "a"]
    assert names_of(empty.client.files.list(limit=2, order="asc")) == ["a", "b", "c", "d", "e"]
    assert names_of(empty.client.files.list(limit=1, purpose="vision")) == ["c", "b", "a"]
    assert names_of(empty.client.files.list(purpose="nothing")) == []
    page = empty.call("GET", "/v1/files?limit=5&unheard_of=1").json()
    assert page["has_more"] is False
    assert (page["first_id"], page["last_id"]) == (page["data"][0]["id"], page["data"][4]["id"])
    assert empty.call("GET", "/v1/files?limit=4").json()["has_more"] is True


@pytest.mark.parametrize(("order", "rest"), [("desc", ["b", "a"]), ("asc", ["e", "f"])])
def test_it_keeps_the_place_while_the_list_changes(empty: Keeper, order: str, rest: list[str]) -> None:
    """The last file of a page is deleted and another one is added before the next page is asked for."""
    ids = dict(zip("abcde", store(empty, *"abcde"), strict=True))
    page = empty.client.files.list(limit=3 if order == "desc" else 4, order=order)
    seen = names_of(page.data)
    empty.client.files.delete(page.data[-1].id)
    empty.client.files.delete(ids["d" if order == "desc" else "a"])
    store(empty, "f")
    assert names_of(page.get_next_page().data) == rest
    assert len(seen) + len(rest) == (5 if order == "desc" else 6)


def test_it_finds_its_way_among_many(tmp_path) -> None:
    """A hundred thousand rows, written straight into the table of contents."""
    with running_keeper(tmp_path) as keeper:
        index = keeper.data / "index.sqlite3"
    row = "('0123456789abcdef', 1, 1700000000 + n, 'file ' || n, CASE n % 100 WHEN 0 THEN 'batch' ELSE 'vision' END)"
    with sqlite3.connect(index) as connection:
        numbers = "WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 100000)"
        fields = "secret, bytes, created_at, filename, purpose"
        connection.execute(f"INSERT INTO files ({fields}) {numbers} SELECT {row[1:-1]} FROM counter")
    connection.close()
    with running_keeper(tmp_path) as keeper:
        page = keeper.client.files.list(limit=100, after=f"file-{50_000:08x}0123456789abcdef")
        assert page.data[0].filename == "file 49999"
        begun = time.monotonic()
        assert len(keeper.client.files.list(limit=100, purpose="batch", order="asc").data) == 100
        assert time.monotonic() - begun < 0.5
        seen, after = 0, ""
        while after is not None:
            page = keeper.call("GET", f"/v1/files?after={after}").json()
            seen += len(page["data"])
            after = page["last_id"] if page["has_more"] else None
        assert seen == 100_000


RANGES = {
    "bytes=0-0": (0, 1),
    "bytes=2-5": (2, 6),
    "bytes=999990-": (999_990, 1_000_000),
    "bytes=-7": (999_993, 1_000_000),
    "bytes=5-99999999": (5, 1_000_000),
    "bytes=-99999999": (0, 1_000_000),
}


@pytest.mark.parametrize("asked", RANGES)
def test_it_sends_the_part_that_is_asked_for(empty: Keeper, asked: str) -> None:
    content = noise(1_000_000)
    stored = empty.send(content).json()["id"]
    start, stop = RANGES[asked]
    answer = fetch(empty, stored, asked)
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/1000000"
    assert answer.headers["content-length"] == str(stop - start)
    assert answer.content == content[start:stop]


def test_it_sends_all_when_the_part_makes_no_sense(empty: Keeper) -> None:
    content = noise(1000)
    stored = empty.send(content).json()["id"]
    for asked in ("bytes=5-2", "bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=x-y"):
        answer = fetch(empty, stored, asked)
        assert (answer.status_code, answer.content) == (200, content)
    etag = fetch(empty, stored, "bytes=0-1").headers["etag"]
    assert fetch(empty, stored, "bytes=0-1", **{"if-range": etag}).status_code == 206
    assert fetch(empty, stored, "bytes=0-1", **{"if-range": '"another"'}).content == content


def test_it_says_that_a_part_is_not_there(empty: Keeper) -> None:
    stored = empty.send(noise(1000)).json()["id"]
    for asked in ("bytes=1000-", "bytes=2000-3000", "bytes=-0"):
        answer = fetch(empty, stored, asked)
        check(answer, "range", "range_not_satisfiable", 416)
        assert answer.headers["content-range"] == "bytes */1000"


def fetch(keeper: Keeper, file_id: str, asked: str, **more: str):
    headers = {"authorization": f"Bearer {keeper.key}", "range": asked, **more}
    return keeper.call("GET", f"/v1/files/{file_id}/content", headers=headers)


@pytest.mark.parametrize(
    ("purpose", "is_given_out"),
    [("assistants", False), ("user_data", False), ("vision", True), ("evals", True), ("batch", True), ("fine-tune", True)],
)
def test_it_gives_out_what_openai_gives_out(empty: Keeper, purpose: str, is_given_out: bool) -> None:
    content = noise(1000)
    stored = empty.send(content, "a.jsonl", purpose).json()["id"]
    if is_given_out:
        assert empty.client.files.content(stored).read() == content
        return
    with pytest.raises(BadRequestError) as refused:
        empty.client.files.content(stored)
    body = {"message": f"Not allowed to download files of purpose: {purpose}", "type": "invalid_request_error", "param": None, "code": None}
    assert refused.value.body == body
    part = fetch(empty, stored, "bytes=0-1")
    assert (part.status_code, content[:2] in part.content) == (400, False)
    assert empty.client.files.retrieve(stored).bytes == len(content), "it is kept, and only not given out"


NAMES = {
    "/etc/passwd": "passwd",
    "..\\..\\secret.txt": "secret.txt",
    "../..": "upload",
    "-rf.txt": "-rf.txt",
    'a "quoted" one.txt': 'a "quoted" one.txt',
    "a" * 300: "a" * 300,
    "photo\u202egpj.exe": "photogpj.exe",
    "nul\0byte\r\n.txt": "nulbyte.txt",
    "\U0001f469\u200d\U0001f680 täglich.png": "\U0001f469\u200d\U0001f680 täglich.png",
}


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_a_plain_name(empty: Keeper, name: str) -> None:
    """Raw, since clients write some of these in other ways; in the form and in JSON."""
    head = b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nvision\r\n--x\r\nContent-Disposition: form-data; name="file"; '
    written = name.replace('"', "%22").replace("\r", "").replace("\n", "").replace("\0", "").encode()
    body = head + b'filename="' + written + b'"\r\n\r\nhello\r\n--x--\r\n'
    headers = {"authorization": f"Bearer {empty.key}", "content-type": "multipart/form-data; boundary=x"}
    answer = empty.call("POST", "/v1/files", content=body, headers=headers).json()
    upload = {"filename": name, "purpose": "vision", "bytes": 5, "mime_type": "text/plain"}
    assert answer["filename"] == NAMES[name]
    assert empty.call("POST", "/v1/uploads", json=upload).json()["filename"] == NAMES[name]
    sent = empty.call("GET", f"/v1/files/{answer['id']}/content")
    disposition = sent.headers["content-disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''") and unquote(disposition.partition("''")[2]) == NAMES[name]
    assert sent.content == b"hello"
    assert all(path.startswith("part_") for path in empty.on_disk())


def test_it_replaces_halves_of_signs_in_a_name(empty: Keeper) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nvision\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\xed\xa0\x80b"\r\n\r\nhello\r\n--x--\r\n'
    )
    headers = {"authorization": f"Bearer {empty.key}", "content-type": "multipart/form-data; boundary=x"}
    assert empty.call("POST", "/v1/files", content=body, headers=headers).json()["filename"] == "a\ufffd\ufffd\ufffdb"


def test_it_lets_files_go_when_their_time_has_come(tmp_path) -> None:
    with running_keeper(tmp_path) as keeper:
        after = {"anchor": "created_at", "seconds": 3600}
        short = keeper.client.files.create(file=("short.txt", b"x"), purpose="user_data", expires_after=after)
        batch = keeper.client.files.create(file=("batch.jsonl", b"x"), purpose="batch")
        lasting = keeper.client.files.create(file=("lasting.txt", b"x"), purpose="user_data")
        assert short.expires_at == short.created_at + 3600
        assert batch.expires_at == batch.created_at + 30 * 24 * 3600
        assert lasting.expires_at is None
        # From this second on it is not shown any more, though its bytes still lie there.
        with sqlite3.connect(keeper.data / "index.sqlite3") as connection:
            connection.execute("UPDATE files SET expires_at = 1 WHERE filename = 'short.txt'")
        connection.close()
        check(keeper.call("GET", f"/v1/files/{short.id}"), "id", None, 404)
        assert names_of(keeper.client.files.list()) == ["lasting.txt", "batch.jsonl"]
        assert len(keeper.on_disk()) == 3
    with running_keeper(tmp_path) as keeper:
        wait_for(lambda: len(keeper.on_disk()) == 2)
        assert names_of(keeper.client.files.list()) == ["lasting.txt", "batch.jsonl"]


def test_it_removes_what_a_killed_process_left(tmp_path) -> None:
    with running_keeper(tmp_path) as keeper:
        (stored,) = store(keeper, "a.txt")
        keeper.process.kill()
        keeper.process.wait()
        (keeper.data / "pieces" / "part_stray").write_bytes(b"x")
        (keeper.data / "arriving" / "half").mkdir()
        (keeper.data / "arriving" / "half" / "sent-0").write_bytes(b"x")
    with running_keeper(tmp_path) as keeper:
        assert len(keeper.on_disk()) == 1
        assert keeper.client.files.content(stored).read() == b"x"


def test_it_lets_one_of_two_delete_a_file(empty: Keeper) -> None:
    (stored,) = store(empty, "a.txt")
    statuses: list[int] = []
    together = [threading.Thread(target=lambda: statuses.append(empty.call("DELETE", f"/v1/files/{stored}").status_code)) for _ in range(4)]
    for each in together:
        each.start()
    for each in together:
        each.join()
    assert sorted(statuses) == [200, 404, 404, 404]


def test_it_keeps_files_without_a_folder_until_it_ends(tmp_path, monkeypatch, start_provider) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    provider = start_provider(tmp_path / "no-weights")
    provider.client.files.create(file=("a.txt", b"x"), purpose="vision")
    assert list(folder.glob("engines-stored-*/pieces/part_*"))
    provider.process.terminate()
    provider.process.wait(20)
    assert list(folder.glob("engines-*")) == []
