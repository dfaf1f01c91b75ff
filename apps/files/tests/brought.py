"""Files of a team as they are when all of them has come in."""

import itertools
from typing import Any

from django.utils import timezone

from apps.accounts.models import Team
from apps.files.content import opened, write_whole
from apps.files.models import LOOKING, Copy, File, Piece
from apps.runs.followups import work_now

numbers = itertools.count(1)


def bring(team: Team, name: str, body: bytes, **fields: Any) -> File:
    """All is here, and nobody has looked at it."""
    values = {"copy": Copy.LOOKING, "size": len(body), "received": len(body), "key": f"k-{next(numbers)}", "added_at": timezone.now()}
    file = File.objects.create(team=team, name=name, **{**values, **fields})
    pieces = write_whole(file, [body])
    Piece.objects.bulk_create(pieces)
    File.objects.filter(pk=file.pk).update(pieces=len(pieces))
    return File.objects.get(pk=file.pk)


def looked_at(team: Team, name: str, body: bytes, **fields: Any) -> File:
    """And somebody has."""
    return look(bring(team, name, body, **fields))


def look(file: File) -> File:
    work_now(LOOKING, file.pk)
    return File.objects.get(pk=file.pk)


def content_of(file: File) -> bytes:
    with opened(file) as source:
        return source.read()
