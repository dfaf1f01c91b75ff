"""How it stands with a file, in a word; where it lies; and what is known of its content in one line."""

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core.amounts import arrived_of
from apps.core.templatetags.core import clock
from apps.core.templatetags.core import count as with_commas
from apps.files import making
from apps.files.models import Copy, File, Kind, Part, Remote

SILENT_SECONDS: Final = 30  # no piece for so long: the page that sends them has gone
SOON_DAYS: Final = 7  # a file that the provider deletes within so many days says so
A_DAY: Final = 24 * 3600
ICONS: Final = {
    Kind.JSONL: "file-braces",
    Kind.TABLE: "table-2",
    Kind.TEXT: "file-text",
    Kind.PICTURE: "image",
    Kind.SOUND: "file-volume",
    Kind.PDF: "file-text",
    Kind.OTHER: "file",
}
OF_PURPOSE: Final = {"batch": "layers", "batch_output": "layers"}


@dataclass(frozen=True, slots=True)
class Status:
    """`kind`: ok, info (something goes on), warn, bad, or plain. `icon`: a name of lucide; empty while something goes on.

    `moment`: when what the words say will be.
    """

    kind: str
    words: str
    icon: str = ""
    moment: datetime.datetime | None = None

    @property
    def is_going_on(self) -> bool:
        return self.kind == "info" and not self.icon


NOT_THERE: Final = frozenset({Remote.NONE, Remote.FAILED, Remote.GONE})
AT_PROVIDER: Final = frozenset({Remote.THERE, Remote.DELETING})
STATES: Final[dict[str, Any]] = {  # as filters call them; the rules are in `finding`
    "ready": gettext_lazy("Ready"),
    "coming": gettext_lazy("Coming in"),
    "checking": gettext_lazy("Being checked"),
    "fix": gettext_lazy("Needs a fix"),
    "moving": gettext_lazy("On its way"),
    "failed": gettext_lazy("Failed"),
    "leaving": gettext_lazy("Leaves soon"),
    "gone": gettext_lazy("No longer there"),
}


def status_of(file: File, sent: int | None = None) -> Status:
    """`sent`: bytes that the provider has, while the file is on its way there."""
    if file.copy == Copy.COMING:
        return _coming(file)
    if file.copy == Copy.LOOKING:
        return Status("info", _("Being copied") if making.is_copy(file) and not file.pieces else _("Being checked"))
    if file.remote in MOVING:
        return _moving(file, sent)
    if file.flaws:
        return Status("bad", _("Needs a fix"), "circle-alert")
    return _at_rest(file)


MOVING: Final = frozenset({Remote.SENDING, Remote.STOPPING, Remote.DELETING})


def _coming(file: File) -> Status:
    amount = arrived_of(file.received, file.size)
    if is_resting(file):
        return Status("warn", _("Stopped at %(amount)s") % {"amount": amount}, "circle-pause")
    return Status("info", amount)


def is_fetched(file: File) -> bool:
    """Whether what is coming comes from its provider, and not from somebody's browser."""
    return file.copy == Copy.COMING and bool(file.remote_id)


def is_resting(file: File) -> bool:
    """Whether it stopped to come: its page is closed, or has no connection. What a worker fetches goes on by itself."""
    if file.copy != Copy.COMING or is_fetched(file):
        return False
    return (timezone.now() - file.touched_at).total_seconds() > SILENT_SECONDS


def _moving(file: File, sent: int | None) -> Status:
    if file.remote == Remote.DELETING:
        return Status("info", _("Being deleted"))
    if file.remote == Remote.STOPPING:
        return Status("info", _("Being stopped"))
    return Status("info", arrived_of(sent, file.size) if sent else _("Being sent"))


def _at_rest(file: File) -> Status:
    words = {
        Remote.WAITING: Status("info", _("Waiting to be sent")),
        Remote.FAILED: Status("bad", _("Failed"), "circle-alert"),
        Remote.UNCLEAR: Status("warn", _("Outcome unknown"), "circle-help"),
    }
    if file.remote in words:
        return words[Remote(file.remote)]
    if is_refused(file):
        return Status("bad", _("Not accepted"), "circle-alert")
    if file.remote == Remote.GONE and file.copy == Copy.NONE:
        return Status("plain", _("No longer there"), "circle-slash")
    if file.remote == Remote.THERE and file.expires_at and file.expires_at <= soon():
        if file.expires_at <= timezone.now():
            return Status("warn", _("Should be gone. Sync to see"), "clock", file.expires_at)
        return Status("warn", leaves_in(file.expires_at), "clock", file.expires_at)
    return Status("ok", _("Ready"), "check")


