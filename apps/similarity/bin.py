"""Rows that people delete: put away for a while, with all that was found about them, and brought back."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.access import visible
from apps.accounts.audit import record
from apps.accounts.models import Membership
from apps.similarity.models import RowSet

BIN_DAYS: Final = 30  # how long deleted rows can be brought back


def put_away(membership: Membership, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Which of these it were: what is deleted already, or another team's, is left as it is."""
    return _change(membership, RowSet.objects.alive().filter(pk__in=ids), timezone.now(), "data.deleted")


def bring_back(membership: Membership, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    return _change(membership, RowSet.objects.filter(pk__in=ids, deleted_at__isnull=False, is_going=False), None, "data.restored")


def _change(membership: Membership, rows: Any, deleted_at: datetime.datetime | None, act: str) -> list[uuid.UUID]:
    """In the audit by numbers: it outlives the words, also those of a name."""
    with transaction.atomic():
        found = list(visible(membership, rows).select_for_update().order_by("pk").values_list("pk", flat=True))
        if found:
            RowSet.objects.filter(pk__in=found).update(deleted_at=deleted_at)
            record(membership, act, target=_("Compared rows"), numbers=[str(pk) for pk in found])
    return found
