"""How a table is written: its letters, what separates cells, how quotes are meant, whether it has a heading.

Told from the beginning of a file by reading it in each way that is possible and taking the one in which most rows have equally
many cells. A person may correct every answer: a Shape is plain data that goes through a form and comes back.
"""

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from rows.errors import Unreadable
from rows.records import lines_of, records_of
from rows.signs import SAMPLE, Source, decoded, encoding_of

NONE: Final = "\x1f"  # separates nothing: every line is one cell
DELIMITERS: Final = ("\t", ";", "|", ",")  # where all fit alike, what is rarer in sentences is meant
LEAST_ALIKE: Final = 0.75  # of all rows have as many cells as most of them have
MOST_BROKEN: Final = 0.1  # of the rows with quotes: then one is wrong, and named; with more, quotes are letters like others
LOOKED_AT: Final = 500  # lines
FURTHER: Final = 32  # times as much, where that holds no two rows
LONGEST_HEADING: Final = 64
TOLD: Final = re.compile(r"sep=([,;|\t])[\r\n]*")  # Excel's own line, which is no row
NUMBER: Final = re.compile(r"[-+$€£]?[\d.,:/%+-][\d.,:/%+ -]*")
DECIMAL: Final = re.compile(r"(?<=\d),(?=\d)")
NO_WORD: Final = re.compile(r"[\W\d_]+")
HEADINGS: Final = frozenset({
    "answer", "body", "category", "class", "comment", "comments", "content", "context", "date", "description", "document", "email",
    "expected", "id", "input", "inputs", "key", "label", "labels", "lang", "language", "line", "message", "name", "no", "nr",
    "number", "output", "passage", "phrase", "prompt", "query", "question", "rating", "reference", "review", "row", "score",
    "sentence", "source", "subject", "summary", "target", "text", "texts", "title", "topic", "url", "user", "value", "word",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """`encoding`: one of signs.ENCODINGS. `delimiter`: one of DELIMITERS or NONE. `quotes`: one of records.QUOTES."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quotes: str = "doubled"
    has_header: bool = False


class Way(NamedTuple):
    """What comes of the same lines with one delimiter."""

    delimiter: str
    quotes: str
    table: list[list[str]]

    @property
    def width(self) -> int:
        counts = Counter(len(cells) for cells in self.table)
        return max(counts, key=lambda width: (counts[width], width), default=0)

    @property
    def alike(self) -> float:
        return sum(len(cells) == self.width for cells in self.table) / max(1, len(self.table))


def shape_of(source: Source) -> Shape:
    """Looks at all bytes and reads the first rows. Raises Unreadable for what is no text."""
    encoding = encoding_of(source)
    way = _way_of(*_sample(source, encoding, 1))
    if len(way.table) < 2:  # the first rows may be longer than what was looked at
        way = _way_of(*_sample(source, encoding, FURTHER))
    return Shape(encoding, way.delimiter, way.quotes, has_heading(way.table))


def _sample(source: Source, encoding: str, times: int) -> tuple[list[str], bool]:
    """The first lines, and whether these are all; the last one may be cut."""
    blocks = decoded(source, encoding)
    read: list[str] = []
    for block in blocks:
        read.append(block)
        if sum(map(len, read)) >= SAMPLE * times:
            break
    lines, most = list(lines_of(["".join(read)])), LOOKED_AT * times
    return lines[:most], len(lines) <= most and next(blocks, None) is None


def _way_of(lines: Sequence[str], is_all: bool) -> Way:
    told = TOLD.fullmatch(lines[0]) if lines else None
    if told:
        return _way(lines[1:], told[1], is_all)
    return _best([_way(lines, delimiter, is_all) for delimiter in DELIMITERS], lines) or _way(lines, NONE, is_all)


def _way(lines: Sequence[str], delimiter: str, is_all: bool) -> Way:
    """Quotes mean what makes all rows right; or nearly all, so that whoever reads the rest can name the wrong one."""
    quoted = sum('"' in line for line in lines)
    doubled, broken = _read(lines, delimiter, "doubled", is_all)
    if not broken:
        return Way(delimiter, "doubled", doubled)
    backslash, still_broken = _read(lines, delimiter, "backslash", is_all)
    if not still_broken:
        return Way(delimiter, "backslash", backslash)
    if broken <= quoted * MOST_BROKEN:
        return Way(delimiter, "doubled", doubled)
    return Way(delimiter, "none", _read(lines, delimiter, "none", is_all)[0])


def _read(lines: Sequence[str], delimiter: str, quotes: str, is_all: bool) -> tuple[list[list[str]], int]:
    """The rows that are not empty, and how many could not be read."""
    feed, broken = iter(lines), 0
    table: list[list[str]] = []
    while True:
        try:
            table += (cells for _number, cells in records_of(feed, delimiter, quotes) if any(cells))
        except Unreadable as wrong:
            is_cut = wrong.code == "open_quote" and not is_all
            broken += not is_cut
            if wrong.code != "quote":
                return table, broken
        else:
            return table, broken


def _best(ways: Sequence[Way], lines: Sequence[str]) -> Way | None:
    commas = sum(line.count(",") for line in lines)
    are_decimals = commas > 0 and commas == sum(len(DECIMAL.findall(line)) for line in lines)
    fitting = [way for way in ways if way.width > 1 and way.alike >= LEAST_ALIKE]
    if are_decimals and len(fitting) > 1:
        fitting = [way for way in fitting if way.delimiter != ","]
    return max(fitting, key=lambda way: (way.quotes != "none", round(way.alike, 1), way.width), default=None)


# --- Heading ------------------------------------------------------------------------------------
def has_heading(table: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: by usual names, or because it is unlike the rows below it."""
    if len(table) < 2:
        return False
    first, rest = [cell.strip() for cell in table[0]], table[1:]
    named = [cell for cell in first if cell]
    if not named or len(set(named)) < len(named) or any(_is_no_name(cell) for cell in named):
        return False
    columns = [(cell, [row[at].strip() for row in rest if at < len(row)]) for at, cell in enumerate(first) if cell]
    if any(cell in below for cell, below in columns):
        return False
    usual = sum(any(word in HEADINGS for word in NO_WORD.split(cell.casefold())[:3]) for cell in named)
    if usual * 2 >= len(named) and _is_short(named):
        return True
    return any(_differs(cell, below) for cell, below in columns)


def _is_no_name(cell: str) -> bool:
    return len(cell) > LONGEST_HEADING or "\n" in cell or _is_number(cell)


def _is_number(cell: str) -> bool:
    return len(cell) <= LONGEST_HEADING and bool(NUMBER.fullmatch(cell))


def _is_short(named: Sequence[str]) -> bool:
    return all(len(cell.split()) <= 4 and not cell.endswith((".", "!", "?", "…")) for cell in named)


def _differs(name: str, below: Sequence[str]) -> bool:
    """A word above numbers, or a few words above sentences."""
    filled = [cell for cell in below if cell]
    if not filled:
        return False
    numbers = sum(map(_is_number, filled))
    is_above_sentences = _is_short([name]) and statistics.median(map(len, filled)) >= max(20, 3 * len(name))
    return numbers >= 0.9 * len(filled) or (is_above_sentences and min(map(len, itertools.islice(filled, 20))) > len(name))
