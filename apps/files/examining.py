"""What a file is: its kind by its content, what is worth knowing of it, a small picture. A stranger's file never makes it fail.

Read once from the beginning to the end, for its sum and its lines; what needs more is done in processes of their own, with limits.
"""

import hashlib
import logging
import pathlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

import rows
import sound
from apps.core.storing import DiskFull, fresh_name, store
from apps.files import drawing, kinds
from apps.files.content import BUFFER, local_copy, opened
from apps.files.line_places import Places
from apps.files.models import File, Kind

log = logging.getLogger(__name__)
MOST_DRAWN: Final = {Kind.PICTURE: 50 * 1024**2, Kind.PDF: 512 * 1024**2}  # bytes
MOST_SOUND: Final = 2 * 1024**3
MOST_COUNTED: Final = 64 * 1024**2  # bytes of a table whose rows are counted
LINED: Final = (Kind.JSONL, Kind.TABLE, Kind.TEXT)
ONE_BYTE: Final = ("utf-8", "cp1252")  # line breaks are found without reading letters
Told = Callable[[int], None]


@dataclass(slots=True)
class Found:
    """What goes into the row. `note`: why there is no more, for a person; it is kept in the details."""

    kind: Kind
    content_type: str
    details: dict[str, Any] = field(default_factory=dict)
    md5: str = ""
    thumbnail: str = ""


def examine(file: File, told: Told) -> Found:
    """All about its content. `told` hears how many bytes were read. Raises FileNotFoundError, and what `told` raises."""
    with opened(file) as source:
        head = source.read(kinds.HEAD)
    kind, content_type = kinds.kind_of(head, file.name)
    found = Found(kind, content_type)
    _read_all(file, found, head, told)
    try:
        _LOOKS.get(kind, _no_look)(file, found, head)
    except DiskFull:
        found.details["note"] = _("There was no room on this server to look into it.")
    if found.kind == Kind.OTHER and "note" not in found.details:
        found.details["note"] = (
            _("This kind of file cannot be shown here. It can be sent and downloaded.") if file.size else _("It is empty.")
        )
    return found


def _read_all(file: File, found: Found, head: bytes, told: Told) -> None:
    digest, places = hashlib.md5(usedforsecurity=False), Places()
    encoding = _encoding(head) if found.kind in LINED else ""
    with opened(file, told) as source:
        while block := source.read(BUFFER):
            digest.update(block)
            if encoding in ONE_BYTE:
                places.add(block)
    found.md5 = digest.hexdigest()
    if encoding:
        found.details["encoding"] = encoding
    if encoding in ONE_BYTE:
        found.details |= {"lines": places.lines, "places": {"each": places.each, "at": places.at}}


def _encoding(head: bytes) -> str:
    return kinds.text_of(head, len(head) < kinds.HEAD)[1]


# --- Each kind -----------------------------------------------------------------------------------
def _no_look(_file: File, _found: Found, _head: bytes) -> None:
    pass


def _draw(file: File, found: Found, _head: bytes) -> None:
    what = {Kind.PICTURE: "picture", Kind.PDF: "pdf"}[found.kind]
    if file.size > MOST_DRAWN[found.kind]:
        found.details["note"] = _("It is too large to be shown here.")
        return
    with local_copy(file) as path, tempfile.TemporaryDirectory(prefix="playground-drawn-") as folder:
        target = pathlib.Path(folder) / "drawn.webp"
        try:
            drawn = drawing.draw(path, what, target)
        except drawing.Unreadable as refusal:
            found.details["note"] = why_not_drawn(refusal.kind)
            found.kind = Kind.OTHER if refusal.kind == "damaged" else found.kind
            return
        store(file.thumbnail, fresh_name("thumbnail"), ContentFile(target.read_bytes()))
    found.thumbnail = str(file.thumbnail.name)
    told = {"width": drawn.width, "height": drawn.height, "pages": drawn.pages}
    found.details |= {name: value for name, value in told.items() if value}


def why_not_drawn(kind: str) -> str:
    return {
        "damaged": _("It is damaged or not complete: nothing could be read of it."),
        "too_large": _("It has too many pixels to be shown here."),
        "locked": _("It is locked with a password, so its pages cannot be shown."),
    }.get(kind, _("It takes too long to be drawn, so it is not shown here."))


def _listen(file: File, found: Found, _head: bytes) -> None:
    if file.size > MOST_SOUND:
        found.details["note"] = _("It is too large to be looked into. It can be sent and downloaded.")
        return
    try:
        with local_copy(file) as path:
            said = sound.glance(path)
    except sound.Unusable as refusal:
        found.kind, found.details["note"] = _without_sound(refusal.kind)
        return
    except sound.Failed:
        found.details["note"] = _("It takes too long to be looked into.")
        return
    except sound.NoRoom as error:
        raise DiskFull from error
    found.content_type = said["content_type"]
    found.details |= {"is_video": said["has_video"]} | ({"seconds": said["told_seconds"]} if said["told_seconds"] else {})


def _without_sound(kind: str) -> tuple[Kind, str]:
    if kind == "no_track":
        return Kind.SOUND, _("There is no sound in this file.")
    return Kind.OTHER, _("It looks like sound or video, and nothing could be read of it.")


def _look_at_table(file: File, found: Found, head: bytes) -> None:
    try:
        look = kinds.first_rows(head, 1)
        found.details["columns"] = len(look.columns)
        if file.size <= MOST_COUNTED:
            with opened(file) as source:
                count = sum(any(map(str.strip, record.cells)) for record in rows.read_records(source, look.shape))
            found.details["rows"] = count - look.shape.has_header
    except rows.Unreadable as wrong:
        log.debug("A table is not clean: %s", wrong)
        found.details["note"] = (
            _("Row %(row)s cannot be read as a row of a table.") % {"row": wrong.row} if wrong.row else _("It has no rows.")
        )


_LOOKS: Final[dict[Kind, Callable[[File, Found, bytes], None]]] = {
    Kind.PICTURE: _draw,
    Kind.PDF: _draw,
    Kind.SOUND: _listen,
    Kind.TABLE: _look_at_table,
}
