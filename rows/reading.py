"""Rows that somebody brings: pasted lines, a column of a table, a file each. Read one after the other, never all at once.

    reading = read_column(file, shape, column)
    for row in reading: ...
    reading.empty, reading.spoiled      # which rows were left out, and which have letters that could not be read

Empty rows are left out and named. What cannot be taken at all raises Unreadable where it comes; rows before it were handed out.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from rows.errors import Unreadable
from rows.records import Record, lines_of, records_of
from rows.shape import TOLD, Shape, shape_of
from rows.signs import REPLACEMENT, Source, clean, decoded, encoding_of

MOST_BYTES: Final = 1_000_000  # of one row
MOST_EMPTY: Final = 1_000_000  # a file of line breaks only would keep a processor for long
NAMED: Final = 100  # row numbers that are kept of each kind
PREVIEWED: Final = 5
GUESSED_FROM: Final = 200  # rows that show which column holds the texts
LOOKED_AT: Final = 10_000  # rows among which these are looked for: a file may begin with empty ones
MOST_COLUMNS: Final = 1_000


class Row(NamedTuple):
    """`number` as a spreadsheet counts, or the number of the line, or of the file."""

    number: int
    text: str


@dataclass(slots=True)
class Named:
    """Rows that are told: how many there are, and the numbers of the first ones."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(number)


class Reading:
    """Goes once over the rows. `taken`, `empty` and `spoiled` grow meanwhile. Raises Unreadable."""

    def __init__(self, rows: Iterable[Row], most: int, most_bytes: int) -> None:
        self.taken = 0
        self.empty, self.spoiled = Named(), Named()
        self._rows, self._most, self._most_bytes = rows, most, most_bytes

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            if not row.text or row.text.isspace():
                self.empty.add(row.number)
                if self.empty.count <= MOST_EMPTY:
                    continue
            if self.taken == self._most or self.empty.count > MOST_EMPTY:
                raise Unreadable("too_many", row=row.number, limit=self._most)
            check_size(row, self._most_bytes)
            self.taken += 1
            if REPLACEMENT in row.text:
                self.spoiled.add(row.number)
            yield row
        if not self.taken:
            raise Unreadable("no_rows")


def read_lines(text: str, *, most: int, most_bytes: int = MOST_BYTES) -> Reading:
    """Every line of what was pasted."""
    lines = lines_of([clean(text.removeprefix("\ufeff"))])
    return Reading((Row(number, line.rstrip("\r\n")) for number, line in enumerate(lines, 1)), most, most_bytes)


def read_column(source: Source, shape: Shape, column: str | int = 1, *, most: int, most_bytes: int = MOST_BYTES) -> Reading:
    """One column of a table: by its name in the heading, or counted from 1. A row that is too short for it is an empty one."""

    def texts() -> Iterator[Row]:
        records = read_records(source, shape)
        at = place_of(column, next(records, Record(1, [])).cells) if shape.has_header else place_of(column, None)
        for number, cells in records:
            yield Row(number, cells[at] if at < len(cells) else "")

    return Reading(texts(), most, most_bytes)


def read_files(files: Iterable[Source], *, most: int, most_bytes: int = MOST_BYTES) -> Reading:
    """Each file is one row. What is wrong with one names it by its number, counted from 1."""
    return Reading((Row(number, _whole(file, number, most_bytes)) for number, file in enumerate(files, 1)), most, most_bytes)


def read_records(source: Source, shape: Shape) -> Iterator[Record]:
    """All rows with all their cells, the heading and empty ones too. Raises Unreadable."""
    lines = lines_of(decoded(source, shape.encoding))
    first = next(lines, None)
    if first is None:
        return iter(())
    if not TOLD.fullmatch(first):
        lines = itertools.chain([first], lines)
    return records_of(lines, shape.delimiter, shape.quotes)


def place_of(column: str | int, heading: Sequence[str] | None) -> int:
    """Where in a row the column stands, from 0. Capitals and spaces around a name do not count, unless two differ by them only."""
    if isinstance(column, int):
        if column < 1:
            raise Unreadable("no_column")
        return column - 1
    for form in (str, str.strip, lambda name: str(name).strip().casefold()):
        names = [form(name) for name in heading or ()]
        if form(column) in names:
            return names.index(form(column))
    raise Unreadable("no_column")


def check_size(row: Row, most_bytes: int) -> None:
    if len(row.text) * 4 > most_bytes and len(row.text.encode()) > most_bytes:
        raise Unreadable("too_large", row=row.number, limit=most_bytes)


def _whole(file: Source, number: int, most_bytes: int) -> str:
    """All text of one file, read no further than it may be long."""
    try:
        encoding = encoding_of(file)
    except Unreadable as wrong:
        raise Unreadable(wrong.code, row=number, kind=wrong.kind) from None
    blocks, size = [], 0
    for block in decoded(file, encoding):
        blocks.append(block)
        size += len(block)
        if size > most_bytes:
            raise Unreadable("too_large", row=number, limit=most_bytes)
    return "".join(blocks)


# --- Preview ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Look:
    """`columns`: the names in the heading, else empty ones; as many as the widest of the first rows has. `text_column`: counted from
    1, the one with the longest texts. `records`: the first ones below the heading that are not empty, filled up to that width."""

    shape: Shape
    columns: list[str]
    text_column: int
    records: list[Record]


def look(source: Source, shape: Shape | None = None, *, first: int = PREVIEWED) -> Look:
    """What a person checks before rows are read. Raises Unreadable."""
    shape = shape or shape_of(source)
    records = _narrow(read_records(source, shape))
    names = next(records, Record(1, [])).cells if shape.has_header else []
    there = (record for record in itertools.islice(records, LOOKED_AT) if any(map(str.strip, record.cells)))
    seen = list(itertools.islice(there, max(first, GUESSED_FROM)))
    if not seen:
        raise Unreadable("no_rows")
    width = max(len(names), *(len(record.cells) for record in seen), 1)
    lengths = [0] * width
    for _number, cells in seen:
        for at, cell in enumerate(cells):
            lengths[at] += len(cell)
    padded = [Record(number, _filled(cells, width)) for number, cells in seen[:first]]
    return Look(shape, _filled([name.strip() for name in names], width), lengths.index(max(lengths)) + 1, padded)


def _narrow(records: Iterator[Record]) -> Iterator[Record]:
    """A row of millions of cells is no table, and a page that lists them is nothing to choose from. Raises Unreadable."""
    for record in records:
        if len(record.cells) > MOST_COLUMNS:
            raise Unreadable("too_wide", row=record.number, limit=MOST_COLUMNS)
        yield record


def _filled(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]
