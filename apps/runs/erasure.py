"""Taking the words of runs that have ended. What a run cost, and who asked which model when, stays.

A run that belongs to something (a chat) is read there: it loses what only History shows, and its answer goes with
the thing it belongs to (`release`). The checks of a call (`apps.runs.gates`) are read nowhere else: they go by
themselves, or with it. Files go from the storage before their rows do, so that a kill in between leaves a run that
is taken again, and never a file that nobody knows of.
"""

import contextlib
import pathlib
import time
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Now

from apps.runs.gates import GATE
from apps.runs.models import ACTIVE, FINAL, Run, RunFile
from apps.runs.transitions import RunQuerySet

ASKED: Final[dict[str, Any]] = {"params": {}, "request": None, "response": None, "summary": ""}
ANSWERED: Final[dict[str, Any]] = {"text": "", "thinking": "", "beside": {}, "error": {}, "notices": [], "gate_told": {}}
NOWHERE: Final[dict[str, Any]] = {"parent_kind": "", "parent_id": None}
READ_HERE: Final = ("", GATE)  # the parents of runs that nothing but History shows
FILE_SECONDS: Final = 0.5  # a store may be slow: the rest waits for the next round


def erase(runs: RunQuerySet, limit: int, *, with_answers: bool = False) -> int:
    """Take the words of at most `limit` ended ones of these runs, oldest first. How many it were.

    `with_answers` takes also what is read elsewhere, for what is shown nowhere any more.
    """
    found = list(runs.filter(status__in=FINAL, erased_at=None).order_by("pk").values_list("pk", "parent_kind")[:limit])
    read_elsewhere = [pk for pk, parent_kind in found if parent_kind not in READ_HERE and not with_answers]
    alone = remove_files([pk for pk, parent_kind in found if parent_kind in READ_HERE or with_answers])
    with transaction.atomic():
        untouched = Run.objects.filter(erased_at=None)
        taken = untouched.filter(pk__in=read_elsewhere).update(**ASKED, erased_at=Now())
        return taken + untouched.filter(pk__in=alone).update(**ASKED, **ANSWERED, erased_at=Now())


def release(run_ids: Sequence[uuid.UUID]) -> None:
    """What these runs belonged to goes away, and all their words with it. Call it in the transaction that removes it,
    for runs that `remove_files` has named: nothing is stored for them or their checks, and none of these is under way."""
    checks = Run.objects.filter(parent_kind=GATE, parent_id__in=run_ids)  # they hold the same words
    for runs in (checks, Run.objects.filter(pk__in=run_ids)):
        runs.filter(status__in=FINAL).update(**ASKED, **ANSWERED, **NOWHERE, erased_at=Now())


def remove_files(run_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Remove what is stored for these runs, which have ended, and for their checks. Those that have no file any more; the others
    wait for the next call, also for the end of a check, which is asked for here.

    A file that another app shows on is that app's to remove. Never call it in a transaction: a file does not come back when that is undone.
    """
    until = time.monotonic() + FILE_SECONDS
    calls = dict(Run.objects.filter(parent_kind=GATE, parent_id__in=run_ids).values_list("pk", "parent_id"))
    waiting = {calls[pk] for pk in _still_under_way(calls)}
    gone: list[uuid.UUID] = []
    rows = RunFile.objects.filter(run_id__in=[*run_ids, *calls], is_claimed=False)
    for row in rows.only("run_id", "file").order_by("run_id"):
        if time.monotonic() > until:
            waiting.add(calls.get(row.run_id, row.run_id))
        else:
            remove_stored(row.file)
            gone.append(row.pk)
    RunFile.objects.filter(pk__in=gone).delete()
    return [run_id for run_id in run_ids if run_id not in waiting]


def _still_under_way(checks: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Those of these checks that go on for a moment. The call has ended, so they are asked to."""
    active = Run.objects.filter(pk__in=list(checks), status__in=ACTIVE)
    for pk in active.values_list("pk", flat=True):
        Run.objects.stop(pk)
    return list(active.values_list("pk", flat=True))


def remove_stored(file: FieldFile) -> None:
    """What is stored for one field of a row, and on a disk its folder with the last file in it. Nothing there is no error."""
    if not file:
        return
    storage, name = file.storage, str(file.name)
    storage.delete(name)
    with contextlib.suppress(NotImplementedError, OSError):  # a store without folders, or a folder with more in it
        pathlib.Path(storage.path(name)).parent.rmdir()
