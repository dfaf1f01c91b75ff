"""Rows that a person brings to a page: typed lines, a column of a table, files. What came of them, and what was wrong, in words.

    brought = read_brought(request.POST, request.FILES.getlist("file"))     # raises rows.Unreadable
    words_of(error)                                                         # one sentence that names the row and says what to do

Fields: `text` with `whole` ("1": all of it is one row); or files: one is a table (`column`: a name, or counted from 1; `has_header`:
"1" or "0", else it is told; `encoding` and `delimiter`, else told), several are a row each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

import rows
from apps.core.templatetags.core import count

MOST_ROWS: Final = 100_000
MOST_NAMED: Final = 10  # numbers in one sentence
AUTOMATIC: Final = "auto"
KINDS: Final[Mapping[str, Any]] = {
    "excel": gettext_lazy("an Excel workbook. Save it as CSV in Excel, then choose that file"),
    "opendocument": gettext_lazy("a spreadsheet. Save it as CSV there, then choose that file"),
    "word": gettext_lazy("a text document with formatting. Save it as plain text, then choose that file"),
    "pdf": gettext_lazy("a PDF. Copy its text and paste it instead"),
    "picture": gettext_lazy("a picture. Choose a file of text"),
    "archive": gettext_lazy("a packed archive. Unpack it, then choose the file in it"),
    "database": gettext_lazy("a file of data for programs. Save it as CSV, then choose that file"),
    "sound": gettext_lazy("a recording. Choose a file of text"),
    "unknown": gettext_lazy("not a text. Choose a file of text or CSV"),
}


@dataclass(frozen=True, slots=True)
class Brought:
    """`rows` with their numbers, as a spreadsheet counts. `columns`: what may be chosen instead, as (number from 1, name); `column`:
    the one that was read. `sentence`: what was read. `left_out`: sentences about rows that are not there, or not as they were.
    `names`: of several files, in the order of the rows."""

    rows: list[rows.Row]
    columns: list[tuple[int, str]] = field(default_factory=list)
    column: int = 0
    shape: rows.Shape | None = None
    sentence: str = ""
    left_out: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def read_brought(
    post: Mapping[str, Any], files: Sequence["File[Any]"], *, most: int = MOST_ROWS, most_bytes: int = rows.MOST_BYTES
) -> Brought:
    """What stands in the form. Files go before the text. Raises Unreadable; of several files it names one by its place, from 1."""
    if len(files) > 1 or (files and post.get("whole") == "1"):
        return _told(rows.read_files(files, most=most, most_bytes=most_bytes), Brought([], names=[str(file.name) for file in files]))
    if files:
        return _table(post, files[0], most, most_bytes)
    text = str(post.get("text", ""))
    if post.get("whole") == "1":
        return _told(rows.Reading([rows.Row(1, clean(text).strip())], most, most_bytes), Brought([]))
    return _told(rows.read_lines(text, most=most, most_bytes=most_bytes), Brought([]))


def clean(text: str) -> str:
    """A typed text as databases take it, with the line ends of this product."""
    return rows.clean(text).replace("\r\n", "\n").replace("\r", "\n")


def _table(post: Mapping[str, Any], file: "File[Any]", most: int, most_bytes: int) -> Brought:
    look = rows.look(file, _shape(post, file))
    column = _column(str(post.get("column", "")), look)
    reading = rows.read_column(file, look.shape, column, most=most, most_bytes=most_bytes)
    return _told(reading, Brought([], _columns(look), column, look.shape))


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a table as it is read now, and what a person may change of that."""

    look: rows.Look
    columns: list[tuple[int, str]]
    column: int
    delimiters: list[tuple[str, str]]

    @property
    def texts(self) -> list[tuple[int, str]]:
        """The first rows of the chosen column."""
        return [(record.number, record.cells[self.column - 1]) for record in self.look.records]


def look_again(post: Mapping[str, Any], file: Any) -> Preview:
    """A table that was brought, with what the person chose so far. Raises Unreadable."""
    look = rows.look(file, _shape(post, file))
    try:
        column = _column(str(post.get("column", "")), look)
    except rows.Unreadable:  # it had that column when it was read with other letters
        column = look.text_column
    return Preview(look, _columns(look), column, delimiters())


