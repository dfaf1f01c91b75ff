"""Entries of a provider's list as rows: new ones, changed ones, and the reading that saw each last.

`seen_at` is the beginning of that reading, to the letter: it is only asked whether it is the same, so no two clocks are compared.
"""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.files.models import Copy, File, Remote, Sync
from apps.files.remote_answers import Listed

TOLD: Final = ("remote_status", "expires_at", "purpose", "size")  # what nobody but the list changes
FORGETFUL: Final = datetime.timedelta(minutes=10)  # a list may still name what was deleted a moment ago


def store(row: Sync, listed: Sequence[Listed]) -> int:
    """In one short transaction. How many were not seen since this reading began."""
    with transaction.atomic():
        mine = File.objects.filter(team=row.team_id, provider=row.provider_id, remote_id__in=[entry.id for entry in listed])
        known = {file.remote_id: file for file in mine.defer("check_report", "details")}
        old = [file for file in known.values() if file.seen_at != row.started_at]
        changed = [file for entry in listed if (file := known.get(entry.id)) is not None and _take(file, entry)]
        File.objects.bulk_update(changed, TOLD, batch_size=50)
        _bring_back([file for file in known.values() if _is_back(file)])
        File.objects.filter(pk__in=[file.pk for file in old]).update(seen_at=row.started_at, has_own_key=False)  # the team's key sees them
        fresh = [] if row.provider.team_id is None else [_new(row, entry) for entry in listed if entry.id not in known]
        File.objects.bulk_create(fresh, batch_size=100, ignore_conflicts=True)
    return len(old) + len(fresh)


def _new(row: Sync, entry: Listed) -> File:
    now = timezone.now()
    return File(
        team=row.team,
        provider=row.provider,
        name=entry.name,
        size=entry.size,
        purpose=entry.purpose,
        key=uuid.uuid4().hex,
        added_at=entry.created_at or now,
        touched_at=now,
        remote=Remote.THERE,
        remote_id=entry.id,
        remote_status=entry.status,
        expires_at=entry.expires_at,
        seen_at=row.started_at,
    )


def _take(file: File, entry: Listed) -> bool:
    """Whether the entry changed something. Names are ours to choose, and what is here has the size that it has."""
    told: dict[str, Any] = {"remote_status": entry.status, "expires_at": entry.expires_at, "purpose": entry.purpose or file.purpose}
    if file.copy == Copy.NONE:
        told["size"] = entry.size
    is_changed = any(getattr(file, name) != value for name, value in told.items())
    for name, value in told.items():
        setattr(file, name, value)
    return is_changed


def _is_back(file: File) -> bool:
    return file.remote == Remote.GONE and file.touched_at < timezone.now() - FORGETFUL


def _bring_back(files: Sequence[File]) -> None:
    """What was gone is listed again: the provider has it after all."""
    gone = File.objects.filter(pk__in=[file.pk for file in files], remote=Remote.GONE)
    gone.filter(copy=Copy.NONE).update(deleted_at=None)
    gone.update(remote=Remote.THERE, sentence="", touched_at=Now())
