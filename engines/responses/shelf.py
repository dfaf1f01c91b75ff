"""The stored responses. They go after 30 days, and the oldest earlier if there are too many."""

import sqlite3
import time
import zlib
from typing import Any

import orjson

from engines.errors import ApiError, log
from engines.files.database import Database
from engines.files.disk import CannotOpen, Disk
from engines.responses.items import Item
from engines.responses.limits import KEPT_SECONDS, MOST_KEPT, MOST_KEPT_BYTES
from engines.responses.writing import ENDED, LOST, Event, fail

SCHEMA = """
CREATE TABLE IF NOT EXISTS responses (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    under_way INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    response BLOB NOT NULL,
    input BLOB NOT NULL,
    events BLOB
);
CREATE INDEX IF NOT EXISTS responses_under_way ON responses (number) WHERE under_way;
CREATE TABLE IF NOT EXISTS items (id TEXT PRIMARY KEY, response INTEGER NOT NULL REFERENCES responses (number) ON DELETE CASCADE);
CREATE INDEX IF NOT EXISTS items_of_response ON items (response);
PRAGMA foreign_keys = ON;
"""
ADD = "INSERT INTO responses (id, created_at, under_way, bytes, response, input, events) VALUES (?, ?, ?, ?, ?, ?, ?)"
# Only what is under way: so nothing that was deleted comes back, and of two ends the first one counts.
FINISH = "UPDATE responses SET under_way = 0, bytes = bytes + ?, response = ?, events = ? WHERE id = ? AND under_way RETURNING number"
# The newest that fit stay, and what is under way.
TOO_MUCH = """
DELETE FROM responses WHERE NOT under_way AND number IN (
    SELECT number FROM (
        SELECT number, row_number() OVER (ORDER BY number DESC) AS place, sum(bytes) OVER (ORDER BY number DESC) AS size FROM responses
    ) WHERE place > 1 AND (place > ? OR size > ?)
)
"""


class Shelf:
    """`disk` is that of the stored files: its folder is locked, so one process at a time is here. Raises CannotOpen."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        path = disk.folder / "responses.sqlite3"
        try:
            self.database = Database(path, SCHEMA)
            self.fail_interrupted()
        except sqlite3.DatabaseError as error:
            raise CannotOpen(f"The responses stored in {path} cannot be read ({error}). Move that file away to start afresh.") from error

    def close(self) -> None:
        self.database.close()

    def fail_interrupted(self) -> None:
        """What was under way when the process before this one ended will never be finished."""
        for row in self.database.rows("SELECT id FROM responses WHERE under_way"):
            try:
                self.settled(row["id"])
            except (OSError, ApiError, sqlite3.DatabaseError, ValueError, zlib.error) as problem:  # the others, and all else, go on
                log.error("The response %s could not be ended: %s", row["id"], problem)

    def add(self, response: dict[str, Any], items: list[Item]) -> None:
        packed = pack(response), pack(items)
        size, under_way = sum(map(len, packed)), response["status"] not in ENDED
        with self.database.transaction() as connection:
            added = connection.execute(ADD, (response["id"], response["created_at"], under_way, size, *packed, None))
            note_items(connection, added.lastrowid, [*items, *response["output"]])
            make_room(connection)

    def finish(self, response: dict[str, Any], events: list[Event]) -> bool:
        """The end of one that was added under way. False, and without effect, on one that has ended or was deleted."""
        packed = pack(response), pack(events) if events else None
        size = sum(len(each) for each in packed if each)
        with self.database.transaction() as connection:
            finished = connection.execute(FINISH, (size, *packed, response["id"])).fetchall()
            for (number,) in finished:
                note_items(connection, number, response["output"])
            make_room(connection)
        return bool(finished)

    def drop_expired(self) -> None:
        self.remove("NOT under_way AND created_at <= ?", oldest_alive())

    def remove(self, which: str, value: Any) -> None:
        """Also on a full disk: what goes is written down first, and the reserve has the room for that."""

        def remove() -> None:
            with self.database.transaction() as connection:
                connection.execute(f"DELETE FROM responses WHERE {which}", (value,))  # noqa: S608  # words of ours

        self.disk.with_reserve(remove)

    def row(self, response_id: str) -> sqlite3.Row:
        rows = self.database.rows("SELECT * FROM responses WHERE id = ? AND created_at > ?", response_id, oldest_alive())
        if not rows:
            raise no_such_response(response_id)
        return rows[0]

    def get(self, response_id: str) -> dict[str, Any]:
        return dict(unpack(self.row(response_id)["response"]))

    def settled(self, response_id: str) -> dict[str, Any]:
        """Of one that nobody writes: if it is under way here, its end was lost, and it is told as failed."""
        row = self.row(response_id)
        response: dict[str, Any] = unpack(row["response"])
        if row["under_way"]:
            fail(response, LOST)
            self.finish(response, [])
        return response

    def items_of(self, response_id: str) -> list[Item]:
        return list(unpack(self.row(response_id)["input"]))

    def events_of(self, response_id: str) -> list[Event]:
        """None are known of one that was interrupted."""
        packed = self.row(response_id)["events"]
        return list(unpack(packed)) if packed else []

    def delete(self, response_id: str) -> None:
        self.row(response_id)
        self.remove("id = ?", response_id)

    def row_of_item(self, item_id: str) -> sqlite3.Row | None:
        question = "SELECT r.input, r.response FROM items i JOIN responses r ON r.number = i.response WHERE i.id = ? AND r.created_at > ?"
        return next(iter(self.database.rows(question, item_id, oldest_alive())), None)

    def row_before(self, response_id: str) -> sqlite3.Row | None:
        question = "SELECT input, response FROM responses WHERE id = ? AND created_at > ?"
        return next(iter(self.database.rows(question, response_id, oldest_alive())), None)


def note_items(connection: sqlite3.Connection, number: int | None, items: list[Item]) -> None:
    connection.executemany("INSERT OR IGNORE INTO items (id, response) VALUES (?, ?)", [(item["id"], number) for item in items])


def make_room(connection: sqlite3.Connection) -> None:
    count, size = connection.execute("SELECT count(*), coalesce(sum(bytes), 0) FROM responses").fetchone()
    if count > MOST_KEPT or size > MOST_KEPT_BYTES:
        connection.execute(TOO_MUCH, (MOST_KEPT, MOST_KEPT_BYTES))


def oldest_alive() -> int:
    return int(time.time()) - KEPT_SECONDS


def no_such_response(response_id: str) -> ApiError:
    return ApiError(404, f"Response with id '{response_id}' not found.")


def pack(value: Any) -> bytes:
    return zlib.compress(orjson.dumps(value))


def unpack(packed: bytes) -> Any:
    return orjson.loads(zlib.decompress(packed))
