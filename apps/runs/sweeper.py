"""Ends the runs of dead workers and publishes forgotten ones. Any number may run at once; they do no harm.

It runs in a thread of every worker, as a task that beat sends, and as `manage.py sweep`.
"""

import logging
import threading
import time
import uuid

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.db.models.functions import Now

from apps.accounts.data_keeping import housekeep
from apps.runs.comeback import look_back
from apps.runs.costs import prices_for
from apps.runs.files import drop_partials_of_ended, remove_untold
from apps.runs.followups import begin_due
from apps.runs.heartbeats import beat_for_worker
from apps.runs.models import Attempt, Run, RunFile, Status
from apps.runs.outcomes import NOTHING_CHARGED, estimated, is_billed
from apps.runs.tasks import announce, publish

log = logging.getLogger(__name__)
HOUSEKEEPING_PAUSE = 1.0
_patient_until = 0.0


def sweep() -> dict[str, int]:
    """One round. How many runs were given back, ended, failed, and published again."""
    given_back, ended = 0, []
    if time.monotonic() >= _patient_until:
        given_back = Run.objects.give_back_followed() + Run.objects.give_back_unsent()
        ended = [run.pk for run in Run.objects.expired().select_related("provider", "team") if _end(run)]
        drop_partials_of_ended()
    failed = Run.objects.fail_never_sent()
    due = Run.objects.due()
    for run_id in due:  # one message each, so that no thread gets them all
        publish([run_id])
    if ended:
        announce(ended)
        log.warning("Ended %d runs whose worker has gone silent.", len(ended))
    return {"given_back": given_back, "ended": len(ended), "failed": failed, "published": len(due)}


def _end(run: Run) -> bool:
    """The final state of one run whose lease has run out. It may have been billed, so it is not sent again."""
    has_content = bool(run.text or run.thinking or run.files.filter(role=RunFile.Role.OUTPUT).exists())
    if run.stop_requested_at:
        status = Status.CANCELLED
    else:
        status = Status.INTERRUPTED if has_content else Status.UNKNOWN
    fields = _cost_fields(run, has_content)
    if not Run.objects.end_expired(run.pk, run.fence, status, error_kind="worker_gone", **fields):
        return False
    _close_attempts(run.pk, run.fence, status, fields)
    remove_untold(run)
    return True


def _cost_fields(run: Run, has_content: bool) -> dict[str, object]:
    if not is_billed(run):
        return dict(NOTHING_CHARGED)
    prices = prices_for(run.team, run.provider, run.model)
    if not has_content and not prices.is_free:
        return {"cost": None, "cost_kind": "unknown"}
    cost, kind, usage = estimated(run, run.text + run.thinking, prices)
    return {"cost": cost, "cost_kind": kind, "usage": usage if has_content else {}}


def _close_attempts(run_id: uuid.UUID, fence: int, status: str, fields: dict[str, object]) -> None:
    Attempt.objects.filter(run_id=run_id, fence=fence, outcome="").update(outcome=status, finished_at=Now(), **fields)


def start_sweeping() -> None:
    """Sweep in a thread of this worker, so that no beat is needed for the promises to hold."""
    threading.Thread(target=_sweep_for_ever, name="sweeper", daemon=True).start()


def _sweep_for_ever() -> None:
    while True:
        next_at = time.monotonic() + settings.RUN_SWEEP_EVERY
        try:
            close_old_connections()
            look_back()
            beat_for_worker()
            sweep()
        except (DatabaseError, InterfaceError) as error:
            log.warning("Sweeping: the database does not answer (%s).", type(error).__name__)
            connection.close()
            be_patient()
        else:
            _follow_up()
            _tidy_until(next_at)
        time.sleep(max(0.0, next_at - time.monotonic()))


def _follow_up() -> None:
    """What apps wait for. In workers only: it is done in their threads."""
    try:
        begin_due()
    except Exception:
        log.exception("Looking for follow-ups failed; the next round tries again")
        connection.close()


def _tidy_until(end: float) -> None:
    """A second of housekeeping, and another after a pause for as long as something is left to do."""
    try:
        while housekeep() and time.monotonic() + HOUSEKEEPING_PAUSE < end:
            time.sleep(HOUSEKEEPING_PAUSE)
    except Exception:  # the promises of sweeping do not hang on it
        log.exception("Housekeeping failed; the next round tries again")
        connection.close()


def be_patient() -> None:
    """The database was away, so living workers could not renew their leases: give them the time of one to do it."""
    global _patient_until
    _patient_until = time.monotonic() + settings.RUN_LEASE
