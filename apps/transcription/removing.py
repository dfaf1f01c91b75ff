"""Recordings and transcripts that go for good, a few rows at a time.

First they are put out of sight: then nobody begins anything with them any more, and what a worker is at in this moment ends.
Files go from the storage before their rows do, so that a kill in between leaves a row that is taken again.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from apps.runs.erasure import FILE_SECONDS, release, remove_files, remove_stored
from apps.runs.leases import is_free
from apps.runs.models import ACTIVE, Run
from apps.runs.transitions import RunQuerySet
from apps.transcription.models import PARENT, TRANSLATING, Block, Edit, Part, Piece, Recording, Segment, Transcript, Translation
from apps.transcription.storing import remove_files_of

Row = TypeVar("Row", bound=models.Model)
# What hangs on a transcript and may be many rows, each with the way to it.
LONG: Final[tuple[tuple[Any, str], ...]] = ((Segment, "transcript"), (Edit, "transcript"), (Block, "translation__transcript"))


def put_out_of_sight(rows: "models.QuerySet[Any]", limit: int) -> int:
    """How many of these rows were still seen, at most `limit` of them."""
    found = list(rows.filter(deleted_at=None).order_by("pk").values_list("pk", flat=True)[:limit])
    return rows.model._default_manager.filter(pk__in=found, deleted_at=None).update(deleted_at=timezone.now()) if found else 0


# --- Transcripts -------------------------------------------------------------------------------
def remove_transcripts(rows: "models.QuerySet[Transcript]", limit: int) -> int:
    """Remove something of the first of these transcripts, at most `limit` rows. How many rows it were.

    Those that are seen, that a worker is at, or that have a call under way wait for the end of that.
    """
    found = list(_resting(rows.filter(deleted_at__isnull=False)).order_by("pk").values_list("pk", flat=True)[:limit])
    if not found:
        return 0
    return _remove_long(found, limit) or _release_calls(found, limit) or _remove_rows(found)


def _resting(rows: "models.QuerySet[Transcript]") -> "models.QuerySet[Transcript]":
    under_way = Run.objects.filter(status__in=ACTIVE, parent_id__isnull=False)
    heard, translated = (under_way.filter(parent_kind=kind).values("parent_id") for kind in (PARENT, TRANSLATING))
    busy = Translation.objects.filter(Q(pk__in=translated) | ~is_free())
    return rows.filter(is_free()).exclude(pk__in=heard).exclude(Exists(busy.filter(transcript=OuterRef("pk"))))


def _remove_long(found: Sequence[Any], limit: int) -> int:
    for model, way in LONG:
        ids = list(model.objects.filter(**{f"{way}__in": found}).order_by().values_list("pk", flat=True)[:limit])
        if ids:
            return int(model.objects.filter(pk__in=ids).delete()[0])
    return 0


def _release_calls(found: Sequence[Any], limit: int) -> int:
    """The words and the sound of the calls that were made for them. What they cost stays."""
    ready = remove_files(list(_calls_of(found).order_by("pk").values_list("pk", flat=True)[:limit]))
    if ready:
        with transaction.atomic():
            release(ready)
    return len(ready)


def _calls_of(found: Sequence[Any]) -> RunQuerySet:
    translations = Translation.objects.filter(Q(transcript__in=found) | Q(heard__in=found))
    of_translations = Q(parent_kind=TRANSLATING, parent_id__in=translations.values("pk"))
    return Run.objects.filter(Q(parent_kind=PARENT, parent_id__in=found) | of_translations)


def _remove_rows(found: Sequence[Any]) -> int:
    """Those of which nothing is left elsewhere. Asks again whether they are to go: one may have been brought back a moment ago."""
    with transaction.atomic():
        rows = Transcript.objects.select_for_update().filter(pk__in=found, deleted_at__isnull=False)
        going = [pk for pk in rows.order_by("pk").values_list("pk", flat=True) if not _calls_of([pk]).exists()]
        Part.objects.filter(transcript__in=going).delete()
        Block.objects.filter(translation__transcript__in=going).delete()
        Transcript.objects.filter(pk__in=going).delete()
    return len(going)


# --- Recordings --------------------------------------------------------------------------------
def remove_recordings(rows: "models.QuerySet[Recording]", limit: int) -> int:
    """The same of recordings that have no transcripts left."""
    resting = rows.filter(is_free(), deleted_at__isnull=False).exclude(Exists(Transcript.objects.filter(recording=OuterRef("pk"))))
    found = list(resting.order_by("pk").only("team", "file", "listen")[:limit])
    return _remove_pieces(found, limit) or _remove_recordings(found) if found else 0


def _remove_pieces(found: Sequence[Recording], limit: int) -> int:
    gone = []
    for piece in while_there_is_time(list(Piece.objects.filter(recording__in=found).order_by("pk")[:limit])):
        remove_stored(piece.file)
        gone.append(piece.pk)
    return Piece.objects.filter(pk__in=gone).delete()[0] if gone else 0


def _remove_recordings(found: Sequence[Recording]) -> int:
    gone = []
    for recording in while_there_is_time(found):
        remove_files_of(recording)
        gone.append(recording.pk)
    with transaction.atomic():
        rows = Recording.objects.filter(pk__in=gone, deleted_at__isnull=False)
        going = rows.exclude(Exists(Transcript.objects.filter(recording=OuterRef("pk"))))
        return int(going.delete()[0])


def while_there_is_time(rows: Sequence[Row]) -> Iterator[Row]:
    """At least one, and no more than a store that may be slow can take quickly: the rest waits for the next round."""
    until = time.monotonic() + FILE_SECONDS
    for row in rows:
        yield row
        if time.monotonic() > until:
            return
