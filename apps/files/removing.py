"""Deleting: our copy goes into the bin and can be brought back; what lies at a provider is deleted there, for ever."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Prefetch
from django.db.models.functions import Now

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.files import stopping
from apps.files.bin import FILES
from apps.files.models import Copy, File, Remote, Use
from apps.files.sending import delete_remote
from apps.files.telling import is_at_provider

MOST: Final = 200  # at once
STOPPED: Final = frozenset({Remote.WAITING, Remote.SENDING, Remote.UNCLEAR})  # it may arrive, or have arrived, all the same
KEPT: Final = frozenset({Copy.READY, Copy.LOOKING})


@dataclass(frozen=True, slots=True)
class Leaving:
    """What becomes of a file that is deleted, for whoever is asked."""

    file: File
    uses: Sequence[Use]

    @property
    def is_final(self) -> bool:
        """Whether something of it is deleted for ever."""
        return is_at_provider(self.file)

    @property
    def comes_back(self) -> bool:
        return self.file.copy in KEPT

    @property
    def active(self) -> list[Use]:
        return [use for use in self.uses if use.is_active]


def look_at(membership: Membership, ids: Sequence[uuid.UUID]) -> list[Leaving]:
    """Those of the team that nobody has deleted yet, with what uses them. Two questions."""
    uses = Prefetch("uses", Use.objects.order_by("-is_active", "-seen_at"))
    rows = visible(membership, File.objects.alive()).filter(pk__in=ids).select_related("provider").defer("check_report")
    return [Leaving(file, list(file.uses.all())) for file in rows.prefetch_related(uses).order_by("name", "pk")]


def delete_files(membership: Membership, ids: Sequence[uuid.UUID]) -> list[File]:
    """Those that were there. A file of which nothing is here leaves the list at once, and comes back if its provider keeps it."""
    with transaction.atomic():
        gone = FILES.put_away(membership, ids)
        files: list[File] = list(File.objects.filter(pk__in=gone).select_related("provider"))
        there = [file for file in files if is_at_provider(file)]
        if there:
            delete_remote(membership, there)
        stopping.ask([file for file in files if file.remote in STOPPED or file.copy == Copy.COMING])
    return files


def restore_files(membership: Membership, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Those of which our copy is still here."""
    whole: Any = File.objects.filter(pk__in=ids, copy__in=KEPT).values_list("pk", flat=True)
    return FILES.bring_back(membership, list(whole))


def cancel(membership: Membership, file: File) -> bool:
    """A file that is coming from a browser comes no further, and housekeeping takes what is here of it. Whether it was coming."""
    coming = visible(membership, File.objects.alive()).filter(pk=file.pk, copy=Copy.COMING, remote_id="")
    return bool(coming.update(deleted_at=Now(), key=str(file.pk), touched_at=Now()))
