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
from apps.runs import files, outcomes, refusals, registry
from apps.runs.costs import prices_for
from apps.runs.models import Attempt, Run
from apps.runs.operations import Operation
from apps.runs.patience import persist
from apps.runs.supervisor import WORKER, supervisor
from apps.runs.tasks import publish
from apps.runs.wire import Begun, Call, Ended, Inbox, wire
from gateway import GatewayError, describe
from gateway.retry import delay_before_retry

log = logging.getLogger(__name__)
draining = threading.Event()  # set on TERM: no new claim


@dataclass(slots=True)
class Work:
    """A run in the hands of this thread."""

    run: Run
    call: Call
    attempt: Attempt
    staged: files.Staged
    left_out: frozenset[str] = frozenset()  # settings that the model has refused


class Execution:
    """Takes many ids, so that bulk work costs one task; a chat gives one."""

    def __init__(self, run_ids: Iterable[uuid.UUID]) -> None:
        self.inbox: Inbox = queue.SimpleQueue()
        self.working: dict[uuid.UUID, Work] = {}
        self.run_ids = list(run_ids)

    def run_all(self) -> None:
        for run_id in self.run_ids:
            self._begin(run_id)
        while self.working:
            self._handle(self.inbox.get())

    def _handle(self, message: Begun | Ended) -> None:
        if isinstance(message, Begun):
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
                self._send(work)

    def _prepare(self, run: Run, left_out: frozenset[str] = frozenset()) -> Work | None:
        """Build the call and write its attempt. None: it was stopped meanwhile."""
        operation = registry.get(run.operation)
        connection = connection_of(run.provider)
        staged = files.stage_inputs(run)
        params = {name: value for name, value in run.params.items() if name not in left_out}
        request = operation.build_request(run.model, params, staged.files)
        attempt = Run.objects.begin_attempt(run.pk, run.fence, reserved_cost=reserved_cost(run, operation, staged))
        if attempt is None:
            staged.close()
            self._end_stopped(run)
            return None
        Run.objects.filter(pk=run.pk).update(request=outcomes.without_copies(describe(connection, request), run.params))
        call = Call(run.pk, run.fence, operation, connection, request, self.inbox)
        return Work(run, call, attempt, staged, left_out)

    def _send(self, work: Work) -> None:
        self.working[work.run.pk] = work
        supervisor().watch(work.call)
        wire().submit(work.call)

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
        refused = refusals.refused_setting(work.run, ended, work.left_out)
        if refused:
            self._send_without(work, ended, refused)
            return
        outcome = outcomes.judge(work.run, ended, prices_for(work.run.provider, work.run.model))
        persist(lambda: self._write(work, ended, outcome))
        wire().announce_end(work.run.pk)

    def _send_without(self, work: Work, ended: Ended, refused: str) -> None:
        """The model does not take one setting: the same call once more without it. A refused request was not billed."""
        persist(lambda: outcomes.close_attempt(work.attempt, "parameter", request_id=ended.request_id, **outcomes.NOTHING_CHARGED))
        again = self._prepare(work.run, work.left_out | {refused})
        if again is not None:
            refusals.remember(work.run, refused, ended)
            self._send(again)

    def _delay(self, work: Work, ended: Ended) -> float | None:
        """Seconds before another try, where that cannot be billed twice; None where only a person may repeat."""
        if ended.error is None or ended.result.text or ended.result.thinking:
            return None
        return delay_before_retry(ended.error, work.attempt.number, max_tries=settings.RUN_MAX_TRIES)

    def _wait_again(self, work: Work, ended: Ended, delay: float) -> None:
        """Back to queued with a time; no thread waits for it. After short waits we publish it, after long ones the sweeper does."""
        run, error = work.run, ended.error
        fields = {"error_kind": error.kind, "error": {**error.as_dict(), "wait": round(delay)}} if error else {}
        persist(lambda: Run.objects.wait_again(run.pk, run.fence, max(0.0, delay - 0.05), **fields))
        persist(lambda: outcomes.close_attempt(work.attempt, error.kind if error else "", **outcomes.NOTHING_CHARGED))
        if delay <= settings.RUN_MAX_RETRY_WAIT:
            wire().later(delay, lambda: publish([run.pk]))

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
