"""The files that callers stored: their bytes on the disk and their rows in the table of contents.

Bytes come before their row and go after it. So a row always has its bytes, and bytes without a row, which a killed process
may leave, are removed at the next start. A file is made of pieces: one if it came whole, many if it came by an upload.
"""

import pathlib
import re
import secrets
import shutil
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from engines.errors import ApiError
from engines.files.database import Database
from engines.files.disk import CannotOpen, Disk, new_temporary_folder

# The number in an id is the place in the list: it still tells where to go on when the file itself is gone.
ID = re.compile(r"file-([0-9a-f]{8})([0-9a-f]{16})", re.ASCII)
ALIVE = "(expires_at IS NULL OR expires_at > ?)"
SWEPT_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class NewFile:
    """What is known of a file before it is kept. `seconds`: after how long it goes."""

    name: str
    purpose: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class StoredFile:
    number: int
    secret: str
    bytes: int
    created_at: int
    expires_at: int | None
    filename: str
    purpose: str

    @property
    def id(self) -> str:
        return f"file-{self.number:08x}{self.secret}"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "file",
            "bytes": self.bytes,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            "filename": self.filename,
            "purpose": self.purpose,
            "status": "processed",
            "status_details": None,
        }


@dataclass(frozen=True, slots=True)
class Piece:
    path: pathlib.Path
    size: int


def number_in(file_id: str) -> int | None:
    found = ID.fullmatch(file_id)
    return int(found[1], 16) if found else None


def no_such_file(file_id: str) -> ApiError:
    """In the words that OpenAI uses, which callers compare."""
    return ApiError(404, f"No such File object: {file_id[:80]}", param="id")


class Store:
    """Everything here waits for the disk: call it from a thread. Raises ApiError 404 where there is no such file, OSError."""

    def __init__(self, folder: pathlib.Path | None) -> None:
        self.temporary = new_temporary_folder() if folder is None else None
        folder = folder or self.temporary or pathlib.Path()
        self.disk = Disk(folder)
        try:
            self.database = Database(folder / "index.sqlite3")
            self.remove_strays()
        except sqlite3.DatabaseError as error:
            self.disk.close()
            raise CannotOpen(f"What is stored in {folder} cannot be read ({error}). Move that folder away to start afresh.") from error

    def close(self) -> None:
        self.database.close()
        self.disk.close()
        if self.temporary is not None:
            shutil.rmtree(self.temporary, ignore_errors=True)

    def remove_strays(self) -> None:
        known = {row["name"] for row in self.database.rows("SELECT name FROM pieces")}
        self.disk.remove([name for name in self.disk.names() if name not in known])

    def add(self, new: NewFile, sent: pathlib.Path, size: int) -> StoredFile:
        name = self.disk.keep(sent)
        now = int(time.time())
        try:
            with self.database.transaction() as connection:
                file = insert_file(connection, new, size, now)
                values = (name, size, now, file.number)
                connection.execute("INSERT INTO pieces (name, bytes, created_at, file) VALUES (?, ?, ?, ?)", values)
        except BaseException:
            self.disk.remove([name])
            raise
        return file

    def get(self, file_id: str) -> StoredFile:
        question = f"SELECT * FROM files WHERE number = ? AND {ALIVE}"  # noqa: S608  # a constant
        rows = self.database.rows(question, number_in(file_id) or 0, time.time())
        file = StoredFile(*rows[0]) if rows else None
        if file is None or file.id != file_id:
            raise no_such_file(file_id)
        return file

    def page(self, after: int | None, most: int, order: str, purpose: str | None) -> tuple[list[StoredFile], bool]:
        """At most `most` files that come after the number `after`, and whether there are more."""
        wanted: list[str] = [ALIVE]
        values: list[Any] = [time.time()]
        if purpose is not None:
            wanted, values = [*wanted, "purpose = ?"], [*values, purpose]
        if after is not None:
            wanted, values = [*wanted, "number < ?" if order == "desc" else "number > ?"], [*values, after]
        question = f"SELECT * FROM files WHERE {' AND '.join(wanted)} ORDER BY number {order.upper()} LIMIT ?"  # noqa: S608  # constants
        rows = self.database.rows(question, *values, most + 1)
        return [StoredFile(*row) for row in rows[:most]], len(rows) > most

    def pieces_of(self, file: StoredFile) -> list[Piece]:
        rows = self.database.rows("SELECT name, bytes FROM pieces WHERE file = ? ORDER BY position", file.number)
        return [Piece(self.disk.path_of(row["name"]), row["bytes"]) for row in rows]

    def delete(self, file_id: str) -> None:
        file = self.get(file_id)
        if not self.drop([file.number]):
            raise no_such_file(file_id)

    def drop(self, numbers: list[int]) -> int:
        """Remove these files, as far as they are there. Returns how many there were."""
        count, names = self.disk.with_reserve(lambda: self.drop_rows(numbers))
        self.disk.remove(names)
        return count

    def drop_rows(self, numbers: list[int]) -> tuple[int, list[str]]:
        count, names = 0, []
        with self.database.transaction() as connection:
            for number in numbers:
                count += connection.execute("DELETE FROM files WHERE number = ?", (number,)).rowcount
                names += [row["name"] for row in connection.execute("SELECT name FROM pieces WHERE file = ?", (number,))]
                connection.execute("DELETE FROM pieces WHERE file = ?", (number,))
        return count, names

    def drop_expired(self) -> None:
        question = "SELECT number FROM files WHERE expires_at <= ? LIMIT ?"
        while rows := self.database.rows(question, time.time(), SWEPT_TOGETHER):
            self.drop([row["number"] for row in rows])
        self.disk.keep_reserve()


def insert_file(connection: sqlite3.Connection, new: NewFile, size: int, now: int) -> StoredFile:
    """The row of a file whose pieces are on the disk already."""
    secret = secrets.token_hex(8)
    expires_at = None if new.seconds is None else now + new.seconds
    values = (secret, size, now, expires_at, new.name, new.purpose)
    statement = "INSERT INTO files (secret, bytes, created_at, expires_at, filename, purpose) VALUES (?, ?, ?, ?, ?, ?)"
    number = connection.execute(statement, values).lastrowid
    assert number is not None
    return StoredFile(number, *values)
