"""Small texts that are edited on a page: read as letters, and written as they were, in UTF-8."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

import rows
from apps.files import kinds
from apps.files.content import opened
from apps.files.models import Copy, File, Kind

MOST: Final = 1_000_000  # bytes
EDITED: Final = (Kind.JSONL, Kind.TABLE, Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Text:
    """`text` has LF between its lines. `has_crlf`: the file has CR LF, and gets it again."""

    text: str
    has_crlf: bool


def can_edit(file: File) -> bool:
    return file.copy == Copy.READY and file.kind in EDITED and 0 < file.size <= MOST


def why_not(file: File) -> str:
    if file.copy != Copy.READY:
        return _("It is not ready to be edited.")
    if file.kind not in EDITED:
        return _("Only texts can be edited here.")
    return _("It is too large to be edited here. Download it, and bring it again.")


def read(file: File) -> Text:
    """Raises FileNotFoundError, rows.Unreadable."""
    with opened(file) as source:
        text, _encoding = kinds.text_of(source.read(MOST + 1), True)
    has_crlf = text.count("\r\n") * 2 > text.count("\n")
    return Text(rows.clean(_plain(text)), has_crlf)


def body_of(typed: str, was: Text) -> bytes:
    """What is stored of what somebody typed. JSONL gets LF whatever it had, because CR LF is one of its flaws."""
    text = rows.clean(_plain(typed))
    return (text.replace("\n", "\r\n") if was.has_crlf else text).encode()


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