def delimiters() -> list[tuple[str, str]]:
    """What may stand between two cells, as (sign, name)."""
    names = {"\t": _("Tab"), ";": _("Semicolon"), "|": _("Bar"), ",": _("Comma"), rows.NONE: _("None: each line is one text")}
    return [(sign, names[sign]) for sign in (*rows.DELIMITERS, rows.NONE)]


def _columns(look: rows.Look) -> list[tuple[int, str]]:
    return [(number, name or _("Column %(n)s") % {"n": number}) for number, name in enumerate(look.columns, 1)]


def _shape(post: Mapping[str, Any], file: "File[Any]") -> rows.Shape:
    """As it is told from the file, but for what the person says."""
    shape = rows.shape_of(file)
    encoding, delimiter = str(post.get("encoding", "")), str(post.get("delimiter", ""))
    if encoding in rows.ENCODINGS:
        shape = replace(shape, encoding=encoding)
    if delimiter in (*rows.DELIMITERS, rows.NONE):
        shape = replace(shape, delimiter=delimiter)
    if post.get("has_header") in {"0", "1"}:
        shape = replace(shape, has_header=post["has_header"] == "1")
    return shape


def _column(typed: str, look: rows.Look) -> int:
    """Raises Unreadable where there is none like it."""
    if not typed or typed == AUTOMATIC:
        return look.text_column
    if typed.isascii() and typed.isdigit() and len(typed) < 6:
        if 1 <= int(typed) <= len(look.columns):
            return int(typed)
        raise rows.Unreadable("no_column")
    return rows.place_of(typed, look.columns) + 1


def _told(reading: rows.Reading, brought: Brought) -> Brought:
    taken = list(reading)
    left_out = []
    if reading.empty.count:
        sentence = ngettext(
            "%(n)s row is empty and was left out: %(rows)s.", "%(n)s rows are empty and were left out: %(rows)s.", reading.empty.count
        )
        left_out.append(sentence % {"n": count(reading.empty.count), "rows": numbers(reading.empty)})
    if reading.spoiled.count:
        sentence = ngettext(
            "%(n)s row has letters that could not be read, shown as �: %(rows)s.",
            "%(n)s rows have letters that could not be read, shown as �: %(rows)s.",
            reading.spoiled.count,
        )
        left_out.append(sentence % {"n": count(reading.spoiled.count), "rows": numbers(reading.spoiled)})
    told = ngettext("%(n)s row", "%(n)s rows", len(taken)) % {"n": count(len(taken))}
    return replace(brought, rows=taken, sentence=told, left_out=left_out)


def numbers(named: rows.Named) -> str:
    """The first numbers, and that there are more."""
    shown = ", ".join(count(number) for number in named.first[:MOST_NAMED])
    return shown if named.count <= MOST_NAMED else _("%(rows)s and more") % {"rows": shown}


# --- What is wrong ------------------------------------------------------------------------------
def words_of(error: rows.Unreadable, names: Sequence[str] = ()) -> str:
    """One sentence about what cannot be taken. `names`: of files, where each of several is a row."""
    names_it = error.row is not None and len(names) > 1 and error.row <= len(names)
    where = (
        _("The file “%(name)s”") % {"name": names[error.row - 1][:80]}
        if names_it and error.row
        else _("Row %(n)s") % {"n": count(error.row or 1)}
    )
    limit = count(error.limit or 0)
    sentences = {
        "no_rows": _("There is no text in it. Type a line, or choose a file with text."),
        "too_many": _("There are more than %(limit)s rows: row %(n)s is the first one too many. Cut the list into parts.")
        % {"limit": limit, "n": count(error.row or 0)},
        "too_large": _("%(where)s is longer than %(limit)s bytes. Shorten it or leave it out.") % {"where": where, "limit": limit},
        "too_wide": _("%(where)s has more than %(limit)s columns. Keep the column with the texts, and leave the others out.")
        % {"where": where, "limit": limit},
        "quote": _("%(where)s has a letter between a closing quote and the end of its cell. Double the quotes inside of the cell.")
        % {"where": where},
        "open_quote": _("%(where)s opens a quote that is never closed. Add the quote that is missing.") % {"where": where},
        "no_column": _("The table has no such column. Choose one of its columns."),
    }
    if error.code == "binary":
        kind = KINDS.get(error.kind, KINDS["unknown"])
        return _("%(what)s is %(kind)s.") % {"what": where if names_it else _("This file"), "kind": kind}
    return sentences[error.code]
