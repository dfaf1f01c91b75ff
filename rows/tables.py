"""Tables that people take away, as bytes in pieces: CSV for spreadsheets, JSON for programs."""

import csv
import io
import itertools
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

MARK: Final = "\ufeff".encode()  # first in a file: by it spreadsheets know that it is UTF-8
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
AT_ONCE: Final = 200  # rows to a piece


def as_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """These lines, or the next ones. No cell is a formula, and none has what a file cannot hold."""
    page = io.StringIO()
    csv.writer(page).writerows([safe_cell(value) for value in row] for row in rows)
    return page.getvalue().encode("utf-8", "replace")


def csv_pieces(heading: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A whole file."""
    yield MARK + as_csv([heading])
    for some in _pieces(rows):
        yield as_csv(some)


def as_json(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A whole file: a list of objects, one to a line. Numbers that JSON has no words for are null."""
    before = "[\n"
    for some in _pieces(rows):
        yield (before + ",\n".join(json.dumps(_plain(row), ensure_ascii=False, allow_nan=False) for row in some)).encode("utf-8", "replace")
        before = ",\n"
    yield b"\n]\n" if before == ",\n" else b"[]\n"


def safe_cell(value: Any) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    text = str(value).replace("\x00", "\ufffd")
    return f"'{text}" if text.startswith(FORMULA) else text


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int) else str(value)


def _pieces(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while some := list(itertools.islice(rest, AT_ONCE)):
        yield some
