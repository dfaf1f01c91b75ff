"""Housekeeping: what is too old, not to be kept, or deleted goes away, a little at a time.

Every worker does it beside its sweeping; a mark in the cache lets one at a time do it, and a second one would do no
harm. All state is in the rows: a kill at any point is continued by whoever comes next.
"""

import datetime
import logging
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team
from apps.core import holdings
from apps.core.holdings import Holding

log = logging.getLogger(__name__)
BATCH: Final = 50  # rows in one transaction: others wait no longer than that takes, and rows may be long
BREATH: Final = 0.02  # between two transactions, so that those who wait for SQLite get in
MARK: Final = "housekeeping"
MARK_SECONDS: Final = 60  # after that the one who set it is taken for dead
Step = Callable[[], int]


def housekeep(seconds: float = 1.0, batch: int = BATCH) -> int:
    """Take what is due, for about this long. How many rows it were; 0 when nothing is due, or somebody else is at it."""
    if not cache.add(MARK, 1, MARK_SECONDS):
        return 0
    until = time.monotonic() + seconds
    done = 0
    try:
        for step in _steps(batch):
            done += _repeat(step, until)
            if time.monotonic() >= until:
                break
    finally:
        cache.delete(MARK)
    return done


def kept_from(days: int) -> datetime.datetime:
    """What was not touched since that moment is too old."""
    return timezone.now() - datetime.timedelta(days=days)


def _steps(batch: int) -> Iterator[Step]:
    """What is to be done; each step is repeated until it finds nothing."""
    yield from (partial(holding.tidy, batch) for holding in holdings.all_holdings())
    due = Q(deleted_at__isnull=False) | Q(erase_before__isnull=False) | Q(keeps_content=False) | Q(keep_days__isnull=False)
    for team in Team.objects.filter(due).order_by("?"):  # a large one does not keep the others waiting for ever
        if team.deleted_at is not None:
            yield partial(_delete_team, team, batch)
        else:
            for holding in holdings.all_holdings():
                yield from _rules_of(team, holding, batch)


def _rules_of(team: Team, holding: Holding, batch: int) -> Iterator[Step]:
    if team.erase_before is not None:
        yield partial(holding.wipe, team.pk, team.erase_before, batch)
    if team.keep_days is not None:
        yield partial(holding.forget, team.pk, kept_from(team.keep_days), batch)
    if not team.keeps_content:
        yield partial(holding.strip, team.pk, batch)


def _repeat(step: Step, until: float) -> int:
    """Until it finds nothing or time is up. Trouble with one step is logged and does not stop the others, unless the database is away."""
    done = 0
    try:
        while taken := step():
            done += taken
            time.sleep(BREATH)
            if time.monotonic() >= until:
                break
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("Housekeeping goes on without this step")
    return done


def _delete_team(team: Team, batch: int) -> int:
    """The next rows of it, app by app; an app whose rows are still in use makes the next ones wait.

    The team's own row goes last, since it tells that there is something to do.
    """
    for holding in holdings.all_holdings():
        taken = holding.delete(team.pk, batch)
        if taken or holding.left(team.pk):
            return taken
    log.info("A deleted team is gone for good (%s).", team.pk)
    return Team.objects.filter(pk=team.pk, deleted_at__isnull=False).delete()[0]
