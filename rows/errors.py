"""What can be wrong with rows that somebody brings. The words for it are whoever asks'."""

from typing import Final

CODES: Final = {
    "no_rows": "there is nothing to read in it",
    "binary": "no text: `kind` is one of signs.KINDS",
    "too_many": "`row` is the first one beyond `limit` rows",
    "too_large": "`row` has more than `limit` bytes",
    "too_wide": "`row` has more than `limit` columns",
    "quote": "in `row` something stands between a closing quote and the end of its cell",
    "open_quote": "`row` opens a quote that is never closed",
    "no_column": "no column has this name or number",
}


class Unreadable(Exception):
    """These rows cannot be taken. `code` is one of CODES; `row` counts as a spreadsheet does: the first line, also a heading, is 1."""

    def __init__(self, code: str, *, row: int | None = None, limit: int | None = None, kind: str = "") -> None:
        super().__init__(code if row is None else f"{code} in row {row}")
        self.code = code
        self.row = row
        self.limit = limit
        self.kind = kind
