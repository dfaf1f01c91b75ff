"""Signs of life: every worker process writes one, and beat's tasks write one for beat.

They are written by the sweeper's thread, so a frozen process writes none and is told as gone. Nothing
depends on them but what Home and Health say: leases, not heartbeats, decide about runs.
"""

import datetime
import os
import socket
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import Now

from apps.runs.models import IN_FLIGHT, Heartbeat, Run
from apps.runs.transitions import from_now

BEAT = "beat"
MISSED = 2.5  # so many rounds without a sign, and it is gone
FORGET_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker process as Health shows it. `runs` are those whose lease it holds."""

    host: str
    pid: int
    threads: int
    started_at: datetime.datetime
    seen_at: datetime.datetime
    is_here: bool
    runs: int


def beat_for_worker() -> None:
    """This process is alive. Those that have been gone for a day are forgotten."""
    from apps.runs.supervisor import WORKER  # pages, which only read, need not load the wire with it

    here = {"host": socket.gethostname()[:200], "pid": os.getpid(), "threads": settings.WORKER_THREADS, "seen_at": Now()}
    Heartbeat.objects.update_or_create(name=WORKER, defaults=here, create_defaults={**here, "started_at": Now()})
    Heartbeat.objects.filter(seen_at__lt=from_now(-FORGET_SECONDS)).delete()


def beat_for_beat() -> None:
    """A task of beat has arrived, so beat is alive."""
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"seen_at": Now()}, create_defaults={"started_at": Now(), "seen_at": Now()})


def leave() -> None:
    """This process ends in order: nobody needs to wait until it is missed."""
    from apps.runs.supervisor import WORKER

    Heartbeat.objects.filter(name=WORKER).delete()


def workers() -> list[Worker]:
    """The workers of the last day, those that are here first."""
    rows = Heartbeat.objects.exclude(name=BEAT).order_by("-seen_at")
    present = set(rows.filter(seen_at__gte=_latest_sign()).values_list("name", flat=True))
    held = dict(Run.objects.filter(status__in=IN_FLIGHT).values_list("worker").annotate(Count("pk")).order_by())
    return [Worker(row.host, row.pid, row.threads, row.started_at, row.seen_at, row.name in present, held.get(row.name, 0)) for row in rows]


def is_anybody_here() -> bool:
    """Whether a worker gave a sign lately. One question."""
    return Heartbeat.objects.exclude(name=BEAT).filter(seen_at__gte=_latest_sign()).exists()


def beat_seen_at() -> tuple[datetime.datetime | None, bool]:
    """When beat was last heard of, and whether that is lately."""
    seen = Heartbeat.objects.filter(name=BEAT).values_list("seen_at", flat=True).first()
    return seen, Heartbeat.objects.filter(name=BEAT, seen_at__gte=_latest_sign()).exists()


def _latest_sign() -> object:
    return from_now(-MISSED * settings.RUN_SWEEP_EVERY)
