"""Uploads: files that come in parts. Parts are pieces on the disk from the beginning, so completing moves no byte.

pending ──▶ completed │ cancelled │ expired
"""

import hashlib
import pathlib
import secrets
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from engines.errors import ApiError, invalid
from engines.files.store import NewFile, Store, StoredFile, insert_file
from engines.uploads.limits import MOST_BYTES, MOST_PARTS, OPEN_SECONDS, REMEMBERED_SECONDS

HASHED_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """`bytes`: what the file will have; `seconds`: after how long the file goes; `file_id`: what it became."""

    id: str
    bytes: int
    created_at: int
    expires_at: int
    filename: str
    purpose: str
    seconds: int | None
    status: str
    file_id: str | None

    @property
    def state(self) -> str:
        return "expired" if self.status == "pending" and self.expires_at <= time.time() else self.status

    def as_json(self, file: StoredFile | None = None) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "upload",
            "bytes": self.bytes,
            "created_at": self.created_at,
            "filename": self.filename,
            "purpose": self.purpose,
            "status": self.state,
            "expires_at": self.expires_at,
            "file": file and file.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Part:
    id: str
    upload_id: str
    created_at: int

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "object": "upload.part", "created_at": self.created_at, "upload_id": self.upload_id}


class UploadDesk:
    """Everything here waits for the disk: call it from a thread. Raises ApiError 404 and 400, OSError."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.database = store.database
        self.disk = store.disk

    def open(self, new: NewFile, size: int) -> Upload:
        now = int(time.time())
        name = f"upload_{secrets.token_hex(12)}"
        upload = Upload(name, size, now, now + OPEN_SECONDS, new.name, new.purpose, new.seconds, "pending", None)
        values = (upload.id, size, now, upload.expires_at, new.name, new.purpose, new.seconds, upload.status, None)
        with self.database.transaction() as connection:
            connection.execute("INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        return upload

    def require_pending(self, upload_id: str) -> Upload:
        """Asked before a part is read, so that nobody sends 64 MB in vain."""
        rows = self.database.rows("SELECT * FROM uploads WHERE id = ?", upload_id)
        return require_pending(upload_id, rows)

    def add_part(self, upload_id: str, sent: pathlib.Path, size: int) -> Part:
        name = self.disk.keep(sent)
        now = int(time.time())
        try:
            with self.database.transaction() as connection:
                find_pending(connection, upload_id)
                check_room(connection, upload_id, size)
                values = (name, size, now, upload_id)
                connection.execute("INSERT INTO pieces (name, bytes, created_at, upload) VALUES (?, ?, ?, ?)", values)
        except BaseException:
            self.disk.remove([name])
            raise
        return Part(name, upload_id, now)

    def complete(self, upload_id: str, part_ids: Sequence[str], md5: str | None) -> tuple[Upload, StoredFile]:
        """Make a file of these parts, in this order. The upload stays open when something does not fit."""
        if md5 is not None:
            self.check_md5(upload_id, part_ids, md5)
        with self.database.transaction() as connection:
            upload = find_pending(connection, upload_id)
            check_parts(connection, upload, part_ids)
            file = insert_file(connection, NewFile(upload.filename, upload.purpose, upload.seconds), upload.bytes, int(time.time()))
            places = [(file.number, position, name) for position, name in enumerate(part_ids)]
            connection.executemany("UPDATE pieces SET file = ?, position = ?, upload = NULL WHERE name = ?", places)
            left = end(connection, upload_id, "completed", file.id)
        self.disk.remove(left)
        return replace(upload, status="completed", file_id=file.id), file

    def check_md5(self, upload_id: str, part_ids: Sequence[str], md5: str) -> None:
        """Outside the transaction: to read gigabytes takes a while, and parts never change."""
        with self.database.transaction() as connection:
            check_parts(connection, find_pending(connection, upload_id), part_ids)
        digest = hashlib.md5(usedforsecurity=False)
        try:
            for name in part_ids:
                hash_into(digest, self.disk.path_of(name))
        except FileNotFoundError:
            self.require_pending(upload_id)  # it may have been cancelled meanwhile
            raise
        if digest.hexdigest() != md5.lower():
            raise invalid(f"The parts have the MD5 sum {digest.hexdigest()}, not {md5}. Send the damaged part anew.", "md5")

    def cancel(self, upload_id: str) -> Upload:
        upload, left = self.disk.with_reserve(lambda: self.cancel_row(upload_id))
        self.disk.remove(left)
        return replace(upload, status="cancelled")

    def cancel_row(self, upload_id: str) -> tuple[Upload, list[str]]:
        with self.database.transaction() as connection:
            return find_pending(connection, upload_id), end(connection, upload_id, "cancelled")

    def drop_expired(self) -> None:
        now = time.time()
        for row in self.database.rows("SELECT id FROM uploads WHERE status = 'pending' AND expires_at <= ?", now):
            self.disk.remove(self.disk.with_reserve(partial(self.expire_row, row["id"])))
        with self.database.transaction() as connection:
            connection.execute("DELETE FROM uploads WHERE status != 'pending' AND created_at < ?", (now - REMEMBERED_SECONDS,))

    def expire_row(self, upload_id: str) -> list[str]:
        with self.database.transaction() as connection:
            return end(connection, upload_id, "expired")


def find_pending(connection: sqlite3.Connection, upload_id: str) -> Upload:
    return require_pending(upload_id, connection.execute("SELECT * FROM uploads WHERE id = ?", (upload_id,)).fetchall())


def require_pending(upload_id: str, rows: list[sqlite3.Row]) -> Upload:
    if not rows:
        raise ApiError(404, f"No such Upload object: {upload_id[:80]}", param="upload_id")
    upload = Upload(*rows[0])
    if upload.state == "pending":
        return upload
    became = f" Its file is {upload.file_id}." if upload.file_id else ""
    raise invalid(f"The upload {upload.id} is {upload.state} already.{became}", "upload_id", f"upload_{upload.state}")


def check_room(connection: sqlite3.Connection, upload_id: str, size: int) -> None:
    """More than the file will have is taken, up to OpenAI's limit: a part whose answer was lost is sent twice."""
    question = "SELECT count(*), coalesce(sum(bytes), 0) FROM pieces WHERE upload = ?"
    count, held = connection.execute(question, (upload_id,)).fetchone()
    if held + size > MOST_BYTES:
        raise ApiError(413, f"The parts of an upload may have {MOST_BYTES} bytes at most.", code="request_too_large", param="data")
    if count >= MOST_PARTS:
        raise invalid(f"An upload may have {MOST_PARTS} parts at most.", "data", "too_many_parts")


