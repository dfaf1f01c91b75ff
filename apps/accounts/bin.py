"""What people delete is put away for a while, and can be brought back. Housekeeping takes what nobody brought back.

CHECKS = Bin(Check, gettext_lazy("Safety checks"))   # in an app, of a model with `team` and `deleted_at`
"""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from apps.accounts.access import visible
from apps.accounts.audit import record
from apps.accounts.models import Membership

BIN_DAYS: Final = 30  # how long what was deleted can be brought back


@dataclass(frozen=True, slots=True)
class Bin:
    """`title`: what the rows are called in the audit. `stays`: which of those that were put away can still be brought back."""

    rows: type[Model]
    title: Any
    stays: Q = field(default_factory=Q)

    def put_away(self, membership: Membership, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
        """Which of these it were: what is deleted already, or another team's, is left as it is."""
        return self._change(membership, ids, timezone.now(), "data.deleted")

    def bring_back(self, membership: Membership, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
        return self._change(membership, ids, None, "data.restored")

    def _change(self, membership: Membership, ids: Sequence[uuid.UUID], deleted_at: datetime.datetime | None, act: str) -> list[uuid.UUID]:
        """In the audit by numbers: it outlives the words, also those of a name."""
        every = self.rows._default_manager.all()
        with transaction.atomic():
            rows = visible(membership, every.filter(self.stays, pk__in=ids, deleted_at__isnull=deleted_at is not None))
            found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
            if found:
                every.filter(pk__in=found).update(deleted_at=deleted_at)
                record(membership, act, target=str(self.title), numbers=[str(pk) for pk in found])
        return found
