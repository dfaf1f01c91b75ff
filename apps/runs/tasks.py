"""Celery's way in. A message carries ids only and is a hint: rows that are not queued are left alone."""

import functools
import logging
import threading
import time
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery import current_app, shared_task
from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from kombu.connection import Connection
from kombu.exceptions import LimitExceeded, OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

from apps.runs.live.publisher import announce_end

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 1.0  # a page waits no longer for the queue
WARY_SECONDS = 10.0  # after a failure pages do not wait for it at all
LAST_WORK_SECONDS = 3.0  # for the unfinished pictures of calls that were just ended
_helpers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="publish")
_wary_until = 0.0


@functools.cache
def _producers() -> Any:
    """Connections of our own for publishing: the worker's need more patience than a page has."""
    return producers[_queue_within(PATIENCE_SECONDS)]


def _queue_within(seconds: float) -> Connection:
    """A connection that gives up after that time, and tries once only: by itself it would try again for six seconds."""
    bounds = {"socket_timeout": seconds, "socket_connect_timeout": seconds, "max_retries": 0}
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **bounds}
    return Connection(settings.CELERY_BROKER_URL, transport_options=options)  # type: ignore[no-untyped-call]  # kombu has no types


def publish(run_ids: Iterable[uuid.UUID]) -> None:
    """Tell the workers that these runs are queued. Never fails: what is lost here the sweeper picks up.

    At once while the queue answers, since handing over to another thread costs more than the sending;
    in the background while it does not.
    """
    if time.monotonic() < _wary_until:
        publish_aside(run_ids)
    else:
        _publish([str(run_id) for run_id in run_ids])


def publish_aside(run_ids: Iterable[uuid.UUID]) -> None:
    """The same without waiting for the queue in any case."""
    _helpers.submit(_publish, [str(run_id) for run_id in run_ids])


def _publish(run_ids: list[str]) -> None:
    _send("runs.execute", [run_ids])


def _send(task: str, args: list[Any]) -> None:
    global _wary_until
    try:
        with _producers().acquire(block=True, timeout=PATIENCE_SECONDS) as producer:
            current_app.send_task(task, args=args, queue="runs", retry=False, ignore_result=True, producer=producer)
    except (OperationalError, LimitExceeded, OSError) as error:
        _wary_until = time.monotonic() + WARY_SECONDS
        log.warning("The queue does not answer (%s): %s waits for the sweeper.", type(error).__name__, task)


def send_follow_up(kind: str, pk: str) -> None:
    """Tell the workers that something is due of a row of an app. Never fails, and no page waits for it longer than for a run."""
    if time.monotonic() < _wary_until:
        _helpers.submit(_send, "runs.follow_up", [kind, pk])
    else:
        _send("runs.follow_up", [kind, pk])


def announce(run_ids: Iterable[uuid.UUID]) -> None:
    """Tell viewers to look at these rows again, without waiting for Redis."""
    _helpers.submit(announce_end, list(run_ids))


def ping_workers(expected: int, seconds: float = PATIENCE_SECONDS) -> int | None:
    """How many of the expected workers answer through the queue in that time; None while the queue itself is away."""
    if not expected:
        return 0
    try:
        with _queue_within(seconds) as queue:
            return len(current_app.control.broadcast("ping", reply=True, timeout=seconds, limit=expected, connection=queue))
    except (OperationalError, OSError, RedisError):
        return None


@shared_task(name="runs.execute", ignore_result=True)
def execute_runs(run_ids: list[str]) -> None:
    from apps.runs.comeback import has_looked_back
    from apps.runs.executor import execute

    if not has_looked_back():
        return  # the first sweep of this process, a moment from now, publishes what may be sent
    execute([uuid.UUID(run_id) for run_id in run_ids])


@shared_task(name="runs.follow_up", ignore_result=True)
def follow_up(kind: str, pk: str) -> None:
    """What is due of a row of an app. Done in a thread of its own, so that no call waits behind it."""
    from apps.runs.followups import begin

    begin(kind, uuid.UUID(pk))


@shared_task(name="runs.sweep", ignore_result=True)
def sweep_runs() -> None:
    from apps.runs.comeback import look_back
    from apps.runs.heartbeats import beat_for_beat
    from apps.runs.sweeper import be_patient, sweep

    try:
        look_back()
        beat_for_beat()
        sweep()
    except (DatabaseError, InterfaceError):
        be_patient()
        raise


@shared_task(name="runs.check_providers", ignore_result=True)
def check_providers() -> None:
    """The quiet repetition of check-ups. It stands here because only this module knows Celery."""
    from apps.providers.checkup import check_due

    check_due()


@worker_ready.connect
def begin(**kwargs: Any) -> None:
    from apps.runs.scratch import take_scratch
    from apps.runs.sweeper import start_sweeping

    take_scratch()
    start_sweeping()


@worker_shutting_down.connect
def drain(**kwargs: Any) -> None:
    """After TERM: no new claim; running calls get their grace, then end with the text they have.

    This runs inside a signal handler, perhaps twice, so it takes no lock of ours.
    """
    from apps.runs.executor import draining

    if not draining.is_set():
        draining.set()
        timer = threading.Timer(settings.RUN_SHUTDOWN_GRACE, _end_calls)
        timer.daemon = True
        timer.start()


def _end_calls() -> None:
    from apps.runs.background import close_background
    from apps.runs.supervisor import supervisor

    supervisor().cancel_all("shutdown")
    close_background(is_quick=False)
    time.sleep(LAST_WORK_SECONDS)
    close_background(is_quick=True)


@worker_shutdown.connect
def close(**kwargs: Any) -> None:
    from apps.runs.heartbeats import leave
    from apps.runs.scratch import leave_scratch
    from apps.runs.wire import close_wire

    close_wire()
    leave_scratch()
    try:
        leave()
    except (DatabaseError, InterfaceError):
        log.info("This worker leaves without a word: the database does not answer.")
