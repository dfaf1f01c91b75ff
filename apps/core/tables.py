"""Tables for spreadsheets, as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

MARK: Final = "\ufeff".encode()  # first in a file: by it spreadsheets know that it is UTF-8
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """These lines, or the next ones. No cell is a formula, and none has what a file cannot hold."""
    page = io.StringIO()
    csv.writer(page).writerows([safe_cell(value) for value in row] for row in rows)
    return page.getvalue().encode("utf-8", "replace")


def safe_cell(value: Any) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    text = str(value).replace("\x00", "\ufffd")
    return f"'{text}" if text.startswith(FORMULA) else text
