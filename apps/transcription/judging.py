"""What is taken as a recording, and the sentence for what is not."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.file_names import readable, without_folders
from apps.transcription.models import Recording

LONGEST_NAME: Final = 200


class Refused(Exception):
    """Not taken, and this is why. Whatever is here already stays."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


@dataclass(frozen=True, slots=True)
class Announced:
    """What a browser says of a recording before it sends any of it."""

    name: str
    kind: str
    content_type: str
    key: str
    size: int | None = None  # None: nobody knows how long it will be


def judge(wish: Announced) -> None:
    """Raises Refused."""
    if wish.kind not in Recording.Kind.values or (wish.kind == Recording.Kind.UPLOADED and wish.size is None):
        raise Refused(old_page())
    if wish.size == 0:
        raise Refused(is_empty())
    if wish.size is not None and wish.size > settings.MAX_RECORDING_BYTES:
        raise Refused(too_large(wish.size), 413)


def judge_piece(row: Recording, size: int) -> None:
    """All pieces of a file are alike but for the last one, so that nothing is read twice or left out. Raises Refused."""
    if size > settings.RECORDING_PIECE_BYTES:
        raise Refused(old_page(), 413)
    if row.expected is None:
        if row.received + size > settings.MAX_RECORDING_BYTES:
            raise Refused(too_large(row.received + size), 413)
    elif size != min(settings.RECORDING_PIECE_BYTES, row.expected - row.received):
        raise Refused(_("The file on your disk has changed. Choose it again."))


def name_of_file(typed: str) -> str:
    """What a person may read again of the name of a file, without folders. The ending stays: it tells what it is."""
    return readable_name(without_folders(typed))


def readable_name(typed: str) -> str:
    return readable(typed, LONGEST_NAME)


def old_page() -> str:
    return _("This page is out of date. Reload it and try again.")


def is_empty() -> str:
    return _("This file is empty.")


def too_large(size: int) -> str:
    return _("This has %(have)s, and a recording may have %(most)s here. Save it with fewer kilobits per second, or cut it.") % {
        "have": filesizeformat(size),
        "most": filesizeformat(settings.MAX_RECORDING_BYTES),
    }


def longest_in_words() -> str:
    """How long a recording may be: `12 hours`, `90 minutes`."""
    minutes = round(settings.MAX_RECORDING_SECONDS / 60)
    if minutes % 60 or minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}


def disk_is_full() -> str:
    return _("The disk of the server is full. What has arrived is kept. Tell whoever looks after the server, then try again.")
