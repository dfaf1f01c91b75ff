"""Files that cannot be taken: what is said, and that nothing of them stays."""

import errno
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from engines.files.limits import MB, MOST_BATCH_BYTES, MOST_BYTES
from engines.files.store import Store
from engines.tests.conftest import ROOT, wait_for
from engines.tests.stored import Keeper, check, running_keeper

pytestmark = pytest.mark.engines

WRONG = [
    ({"purpose": None}, "purpose", "missing_required_parameter"),
    ({"purpose": ""}, "purpose", "missing_required_parameter"),
    ({"purpose": "fun"}, "purpose", "invalid_value"),
    ({"purpose": "batch_output"}, "purpose", "invalid_value"),
    ({"purpose": "fine-tune-results"}, "purpose", "invalid_value"),
    ({"purpose": "assistants_output"}, "purpose", "invalid_value"),
    ({"purpose": "batch"}, "file", "invalid_file_format"),
    ({"purpose": "fine-tune", "name": "a.jsonl.txt"}, "file", "invalid_file_format"),
    ({"purpose": "evals", "name": "rows.json"}, "file", "invalid_file_format"),
    ({"purpose": "evals", "name": "jsonl"}, "file", "invalid_file_format"),
    ({"content": b""}, "file", "empty_file"),
    ({"name": "a" * 513}, "file", "string_above_max_length"),
    ({"expires_after[anchor]": "created_at"}, "expires_after[seconds]", "missing_required_parameter"),
    ({"expires_after[seconds]": "3600"}, "expires_after[anchor]", "missing_required_parameter"),
    ({"expires_after[anchor]": "last_used_at", "expires_after[seconds]": "3600"}, "expires_after[anchor]", "invalid_value"),
    ({"expires_after[anchor]": "created_at", "expires_after[seconds]": "3599"}, "expires_after[seconds]", "integer_below_min_value"),
    ({"expires_after[anchor]": "created_at", "expires_after[seconds]": "2592001"}, "expires_after[seconds]", "integer_above_max_value"),
    ({"expires_after[anchor]": "created_at", "expires_after[seconds]": "soon"}, "expires_after[seconds]", "invalid_type"),
    ({"colour": "red"}, "colour", "unknown_parameter"),
]


@pytest.fixture(autouse=True)
def nothing_stays(keeper: Keeper) -> Iterator[None]:
    yield
    wait_for(lambda: keeper.on_disk() == [])
    assert keeper.call("GET", "/v1/files").json()["data"] == []


@pytest.mark.parametrize(("change", "param", "code"), WRONG, ids=[f"{param}-{code}-{i}" for i, (_, param, code) in enumerate(WRONG)])
def test_it_names_the_field_at_fault(keeper: Keeper, change: dict, param: str, code: str) -> None:
    check(keeper.send(**change), param, code)


def test_it_takes_the_call_that_all_of_these_spoil(keeper: Keeper) -> None:
    more = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "2592000"}
    for purpose in ("batch", "fine-tune", "evals"):
        answer = keeper.send(name="A.JSONL", purpose=purpose, **more)
        assert keeper.call("DELETE", f"/v1/files/{answer.json()['id']}").status_code == 200


def test_it_wants_exactly_one_file(keeper: Keeper) -> None:
    check(keeper.call("POST", "/v1/files", files={"purpose": (None, "vision")}), "file", "missing_required_parameter")
    check(keeper.call("POST", "/v1/files", files={"file": (None, "text"), "purpose": (None, "vision")}), "file", "invalid_type")
    check(keeper.call("POST", "/v1/files", json={"purpose": "vision"}), None, "invalid_content_type")
    two = [("file", ("a.txt", b"a")), ("file", ("b.txt", b"b"))]
    check(keeper.call("POST", "/v1/files", data={"purpose": "vision"}, files=two), "file", "array_above_max_length")
    other = [("file", ("a.txt", b"a")), ("files", ("b.txt", b"b"))]
    check(keeper.call("POST", "/v1/files", data={"purpose": "vision"}, files=other), "files", "unknown_parameter")
    many = [("file", (f"{n}.txt", b"a")) for n in range(65)]
    check(keeper.call("POST", "/v1/files", data={"purpose": "vision"}, files=many), None, "invalid_form")


@pytest.mark.parametrize(
    ("query", "param", "code"),
    [
        ("limit=0", "limit", "integer_below_min_value"),
        ("limit=10001", "limit", "integer_above_max_value"),
        ("limit=all", "limit", "invalid_type"),
        ("order=up", "order", "invalid_value"),
        ("after=file-abc123", "after", "invalid_value"),
        ("after=%00", "after", "invalid_value"),
    ],
)
def test_it_lists_by_its_own_rules_only(keeper: Keeper, query: str, param: str, code: str) -> None:
    check(keeper.call("GET", f"/v1/files?{query}"), param, code)


