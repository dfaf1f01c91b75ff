"""What is done with a file that is all here, before it counts as ready: made where it is made of another one, looked at, checked.

A follow-up, so it may come twice or again after a kill: it holds a lease, looks what is missing, and every write asks whether the file
is still the one that it took. The content of a row never changes, so what was found of it is found once; only a check is made again.
"""

import logging
import time
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.storing import DiskFull, remove
from apps.files import checking, examining, making, writing_out
from apps.files.models import LOOKING, PARENT, Copy, File, Kind, Remote
from apps.files.sentences import result_of
from apps.runs.followups import FollowUp, publish_follow_up
from apps.runs.leases import held, is_free

log = logging.getLogger(__name__)
MOST_TRIES: Final = 3  # of a file that the process died of, or that nobody thought of
TELL_SECONDS: Final = 1.0
PASSING: Final = ("looked", "of", "tries")  # what the details hold only meanwhile


class Gone(Exception):
    """The file was deleted, or somebody else has it: nothing more is to be done, and nothing was written."""


class Looking(FollowUp):
    kind = LOOKING

    def work(self, pk: uuid.UUID) -> None:
        with held(File.objects, pk) as is_ours:
            if is_ours:
                look(pk)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        waiting = File.objects.alive().filter(is_free(), copy=Copy.LOOKING)
        return list(waiting.order_by("touched_at").values_list("pk", flat=True)[:limit])


def look(pk: uuid.UUID) -> None:
    """Whatever is missing. Call it under the lease."""
    file = File.objects.alive().filter(pk=pk, copy=Copy.LOOKING).first()
    if file is None:
        return
    watch = Watch(file)
    try:
        if watch.begin():
            _steps(file, watch)
        else:
            _let_be(file, watch, _("This file could not be looked into. It can be sent and downloaded."))
    except Gone:
        log.info("The file %s was taken away while it was looked at", pk)
    except DiskFull:
        making.give_up(file, _("There is no room on this server for the new file. Nothing was changed."))
    except writing_out.Unmakeable as refusal:
        making.give_up(file, refusal.sentence)
    except FileNotFoundError:
        _let_be(file, watch, _("Its content is not on this server any more."))


def _let_be(file: File, watch: "Watch", note: str) -> None:
    """It is as ready as it can be. One that was to be made, and of which nothing is there, goes."""
    if making.is_to_be_made(file):
        making.give_up(file, _("The new file could not be made of this one. Nothing was changed."))
    else:
        watch.finish(details=file.details | {"note": note})


def _steps(file: File, watch: "Watch") -> None:
    if making.is_to_be_made(file):
        making.make(file, watch.tell)
        if known := making.known_of(file):
            watch.finish_copy(known)
            return
    if not file.md5:
        _examine(file, watch)
    if checking.is_checked(file):
        report = checking.check(file, watch.tell)
        counted = {} if report["errors"] else checking.counted(report)
        kept = {name: value for name, value in file.details.items() if name not in checking.COUNTED}
        watch.finish(details=kept | counted, check_report=report, flaws=report["errors"])
    else:
        watch.finish(check_report={}, flaws=None)


def _examine(file: File, watch: "Watch") -> None:
    found = examining.examine(file, watch.tell)
    kept = {name: file.details[name] for name in (*PASSING, making.MADE) if name in file.details}
    file.kind, file.md5, file.details = found.kind, found.md5, found.details | kept
    file.content_type = found.content_type or file.content_type
    if found.kind == Kind.JSONL and not (file.check_method and making.MADE in file.details):
        file.check_method = checking.method_for(file)
    fields = ("kind", "md5", "details", "content_type", "check_method")
    try:
        watch.write(**{name: getattr(file, name) for name in fields}, **({"thumbnail": found.thumbnail} if found.thumbnail else {}))
    except Gone:
        if found.thumbnail:
            remove(file.thumbnail)
        raise


class Watch:
    """Writes into the row for as long as it is ours and somebody wants it. Each call raises Gone where that is over."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._rows = File.objects.alive().filter(pk=file.pk, copy=Copy.LOOKING, lease_token=file.lease_token)
        self._told_at = time.monotonic()

    def begin(self) -> bool:
        """Whether it may be tried: what ended this process some times may not end it for ever."""
        tries = self._file.details.get("tries", 0) + 1
        self._file.details["tries"] = tries
        self.write(details=self._file.details)
        return bool(tries <= MOST_TRIES)

    def tell(self, looked: int) -> None:
        """How many bytes of it were read in this step; for the page, and a look whether to go on."""
        now = time.monotonic()
        if now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            self._file.details |= {"looked": looked, "of": self._file.size}
            self.write(details=self._file.details)

    def write(self, **fields: Any) -> None:
        if not self._rows.update(**fields):
            raise Gone

    def finish(self, *, details: dict[str, Any] | None = None, **fields: Any) -> None:
        """It is ready, whatever was found. One with errors does not go to the provider by itself."""
        kept = {name: value for name, value in (details or self._file.details).items() if name not in PASSING}
        with transaction.atomic():
            self.write(copy=Copy.READY, details=kept, **fields)
            was_for = self._file.purpose
            self._file.refresh_from_db()
            if self._file.purpose != was_for and check_before_sending(self._file):  # somebody has said meanwhile what it is for
                return
            if fields.get("flaws") and self._file.purpose in checking.HOLDING:
                self._hold_back(fields["check_report"])
            publish_follow_up(PARENT, self._file.pk)

    def finish_copy(self, known: Mapping[str, Any]) -> None:
        """It goes where the first one would go, or is checked first, where it is for something else."""
        with transaction.atomic():
            self.write(copy=Copy.READY, **known)
            self._file.refresh_from_db()
            if not check_before_sending(self._file):
                publish_follow_up(PARENT, self._file.pk)

    def _hold_back(self, report: dict[str, Any]) -> None:
        sentence = _("%(found)s It was not sent.") % {"found": result_of(report).words}
        waiting = File.objects.filter(pk=self._file.pk, remote=Remote.WAITING)
        waiting.update(remote=Remote.NONE, sentence=sentence[:400], check_report=report | {making.HELD: True})


def look_again(file: File, method: str) -> bool:
    """Check it by another method, or by the same once more. Whether that begins: not while it is being looked at."""
    rows = File.objects.alive().filter(pk=file.pk, copy=Copy.READY)
    begun = rows.update(copy=Copy.LOOKING, check_method=method, check_report={}, flaws=None)
    if begun:
        publish_follow_up(LOOKING, file.pk)
    return bool(begun)


def check_before_sending(file: File) -> bool:
    """Whether it is being checked first, because it was not for what it is for now. It goes on by itself if nothing is found."""
    if file.copy != Copy.READY or checking.is_checked_for(file):
        return False
    return look_again(file, checking.method_for(file) if file.kind == Kind.JSONL else "")
