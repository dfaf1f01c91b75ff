"""Reading an import: done by a worker under a lease, some conversations at a time. Whoever is killed is followed by another one
that goes on behind what was kept; nothing is half there, and nothing comes twice.
"""

import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import F, Q
from django.utils import timezone

from apps.chat.chatgpt import Talk, Unreadable, opened
from apps.chat.import_models import OPEN, Import
from apps.chat.import_storing import Entry, NotWanted, keep
from apps.chat.import_words import marks
from apps.chat.indexing import index
from apps.core.storing import remove
from apps.runs.followups import FollowUp
from apps.runs.leases import held, is_free

KIND: Final = "chat_import"
AT_ONCE: Final = 50  # conversations of one transaction
MOST_CHARACTERS: Final = 2_000_000  # of one transaction
MOST_SECONDS: Final = 1.0  # that are read for one transaction: Stop is seen, and the page moves
MOST_TRIES: Final = 5  # without anything being kept


class Importing(FollowUp):
    kind = KIND

    def work(self, pk: uuid.UUID) -> None:
        with held(Import.objects, pk) as is_ours:
            row = Import.objects.filter(pk=pk).first() if is_ours else None
            if row is None:
                return
            if row.is_open:
                _read(row)
            _remove_file(pk)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        rows = Import.objects.filter(is_free()).filter(Q(state__in=OPEN) | ~Q(file=""))
        return rows.order_by("?").values_list("pk", flat=True)[:limit]


def stop(pk: uuid.UUID) -> bool:
    """End it. What came so far stays. Whether it was under way."""
    return bool(Import.objects.filter(pk=pk, state__in=OPEN).update(state=Import.State.STOPPED, finished_at=timezone.now()))


def _read(row: Import) -> None:
    if row.tries >= MOST_TRIES:
        _end(row, Import.State.FAILED, "tries")
        return
    if not Import.objects.filter(pk=row.pk, state__in=OPEN).update(state=Import.State.READING, tries=F("tries") + 1):
        return
    try:
        _read_all(row)
    except NotWanted:
        return
    except Unreadable as wrong:
        _end(row, Import.State.FAILED, wrong.kind)
    except FileNotFoundError:
        _end(row, Import.State.FAILED, "gone")
    else:
        _end(row, Import.State.DONE)


def _read_all(row: Import) -> None:
    """Raises Unreadable where the file cannot be read further: what stands before it was kept."""
    with row.file.storage.open(str(row.file.name), "rb") as source, opened(source) as archive:
        Import.objects.filter(pk=row.pk).update(total=archive.total)
        for entries in _batches(archive.entries(marks(), skip=row.done)):
            made = keep(row, entries, archive.read)
            while made and index(*made):
                pass


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """Some entries together. What was read before the file turned out to be damaged comes as well."""
    batch: list[Entry] = []
    until, room = time.monotonic() + MOST_SECONDS, MOST_CHARACTERS
    try:
        for entry in entries:
            batch.append(entry)
            room -= sum(len(each.text) for each in entry.said) if isinstance(entry, Talk) else 0
            if len(batch) == AT_ONCE or room < 0 or time.monotonic() > until:
                yield batch
                batch, until, room = [], time.monotonic() + MOST_SECONDS, MOST_CHARACTERS
    except Unreadable:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _end(row: Import, state: Import.State, fault: str = "") -> None:
    Import.objects.filter(pk=row.pk, state=Import.State.READING).update(state=state, fault=fault, finished_at=timezone.now())


def _remove_file(pk: uuid.UUID) -> None:
    """Nobody needs it any more. A kill before the second step takes it once more."""
    row = Import.objects.filter(pk=pk).exclude(file="").exclude(state__in=OPEN).first()
    if row is not None:
        remove(row.file)
        Import.objects.filter(pk=pk).update(file="")
