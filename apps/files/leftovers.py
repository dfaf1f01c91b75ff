"""Folders of files that no row names: what was stored before its row, by a process that was killed or a database that went away."""

import datetime
import itertools
import random
import time
import uuid
from collections.abc import Iterator
from typing import Final

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.core.ids import first_id_at
from apps.core.storing import remove_folder
from apps.files.models import FOLDER, File
from apps.runs.erasure import FILE_SECONDS

MARK: Final = "files-leftovers"
EVERY: Final = 3600  # seconds: to list a storage elsewhere takes a call for every thousand folders
YOUNG: Final = datetime.timedelta(days=1)  # its row may still come
AT_ONCE: Final = 500  # folders that the database is asked for


def remove_leftovers(limit: int) -> int:
    """How many folders went: at most `limit`, and for about a second. Once an hour; at once where there may be more."""
    if not cache.add(MARK, 1, EVERY):
        return 0
    gone = 0
    until = time.monotonic() + FILE_SECONDS
    for folder in _leftovers():
        remove_folder(folder)
        gone += 1
        if gone >= limit or time.monotonic() > until:
            cache.delete(MARK)
            break
    return gone


def _leftovers() -> Iterator[str]:
    teams = _folders_in(FOLDER)
    random.shuffle(teams)  # a large one does not keep the others waiting for ever
    for team in teams:
        yield from _leftovers_of(f"{FOLDER}/{team}")


def _leftovers_of(team: str) -> Iterator[str]:
    oldest = first_id_at(timezone.now() - YOUNG)
    ids = (found for name in _folders_in(team) if (found := _id_of(name)) is not None and found < oldest)
    while some := list(itertools.islice(ids, AT_ONCE)):
        known = set(File.objects.filter(pk__in=some).values_list("pk", flat=True))
        yield from (f"{team}/{pk}" for pk in some if pk not in known)


def _folders_in(folder: str) -> list[str]:
    try:
        return list(default_storage.listdir(folder)[0])
    except FileNotFoundError:
        return []


def _id_of(name: str) -> uuid.UUID | None:
    """What we have not named so is nobody's leftover."""
    try:
        found = uuid.UUID(name)
    except ValueError:
        return None
    return found if str(found) == name else None
