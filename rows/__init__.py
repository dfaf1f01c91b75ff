"""Rows that people bring and tables that they take away. The standard library only; no Django, no app.

What comes is a stranger's: pasted, or a file from a spreadsheet of any country. Nothing is guessed that a person cannot correct, and
nothing is lost without being named. Each reading raises `Unreadable`, with a code and the number of the row.

Reading              signs (which letters, or no text at all), records (lines, cells), shape (how the table is written), reading
Writing              tables (CSV, JSON)
"""

from rows.errors import CODES, Unreadable
from rows.reading import MOST_BYTES, Look, Named, Reading, Row, look, place_of, read_column, read_files, read_lines, read_records
from rows.records import QUOTES, Record
from rows.shape import DELIMITERS, NONE, Shape, shape_of
from rows.signs import ENCODINGS, KINDS, clean
from rows.tables import MARK, as_csv, as_json, csv_pieces, safe_cell

__all__ = [
    "CODES", "DELIMITERS", "ENCODINGS", "KINDS", "MARK", "MOST_BYTES", "NONE", "QUOTES", "Look", "Named", "Reading", "Record", "Row",
    "Shape", "Unreadable", "as_csv", "as_json", "clean", "csv_pieces", "look", "place_of", "read_column", "read_files",
    "read_lines", "read_records", "safe_cell", "shape_of",
]  # fmt: skip
