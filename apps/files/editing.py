"""Small texts that are edited on a page: read as letters, and written as they were, in UTF-8."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

import rows
from apps.files import kinds, making
from apps.files.content import opened
from apps.files.models import Copy, File, Kind, Remote

MOST: Final = 1_000_000  # bytes
EDITED: Final = (Kind.JSONL, Kind.TABLE, Kind.TEXT)
MOST_EARLIER: Final = 10


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


def what_happens(file: File) -> str:
    """With the file as it was, when another one is made of it: here, and at its provider."""
    told = {"provider": file.provider or _("the provider")}
    if file.remote == Remote.UNCLEAR:
        return (
            _(
                "This file stays in the list, because it may lie at %(provider)s: that is not known yet. "
                "What is made is a new file on this server, and is sent when you send it."
            )
            % told
        )
    if file.remote not in making.ONLY_HERE:
        return (
            _(
                "%(provider)s keeps the file as it is, under the same File ID: a file that was sent cannot be changed. "
                "What is made is a new file on this server, and is sent when you send it."
            )
            % told
        )
    kept = _("The file as it was goes to the bin for 30 days.")
    if making.HELD in file.check_report and file.remote == Remote.NONE and file.provider_id is not None:
        return " ".join((kept, _("The new one goes to %(provider)s when nothing is wrong with it.") % told))
    return kept


def earlier(file: File) -> list[str]:
    """Ids of the files that this one took the place of, the last one first: what somebody typed into them is about this one now."""
    found: list[str] = []
    made = file.details.get(making.MADE, {})
    while made.get("what") in making.TAKES_PLACE and made["of"] not in found and len(found) < MOST_EARLIER:
        found.append(made["of"])
        details = File.objects.filter(pk=made["of"], team=file.team_id).values_list("details", flat=True).first()
        made = (details or {}).get(making.MADE, {})
    return found


def read(file: File) -> Text:
    """Raises FileNotFoundError, rows.Unreadable."""
    with opened(file) as source:
        text, _encoding = kinds.text_of(source.read(MOST + 1), True)
    has_crlf = text.count("\r\n") * 2 > text.count("\n")
    return Text(rows.clean(_plain(text)), has_crlf)


def is_same(file: File, typed: str) -> bool:
    """Whether that is what the file says."""
    try:
        return read(file).text == rows.clean(_plain(typed))
    except (FileNotFoundError, rows.Unreadable):
        return False


def body_of(typed: str, was: Text) -> bytes:
    """What is stored of what somebody typed. JSONL gets LF whatever it had, because CR LF is one of its flaws."""
    text = rows.clean(_plain(typed))
    return (text.replace("\n", "\r\n") if was.has_crlf else text).encode()


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
