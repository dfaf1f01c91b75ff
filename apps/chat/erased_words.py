"""Words of deleted chats leave SQLite's full-text table.

A row that goes is only noted as gone there: its words stay in blocks until they are merged with newer ones, which may take
for ever. FTS5's own `secure-delete` needs SQLite 3.42, and makes a table that older ones cannot read. So housekeeping merges
all blocks, some at a time, after something was deleted. PostgreSQL's vacuum does the same by itself.
"""

from typing import Final

from django.db import connection, transaction

from apps.chat.words import TABLE

MARK: Final = "chat_words_erased"  # a trigger writes it
PAGES: Final = 500  # of 4 kB: what one short transaction writes


def merge_erased() -> int:
    """One step of it. 0 when no word of a deleted text is left."""
    if connection.vendor != "sqlite" or _has_begun() is None:
        return 0
    with transaction.atomic():
        has_begun = _has_begun()  # a deletion begins it anew
        if has_begun is not None:
            _merge(has_begun)
    return 1


def _has_begun() -> bool | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT has_begun FROM {MARK}")  # noqa: S608  # names of ours
        row = cursor.fetchone()
        return bool(row[0]) if row else None


def _merge(has_begun: bool) -> None:
    """A negative number takes all blocks there are; it is done when next to nothing was left to write (sqlite.org/fts5.html, 6.9)."""
    with connection.cursor() as cursor:
        before = connection.connection.total_changes
        merge = f"INSERT INTO {TABLE}({TABLE}, rank) VALUES ('merge', %s)"  # noqa: S608
        cursor.execute(merge, [PAGES if has_begun else -PAGES])
        if connection.connection.total_changes - before < 2:
            cursor.execute(f"DELETE FROM {MARK}")  # noqa: S608
        elif not has_begun:
            cursor.execute(f"UPDATE {MARK} SET has_begun = 1")  # noqa: S608
