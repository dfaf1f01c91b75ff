"""From a queued row to a final one: claim · attempt row · build · call · parse · finish · announce.

This is the thread's half: all database work, in short transactions, none open during the call. The
loop's half is `wire`. Nothing that may have been billed is sent again here.
"""

import logging
import queue
import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from apps.providers.connections import NotReady, connection_of
from apps.runs import files, outcomes, registry
from apps.runs.costs import prices_for
from apps.runs.models import Attempt, Run
from apps.runs.operations import Operation
from apps.runs.patience import persist
from apps.runs.supervisor import WORKER, supervisor
from apps.runs.wire import Begun, Call, Ended, wire
from gateway import Connection, GatewayError, describe
from gateway.retry import delay_before_retry
from gateway.types import ApiRequest

log = logging.getLogger(__name__)
draining = threading.Event()  # set on TERM: no new claim


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The wait before another try is over."""

    run_id: uuid.UUID


@dataclass(slots=True)
class Work:
    """A run in the hands of this thread."""

    run: Run
    call: Call
    attempt: Attempt
    staged: files.Staged


class Execution:
    """Takes many ids, so that bulk work costs one task; a chat gives one."""

    def __init__(self, run_ids: Iterable[uuid.UUID]) -> None:
        self.inbox: queue.SimpleQueue[Begun | Ended | TryAgain] = queue.SimpleQueue()
        self.working: dict[uuid.UUID, Work] = {}
        self.waiting: set[uuid.UUID] = set()
        self.run_ids = list(run_ids)

    def run_all(self) -> None:
        for run_id in self.run_ids:
            self._begin(run_id)
        while self.working or (self.waiting and not draining.is_set()):
            try:
                message = self.inbox.get(timeout=1)
            except queue.Empty:
                continue
            self._handle(message)

    def _handle(self, message: Begun | Ended | TryAgain) -> None:
        if isinstance(message, TryAgain):
            self.waiting.discard(message.run_id)
            self._begin(message.run_id)
        elif isinstance(message, Begun):
            work = self.working[message.run_id]
            Run.objects.begin_streaming(work.run.pk, work.run.fence, message.first_ms)
        else:
            self._conclude(self.working.pop(message.run_id), message)

    def _begin(self, run_id: uuid.UUID) -> None:
        if draining.is_set():
            return
        fence = Run.objects.claim(run_id, WORKER)
        if fence is None:
            return
        run = Run.objects.select_related("provider", "team").get(pk=run_id)
        try:
            work = self._prepare(run)
        except (GatewayError, NotReady, registry.UnknownOperation, files.FileGone) as error:
            self._refuse(run, error)
        else:
            if work is not None:
                self.working[run_id] = work
                supervisor().watch(work.call)
                wire().submit(work.call)

    def _prepare(self, run: Run) -> Work | None:
        """Build the call and write its attempt. None: it was stopped meanwhile."""
        operation = registry.get(run.operation)
        connection = connection_of(run.provider)
        staged = files.stage_inputs(run)
        request = operation.build_request(run.model, run.params, staged.files)
        attempt = Run.objects.begin_attempt(run.pk, run.fence, reserved_cost=reserved_cost(run, operation, staged))
        if attempt is None:
            staged.close()
            self._end_stopped(run)
            return None
        Run.objects.filter(pk=run.pk).update(request=outcomes.without_copies(describe(connection, request), run.params))
        return Work(run, self._call(run, operation, connection, request), attempt, staged)

    def _call(self, run: Run, operation: Operation, connection: Connection, request: ApiRequest) -> Call:
        return Call(run.pk, run.fence, operation, connection, request, self.inbox)  # type: ignore[arg-type]  # the inbox also takes TryAgain

    def _end_stopped(self, run: Run) -> None:
        Run.objects.finish(run.pk, run.fence, "cancelled", **outcomes.NOTHING_CHARGED)
        wire().announce_end(run.pk)

    def _refuse(self, run: Run, error: Exception) -> None:
        """Nothing was sent, and the person is told why."""
        fields = outcomes.refusal(error)
        persist(lambda: Run.objects.finish(run.pk, run.fence, "failed", **fields))
        wire().announce_end(run.pk)

    def _conclude(self, work: Work, ended: Ended) -> None:
        supervisor().forget(work.call)
        work.staged.close()
        delay = self._delay(work, ended)
        if delay is not None:
            self._wait_again(work, ended, delay)
            return
        outcome = outcomes.judge(work.run, ended, prices_for(work.run.provider, work.run.model))
        persist(lambda: self._write(work, ended, outcome))
        wire().announce_end(work.run.pk)

    def _delay(self, work: Work, ended: Ended) -> float | None:
        """Seconds before another try, where that cannot be billed twice; None where only a person may repeat."""
        if ended.error is None or ended.result.text or ended.result.thinking:
            return None
        return delay_before_retry(ended.error, work.attempt.number, max_tries=settings.RUN_MAX_TRIES)

    def _wait_again(self, work: Work, ended: Ended, delay: float) -> None:
        """Back to queued with a time. Short waits end here, longer ones are the sweeper's."""
        run, error = work.run, ended.error
        fields = {"error_kind": error.kind, "error": {**error.as_dict(), "wait": round(delay)}} if error else {}
        persist(lambda: Run.objects.wait_again(run.pk, run.fence, max(0.0, delay - 0.05), **fields))
        persist(lambda: outcomes.close_attempt(work.attempt, error.kind if error else "", **outcomes.NOTHING_CHARGED))
        if delay <= settings.RUN_MAX_RETRY_WAIT:
            self.waiting.add(run.pk)
            wire().put_later(delay, self.inbox, TryAgain(run.pk))  # type: ignore[arg-type]

    def _write(self, work: Work, ended: Ended, outcome: outcomes.Outcome) -> bool:
        """The row's end and the attempt's. An attempt keeps its cost even where the run went on without it."""
        fields: dict[str, Any] = outcome.fields
        written = Run.objects.finish(work.run.pk, work.run.fence, outcome.status, **fields)
        if written:
            files.keep_outputs(work.run, ended.result.files)
        costs = {name: fields[name] for name in ("cost", "cost_kind", "usage")}
        outcomes.close_attempt(work.attempt, fields["error_kind"] or outcome.status, request_id=ended.request_id, **costs)
        return written


def reserved_cost(run: Run, operation: Operation, staged: files.Staged) -> Any:
    """The most that this attempt can cost, as far as it can be known."""
    return operation.estimate(run.params, staged.files, prices_for(run.provider, run.model)).cost


def execute(run_ids: Iterable[uuid.UUID]) -> None:
    """Carry the runs that are queued to their end. Ids of others are left alone: a message is only a hint."""
    Execution(run_ids).run_all()
