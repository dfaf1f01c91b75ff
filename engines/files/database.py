"""The table of contents: which files and uploads there are, and of which pieces on the disk they are made."""

import contextlib
import errno
import pathlib
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    secret TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    filename TEXT NOT NULL,
    purpose TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS files_of_purpose ON files (purpose, number);
CREATE INDEX IF NOT EXISTS files_that_expire ON files (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    filename TEXT NOT NULL,
    purpose TEXT NOT NULL,
    seconds INTEGER,
    status TEXT NOT NULL,
    file TEXT
);
CREATE TABLE IF NOT EXISTS pieces (
    name TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    file INTEGER,
    position INTEGER NOT NULL DEFAULT 0,
    upload TEXT
);
CREATE INDEX IF NOT EXISTS pieces_of_file ON pieces (file, position) WHERE file IS NOT NULL;
CREATE INDEX IF NOT EXISTS pieces_of_upload ON pieces (upload) WHERE upload IS NOT NULL;
"""


class Database:
    """One SQLite file. Threads take turns. A full disk is told as the OSError that it is."""

    def __init__(self, path: pathlib.Path, schema: str = SCHEMA) -> None:
        self.turn = threading.Lock()
        path.touch(0o600)  # what is said to a model is for its caller alone
        path.chmod(0o600)
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.row_factory = sqlite3.Row
        # FULL: what was answered as kept is still there after a power cut.
        self.connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + schema)

    def close(self) -> None:
        with self.turn:
            self.connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing of it."""
        with self.turn, telling_full():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def rows(self, question: str, *values: Any) -> list[sqlite3.Row]:
        with self.turn, telling_full():
            return self.connection.execute(question, values).fetchall()


@contextlib.contextmanager
def telling_full() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            raise OSError(errno.ENOSPC if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL else errno.EIO, str(error)) from error
        raise
