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


class LeaseLost(Exception):
    """Somebody else has the row: this process stood still for too long. Nothing was written."""


class Leased(models.Model):
    """A row that one worker at a time prepares."""

    lease_until = models.DateTimeField(null=True, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)  # of who holds it: who slept too long finds another one

    class Meta:
        abstract = True


def is_free() -> Q:
    """Rows that nobody holds now."""
    return Q(lease_until=None) | Q(lease_until__lt=Now())


@contextlib.contextmanager
def held(rows: Any, pk: uuid.UUID) -> Iterator[bool]:
    """Whether the row is ours until the end of the block. `rows` is a manager or queryset of `Leased` rows.

    A process that stood still for longer than its lease may work on beside its successor. So what is written at the end
    asks for `lease_token`, or for a state that only one of them can leave.
    """
    token = uuid.uuid4()
    if not rows.filter(is_free(), pk=pk).update(lease_until=from_now(settings.RUN_LEASE), lease_token=token):
        yield False
        return
    ours = rows.filter(pk=pk, lease_token=token)
    over = threading.Event()
    renewing = threading.Thread(target=_renew, args=(ours, pk, over), name="lease", daemon=True)
    renewing.start()
    try:
        yield True
    finally:
        over.set()
        renewing.join(JOIN_SECONDS)
        ours.update(lease_until=None, lease_token=None)


def _renew(ours: Any, pk: uuid.UUID, over: threading.Event) -> None:
    while not over.wait(settings.RUN_LEASE_RENEW):
        try:
            ours.update(lease_until=from_now(settings.RUN_LEASE))
        except (DatabaseError, InterfaceError):
            log.warning("The lease of %s could not be renewed", pk)
        finally:
            close_old_connections()
    close_old_connections()
