"""What is shown of a file: one example, the first rows, the beginning of a text. Only as much is read as is shown."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils.translation import gettext as _

import rows
from apps.core.serving import PICTURES, SOUND
from apps.files import kinds
from apps.files.content import opened
from apps.files.examples import CLIPPED, MOST, Said, Told, clipped, told_of
from apps.files.line_places import begin_of, line_at
from apps.files.models import Copy, File, Kind

FIRST_ROWS: Final = 8
ALL_ROWS: Final = 100
MOST_COLUMNS: Final = 30
TEXT: Final = 2_000  # letters
WHOLE_TEXT: Final = 64 * 1024
MOST_EMPTY: Final = 1_000  # lines that are stepped over
MOST_BACK: Final = 100  # and backwards
MOST_READ: Final = 64 * 1024 * 1024  # bytes, to find a line
LONGEST_CELL: Final = 200
MOST_THINGS: Final = 20_000  # in one line that is taken apart for a page


@dataclass(frozen=True, slots=True)
class Preview:
    """`shape`: which part of templates/files/_preview.html draws it. `shown`: what that needs. `note`: why there is no more."""

    shape: str
    shown: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


def preview_of(file: File, asked: Mapping[str, str] | None = None) -> Preview:
    """`asked`: "line" (which one of JSONL), "all" (nothing is clipped). Never raises for what stands in the file."""
    asked = asked or {}
    if file.copy != Copy.READY:
        return Preview("" if file.copy == Copy.LOOKING else "none", note=_not_here(file))
    try:
        return _SHAPES.get(Kind(file.kind), _nothing)(file, asked)
    except FileNotFoundError:
        return Preview("none", note=_("Its content is not on this server any more."))
    except rows.Unreadable:  # its note says why it is shown as a text
        return replace(_text(file, asked), note=file.details.get("note", ""))


def _not_here(file: File) -> str:
    if file.copy == Copy.COMING:
        return _("It is shown when all of it has arrived.")
    return "" if file.copy == Copy.LOOKING else _("It is not on this server. Fetch it to see what is in it.")


def _nothing(file: File, _asked: Mapping[str, str]) -> Preview:
    return Preview("none", note=file.details.get("note", ""))


def _picture(file: File, _asked: Mapping[str, str]) -> Preview:
    return Preview("picture" if file.thumbnail else "none", {"is_whole": file.content_type in PICTURES}, file.details.get("note", ""))


def _sound(file: File, _asked: Mapping[str, str]) -> Preview:
    if file.content_type in SOUND:
        return Preview("sound")
    note = file.details.get("note") or _("Browsers do not play this kind of file. Download it to hear it.")
    return Preview("none", note=note)


# --- Lines of JSON -------------------------------------------------------------------------------
def _line(file: File, asked: Mapping[str, str]) -> Preview:
    """The example of that line, or the next one that is not empty."""
    lines, places = file.details.get("lines", 0), file.details.get("places")
    if not places:  # letters of two bytes, whose lines are not found by their breaks
        return _text(file, asked)
    number = min(max(1, _number(asked.get("line", ""))), max(lines, 1))
    steps = -1 if asked.get("back") else 1
    with opened(file) as source:
        at, line, is_whole = _not_empty(source, places, number, lines, steps)
    if not line:
        return Preview("none", note=_("There is nothing in it but empty lines.") if lines else _("It is empty."))
    told = _told(line, is_whole, shows_all=bool(asked.get("all")))
    return Preview("line", {"told": told, "line": at, **_place_of(file, at, lines)})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 1


def _not_empty(source: io.BufferedReader, places: Any, number: int, lines: int, step: int) -> tuple[int, bytes, bool]:
    """The first line from there on that is not empty, or the last one before; no more is read for it than `MOST_READ` twice."""
    first = number if step > 0 else max(1, number - MOST_BACK + 1)
    last = min(lines, number + MOST_EMPTY) if step > 0 else number
    found, left = (number, b"", True), MOST_READ
    place = begin_of(source, first, places, MOST_READ)
    for at in range(first, last + 1):
        if place is None or left <= 0:
            break
        line, is_whole = line_at(source, place)
        if line.strip():
            found = (at, line, is_whole)
            if step > 0:
                break
        place = source.tell() if is_whole else None
        left -= len(line) + 1
    return found


def _told(line: bytes, is_whole: bool, *, shows_all: bool) -> Told:
    text = line.decode("utf-8", "replace").removeprefix("\ufeff")
    value = kinds.parsed(text) if is_whole and text.count("{") + text.count("[") < MOST_THINGS else None
    if value is not None:
        return told_of(value, shows_all=shows_all)
    return Told([clipped(Said(_("As it stands in the file"), rows.clean(text), is_code=True), MOST if shows_all else CLIPPED)])


def _place_of(file: File, at: int, lines: int) -> dict[str, Any]:
    """Examples are counted where every line is one; else it is the number of the line that a person needs."""
    is_example = file.check_report.get("examples", lines) == lines
    is_request = is_example and file.check_report.get("method") == "batch"
    return {
        "is_example": is_example,
        "is_request": is_request,
        "total": lines,
        "before": at - 1 or None,
        "after": at + 1 if at < lines else None,
    }


# --- Tables and texts ----------------------------------------------------------------------------
def _table(file: File, asked: Mapping[str, str]) -> Preview:
    with opened(file) as source:
        head = source.read(kinds.HEAD)
    look = kinds.first_rows(head, ALL_ROWS if asked.get("all") else FIRST_ROWS)
    cut = [(record.number, [_cell(cell) for cell in record.cells[:MOST_COLUMNS]]) for record in look.records]
    count = file.details.get("rows")
    shown = {
        "columns": look.columns[:MOST_COLUMNS],
        "has_header": look.shape.has_header,
        "records": cut,
        "left_out": max(0, len(look.columns) - MOST_COLUMNS),
        "rows": count,
        "has_more": not asked.get("all") and (count is None or count > len(cut)),
    }
    return Preview("table", shown, file.details.get("note", ""))


def _cell(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL].rstrip() + "…"


def _text(file: File, asked: Mapping[str, str]) -> Preview:
    with opened(file) as source:
        head = source.read(kinds.HEAD)
    try:
        text, _encoding = kinds.text_of(head, len(head) < kinds.HEAD)
    except rows.Unreadable:
        return _nothing(file, asked)
    most = WHOLE_TEXT if asked.get("all") else TEXT
    has_more = len(text) > most or len(head) == kinds.HEAD
    if not text.strip():
        return Preview("none", note=_("It is empty."))
    return Preview("text", {"text": rows.clean(text[:most]), "has_more": has_more and not asked.get("all"), "is_cut": has_more})


_SHAPES: Final = {
    Kind.JSONL: _line,
    Kind.TABLE: _table,
    Kind.TEXT: _text,
    Kind.PICTURE: _picture,
    Kind.SOUND: _sound,
    Kind.PDF: _picture,
}
