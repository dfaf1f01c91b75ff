"""Text into lines, lines into rows of cells. However large the file is, one row of it is held."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from rows.errors import Unreadable

LONGEST: Final = 4 << 20  # letters of one row with all its cells: a quote that is never closed would take the rest of the file
END: Final = "end"  # a line of our own behind the last one: it is a row by itself, unless something is still open
QUOTES: Final = (
    "doubled",
    "backslash",
    "none",
)  # how a quote is written inside quotes ("backslash" takes both ways); "none": quotes are letters like others
_KINDS: Final = {
    "doubled": {"quotechar": '"', "doublequote": True, "quoting": csv.QUOTE_MINIMAL},
    "backslash": {"quotechar": '"', "doublequote": True, "escapechar": "\\", "quoting": csv.QUOTE_MINIMAL},
    "none": {"quotechar": None, "quoting": csv.QUOTE_NONE},
}


class Record(NamedTuple):
    """`number` as a spreadsheet counts: the first row, also a heading, is 1; a row of several lines is one."""

    number: int
    cells: list[str]


def lines_of(blocks: Iterable[str]) -> Iterator[str]:
    """Lines with their ends, which are LF, CR LF or CR; other signs that Unicode calls line ends are letters of a text."""
    rest = ""
    for block in blocks:
        *whole, rest = io.StringIO(rest + block, newline="").readlines() or [""]
        yield from whole
        if rest.endswith("\n"):
            yield rest
            rest = ""
        elif len(rest) > LONGEST:
            break  # whoever reads rows refuses it
    if rest:
        yield rest


def records_of(lines: Iterable[str], delimiter: str, quotes: str, first: int = 1) -> Iterator[Record]:
    """Each row, `first` being the number of the first one. Raises Unreadable: quote, open_quote, too_large."""
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter, lineterminator="\n", strict=True, **_KINDS[quotes])  # type: ignore[arg-type]
    number = first
    while True:
        feed.begin(number)
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Unreadable("open_quote" if feed.is_over else "quote", row=number) from None
        if cells is None or feed.is_over:
            if feed.letters:
                raise Unreadable("open_quote", row=number)
            return
        yield Record(number, cells)
        number += 1


class _Feed:
    """Lines for the reader of rows, counted from the beginning of each row."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.is_over = False

    def begin(self, number: int) -> None:
        self.number, self.letters = number, 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self.is_over:
            raise StopIteration
        line = next(self.lines, None)
        if line is None:
            self.is_over = True
            return END
        if self.letters + len(line) > LONGEST:
            raise Unreadable("open_quote" if self.letters else "too_large", row=self.number, limit=LONGEST)
        self.letters += len(line)
        return line


csv.field_size_limit(2 * LONGEST)  # of the whole process; a row is bounded above, so that no cell comes near it
