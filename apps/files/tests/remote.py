"""Files that are kept, sent and fetched, as a worker does it, with the loopback provider as the only stand-in."""

import random
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Membership
from apps.files.content import opened, write_whole
from apps.files.following import FileFollowUp
from apps.files.models import PARENT, Copy, File, Piece
from apps.runs.executor import execute
from apps.runs.followups import work_now
from apps.runs.models import Run

PIECE, PART, WHOLE = 1000, 4000, 20_000


def kept(member: Membership, body: bytes, name: str = "a.jsonl", **more: Any) -> File:
    """A file whose copy is ready, and that was found right for a batch: what a check says is not asked here."""
    more = {"check_method": "batch", "check_report": {"method": "batch"}, **more}
    file = File(team=member.team, person=member.user, name=name, size=len(body), key=name, added_at=timezone.now(), **more)
    pieces = write_whole(file, [body])
    file.copy, file.pieces, file.received = Copy.READY, len(pieces), len(body)
    file.content_type = file.content_type or "application/jsonl"
    file.save(force_insert=True)
    Piece.objects.bulk_create(pieces)
    return file


def body_of(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def drive(file: File, rounds: int = 60) -> File:
    """What workers do until nothing of the file is due any more, or for so many rounds."""
    for _round in range(rounds):
        work_now(PARENT, file.pk)
        queued = list(Run.objects.filter(status="queued").values_list("pk", flat=True))
        if queued:
            Run.objects.filter(pk__in=queued).update(not_before=None)
            execute(queued)
        elif file.pk not in FileFollowUp().due(1000):
            break
    file = File.objects.get(pk=file.pk)
    return file


def content_of(file: File) -> bytes:
    with opened(file) as source:
        return source.read()


def calls(file: File, operation: str) -> int:
    return Run.objects.filter(Q(parent_id=file.pk), operation=operation).count()