def check_parts(connection: sqlite3.Connection, upload: Upload, part_ids: Sequence[str]) -> None:
    rows = connection.execute("SELECT name, bytes FROM pieces WHERE upload = ?", (upload.id,))
    sizes: dict[str, int] = {row["name"]: row["bytes"] for row in rows}
    seen: set[str] = set()
    for index, name in enumerate(part_ids):
        if name not in sizes:
            raise invalid(f"The upload has no part {name[:80]!r}.", f"part_ids[{index}]", "part_not_found")
        if name in seen:
            raise invalid(f"The part {name!r} is named twice.", f"part_ids[{index}]")
        seen.add(name)
    total = sum(sizes[name] for name in part_ids)
    if total != upload.bytes:
        raise invalid(f"These parts have {total} bytes, but the upload was announced with {upload.bytes}.", "part_ids", "bytes_mismatch")


def end(connection: sqlite3.Connection, upload_id: str, status: str, file_id: str | None = None) -> list[str]:
    """Close an upload. Returns the names of the pieces that belong to nothing any more."""
    left = [row["name"] for row in connection.execute("SELECT name FROM pieces WHERE upload = ?", (upload_id,))]
    connection.execute("DELETE FROM pieces WHERE upload = ?", (upload_id,))
    connection.execute("UPDATE uploads SET status = ?, file = ? WHERE id = ? AND status = 'pending'", (status, file_id, upload_id))
    return left


def hash_into(digest: "hashlib._Hash", path: pathlib.Path) -> None:
    with path.open("rb", 0) as file:
        while body := file.read(HASHED_BYTES):
            digest.update(body)
