"""Who works on a row at this moment, for work that is no run: a lease in the row, renewed while the work goes on.

    with held(Recording.objects, pk) as is_ours:
        if is_ours: ...

A worker that dies lets its lease run out, and another one takes the row. Judged by the database's clock.
"""

import contextlib
import logging
import threading
import uuid
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, models
from django.db.models import Q
from django.db.models.functions import Now

from apps.runs.transitions import from_now

log = logging.getLogger(__name__)
JOIN_SECONDS: Final = 5.0


class Leased(models.Model):
    """A row that one worker at a time prepares."""

    lease_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


def is_free() -> Q:
    """Rows that nobody holds now."""
    return Q(lease_until=None) | Q(lease_until__lt=Now())


@contextlib.contextmanager
def held(rows: Any, pk: uuid.UUID) -> Iterator[bool]:
    """Whether the row is ours until the end of the block. `rows` is a manager or queryset of `Leased` rows."""
    if not rows.filter(is_free(), pk=pk).update(lease_until=from_now(settings.RUN_LEASE)):
        yield False
        return
    over = threading.Event()
    renewing = threading.Thread(target=_renew, args=(rows, pk, over), name="lease", daemon=True)
    renewing.start()
    try:
        yield True
    finally:
        over.set()
        renewing.join(JOIN_SECONDS)
        rows.filter(pk=pk).update(lease_until=None)


def _renew(rows: Any, pk: uuid.UUID, over: threading.Event) -> None:
    while not over.wait(settings.RUN_LEASE_RENEW):
        try:
            rows.filter(pk=pk).exclude(lease_until=None).update(lease_until=from_now(settings.RUN_LEASE))
        except (DatabaseError, InterfaceError):
            log.warning("The lease of %s could not be renewed", pk)
        finally:
            close_old_connections()
    close_old_connections()