REFUSED: Final = "error"  # the provider's word for a file that it has and cannot use


def is_refused(file: File) -> bool:
    return file.remote == Remote.THERE and file.remote_status == REFUSED


def soon() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=SOON_DAYS)


def leaves_in(moment: datetime.datetime) -> str:
    seconds = (moment - timezone.now()).total_seconds()
    if seconds < A_DAY:
        return _("Leaves today")
    days = math.ceil(seconds / A_DAY)
    return ngettext("Leaves in %(n)s day", "Leaves in %(n)s days", days) % {"n": days}


def is_at_provider(file: File) -> bool:
    """Whether the provider has it, or may have it."""
    if file.provider is None or file.provider.deleted_at is not None:  # nothing can be deleted there from here
        return False
    return bool(file.remote_id) and file.remote != Remote.GONE


def place_of(file: File) -> str:
    """`OpenAI`, `OpenAI, and here`, `This server`; `This server, to OpenAI` until it is there."""
    here = _("Nowhere") if file.copy == Copy.NONE else _("This server")
    if file.provider is None or file.remote in NOT_THERE:
        return here
    names = {"place": file.provider, "here": here}
    if file.remote in {Remote.WAITING, Remote.SENDING}:
        return _("%(here)s, to %(place)s") % names
    if file.remote == Remote.UNCLEAR:
        return _("%(here)s, perhaps %(place)s") % names
    return _("%(place)s, and here") % names if file.copy in {Copy.READY, Copy.LOOKING} else str(file.provider)


def icon_of(file: File) -> str:
    return OF_PURPOSE.get(file.purpose) or ICONS.get(Kind(file.kind) if file.kind in Kind.values else Kind.OTHER, "file")


def line_of(file: File) -> str:
    """What is in it, in a few words: `212 examples`, `41 rows, 6 columns`, width and height, `18:42`; its size where nobody has looked."""
    details = file.details if isinstance(file.details, dict) else {}
    if file.copy == Copy.COMING and file.size:
        words = _("Fetched, %(n)s %%") if is_fetched(file) else _("Uploaded, %(n)s %%")
        return words % {"n": 100 * file.received // file.size}
    if "width" in details and "height" in details and "seconds" not in details:
        return f"{details['width']} × {details['height']}"
    if file.flaws:
        return ngettext("%(n)s error", "%(n)s errors", file.flaws) % {"n": with_commas(file.flaws)}
    found = [clock(details["seconds"])] if details.get("seconds") else []
    found += [words(details[name]) for name, words in _COUNTED.items() if isinstance(details.get(name), int)]
    most = 1 if {"examples", "requests"} & details.keys() else 2
    return ", ".join(found[:most]) or filesizeformat(file.size)


_COUNTED: Final = {
    "examples": lambda n: ngettext("%(n)s example", "%(n)s examples", n) % {"n": with_commas(n)},
    "requests": lambda n: ngettext("%(n)s request", "%(n)s requests", n) % {"n": with_commas(n)},
    "rows": lambda n: ngettext("%(n)s row", "%(n)s rows", n) % {"n": with_commas(n)},
    "columns": lambda n: ngettext("%(n)s column", "%(n)s columns", n) % {"n": with_commas(n)},
    "pages": lambda n: ngettext("%(n)s page", "%(n)s pages", n) % {"n": with_commas(n)},
    "lines": lambda n: ngettext("%(n)s line", "%(n)s lines", n) % {"n": with_commas(n)},
}


def sent_of(files: Iterable[File]) -> dict[Any, int]:
    """Bytes that providers have of those that are on their way. One question, none where nothing is."""
    moving = [file.pk for file in files if file.remote == Remote.SENDING]
    if not moving:
        return {}
    done = Part.objects.filter(file__in=moving, way=Part.Way.UP, is_done=True).order_by().values_list("file")
    return dict(done.annotate(sent=Sum("size")))