@pytest.mark.parametrize("file_id", ["file-abc", "file-00000001" + "0" * 16, "%00", "file-" + "9" * 400, "file-٠٠٠٠٠٠٠١" + "0" * 16])
def test_it_does_not_know_other_files(keeper: Keeper, file_id: str) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/content")):
        check(keeper.call(method, f"/v1/files/{file_id}{path}"), "id", None, 404)


@pytest.mark.parametrize("path", ["files", "files/file-1", "files/file-1/content", "uploads", "uploads/upload_1/parts"])
def test_it_lets_nobody_in_without_the_key(keeper: Keeper, path: str) -> None:
    check(keeper.call("GET", f"/v1/{path}", headers={}), None, "invalid_api_key", 401)


def begin(keeper: Keeper, size: int, path: str = "/v1/files", key: str | None = None) -> socket.socket:
    """The head of a form with a file of that size, of which nothing is sent yet."""
    host, port = keeper.url.removeprefix("http://").removesuffix("/v1").split(":")
    line = socket.create_connection((host, int(port)), timeout=20)
    head = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {key or keeper.key}", f"Content-Length: {size}"]
    line.sendall("\r\n".join([*head, "Content-Type: multipart/form-data; boundary=x", "", ""]).encode())
    return line


FILE_HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'


def test_it_refuses_what_says_that_it_is_too_large_at_once(keeper: Keeper) -> None:
    """513 MB of which not one has been sent."""
    with begin(keeper, MOST_BYTES + 2 * MB) as line:
        line.settimeout(5)
        answer = b""
        while b"}}" not in answer:
            answer += line.recv(4096) or b"}}"
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"param":"file","code":"request_too_large"' in answer


def test_it_lets_a_caller_who_sends_on_see_the_refusal(keeper: Keeper) -> None:
    """Whoever sends everything before reading would see a broken connection, if it were closed at once."""
    for key, status in ((keeper.key, b"413"), ("wrong", b"401")):
        with begin(keeper, 600 * MB, key=key) as line:
            piece = b"x" * MB
            for _ in range(600):
                line.sendall(piece)
            assert line.recv(4096).startswith(b"HTTP/1.1 " + status)


def test_it_refuses_batches_above_their_limit(keeper: Keeper) -> None:
    check(keeper.send(bytes(MOST_BATCH_BYTES + 1), "a.jsonl", "batch"), "file", "request_too_large", 413)


def test_it_keeps_nothing_of_a_caller_who_leaves(keeper: Keeper) -> None:
    with begin(keeper, 100 * MB) as line:
        line.sendall(FILE_HEAD + bytes(20 * MB))
        wait_for(lambda: "sent-0" in keeper.on_disk())
    wait_for(lambda: keeper.on_disk() == [])


def test_it_refuses_a_form_that_ends_early(keeper: Keeper) -> None:
    body = FILE_HEAD + b"hello"
    headers = {"authorization": f"Bearer {keeper.key}", "content-type": "multipart/form-data; boundary=x"}
    check(keeper.call("POST", "/v1/files", content=body, headers=headers), None, "invalid_form")


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="Only Linux limits another process")
def test_it_says_that_the_disk_is_full(tmp_path) -> None:
    """A limit on the size of files stands in for the disk: the system refuses to write on, as a full disk does."""
    with running_keeper(tmp_path) as keeper:
        resource.prlimit(keeper.process.pid, resource.RLIMIT_FSIZE, (4 * MB, 4 * MB))
        answer = keeper.send(bytes(9 * MB))
        check(answer, None, "disk_full", 507, "server_error")
        assert answer.headers["x-should-retry"] == "false"
        assert keeper.on_disk() == []
        assert keeper.send(bytes(3 * MB)).status_code == 200


def test_it_gives_up_its_reserve_so_that_files_can_be_deleted(tmp_path) -> None:
    """A disk that is full as long as the reserve lies on it."""
    store = Store(tmp_path)
    store.drop_expired()
    assert store.disk.reserve.stat().st_size == 1 * MB

    def delete() -> str:
        if store.disk.reserve.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        return "deleted"

    assert store.disk.with_reserve(delete) == "deleted"
    store.drop_expired()
    assert store.disk.reserve.exists()
    store.close()


def test_it_shares_its_folder_with_nobody(keeper: Keeper, tmp_path) -> None:
    command = [sys.executable, "-m", "engines", "--port", "0", "--weights", str(tmp_path), "--key-file", str(tmp_path / "key")]
    ended = subprocess.run([*command, "--data", str(keeper.data)], cwd=ROOT, capture_output=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert ended.stderr.decode().startswith("Another built-in provider keeps its files in ")
    started = time.monotonic()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "index.sqlite3").write_bytes(b"no database " * 100)
    ended = subprocess.run([*command, "--data", str(tmp_path / "broken")], cwd=ROOT, capture_output=True, timeout=30, check=False)
    assert b"cannot be read" in ended.stderr
    assert time.monotonic() - started < 30
