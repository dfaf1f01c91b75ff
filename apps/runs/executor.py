"""From a queued row to a final one: claim · attempt row · build · call · parse · finish · announce.

This is the thread's half: all database work, in short transactions, none open during the call. The
loop's half is `wire`. Nothing that may have been billed is sent again here.
"""

import logging
import queue
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction

from apps.providers import health
from apps.providers.connections import KEY_OF, NotReady, connect
from apps.runs import files, following, outcomes, refusals, registry, results
from apps.runs.background import in_background
from apps.runs.costs import prices_for
from apps.runs.followups import follow
from apps.runs.models import Attempt, Run
from apps.runs.patience import persist
from apps.runs.storable import clean_text
from apps.runs.supervisor import WORKER, supervisor
from apps.runs.tasks import announce, publish_aside
from apps.runs.wire import Begun, Call, Created, Ended, Inbox, Previewed, wire
from gateway import GatewayError, describe
from gateway.retry import delay_before_retry

log = logging.getLogger(__name__)
draining = threading.Event()  # set on TERM: no new claim


class NotAllowed(Exception):
    """The person who asked has left the team or may not use this installation any more."""

    kind = "not_allowed"
    sentence = "The person who asked for this left the team, or the account was switched off, before it was sent."


EXPECTED = (GatewayError, NotReady, registry.UnknownOperation, files.FileGone, NotAllowed)


@dataclass(slots=True)
class Work:
    """A run in the hands of this thread."""

    run: Run
    call: Call
    attempt: Attempt
    staged: files.Staged
    left_out: frozenset[str] = frozenset()  # settings that the model has refused

    @property
    def params(self) -> dict[str, Any]:
        """What was asked in this attempt."""
        return {name: value for name, value in self.run.params.items() if name not in self.left_out}


class Execution:
    """Takes many ids, so that bulk work costs one task; a chat gives one."""

    def __init__(self, run_ids: Iterable[uuid.UUID]) -> None:
        self.inbox: Inbox = queue.SimpleQueue()
        self.working: dict[uuid.UUID, Work] = {}
        self.run_ids = list(run_ids)

    def run_all(self) -> None:
        for run_id in self.run_ids:
            self._guarded(run_id, partial(self._begin, run_id))
        while self.working:
            if connection.vendor == "postgresql":
                connection.close()  # back to the pool: a thread that waits for a provider needs none
            message = self.inbox.get()
            self._guarded(message.run_id, partial(self._handle, message))

    def _guarded(self, run_id: uuid.UUID, act: Callable[[], None]) -> None:
        """Trouble with one run must not reach the others: it is let go, and the sweeper ends it when its lease is over."""
        try:
            act()
        except Exception:
            log.exception("Run %s is let go", run_id)
            supervisor().forget(run_id)
            work = self.working.pop(run_id, None)
            if work is not None:
                work.call.cancel("lost")
                work.staged.close()

    def _handle(self, message: Begun | Created | Previewed | Ended) -> None:
        work = self.working.get(message.run_id)
        if work is None:  # let go before
            if isinstance(message, Ended):
                message.result.close()
            return
        if isinstance(message, Ended):
            del self.working[message.run_id]
            self._conclude(work, message)
            return
        if isinstance(message, Created):
            following.note_created(work.attempt, message.remote_id)
            return
        if isinstance(message, Previewed):
            self._show_preview(work)
            return
        try:
            Run.objects.begin_streaming(work.run.pk, work.run.fence, message.first_ms)
        except (DatabaseError, InterfaceError):  # only a nicer word for the state; the end is written with patience
            log.warning("The database did not take the first word of run %s", message.run_id)

    def _show_preview(self, work: Work) -> None:
        """Keep the newest unfinished picture where a page finds it, unless the end is here. The call goes on whatever becomes of it."""
        body = None if work.call.is_over else work.call.state.take_preview()
        if body is None:
            return
        try:
            output = in_background(lambda: work.call.operation.preview(body), is_quick=True)
            if output is not None:
                files.keep_partial(work.run, output)
                announce([work.run.pk])
        except Exception:
            log.warning("An unfinished picture of run %s could not be shown", work.run.pk, exc_info=True)

    def _begin(self, run_id: uuid.UUID) -> None:
        if draining.is_set():
            return
        run = Run.objects.claim(run_id, WORKER)
        if run is None:
            return
        attempt = following.open_attempt(run) if run.tries else None  # type: ignore[attr-defined]  # counted by the claim
        work = self._resumed(run, attempt) if attempt else self._prepared(run)
        if work is not None:
            self._send(work)

    def _resumed(self, run: Run, attempt: Attempt) -> Work | None:
        """The provider is at it already: nothing is sent again. None where nobody can look any more."""
        try:
            call = following.resumed(run, attempt, self.inbox)
        except EXPECTED as error:
            following.cannot_go_on(run, attempt, error)
            wire().announce_end(run.pk)
            follow(run)
            return None
        return Work(run, call, attempt, following.nothing_staged())

    def _prepared(self, run: Run, left_out: frozenset[str] = frozenset()) -> Work | None:
        """What is to be sent; None where nothing is, and the run has ended."""
        try:
            return self._prepare(run, left_out)
        except (DatabaseError, InterfaceError):
            raise  # not the run's fault: it waits again when its lease is over
        except Exception as error:
            if not isinstance(error, EXPECTED):
                log.exception("Run %s could not be prepared", run.pk)
            self._refuse(run, error)
            return None

    def _prepare(self, run: Run, left_out: frozenset[str] = frozenset()) -> Work | None:
        """Build the call and write its attempt. None: it was stopped meanwhile."""
        if not run.may_run:  # type: ignore[attr-defined]  # looked up by the claim
            raise NotAllowed
        staged = files.stage_inputs(run)
        try:
            work = self._begun(run, staged, left_out)
        except BaseException:
            staged.close()
            raise
        if work is None:
            staged.close()
            self._end_stopped(run)
        return work

    def _begun(self, run: Run, staged: files.Staged, left_out: frozenset[str]) -> Work | None:
        operation = registry.get(run.operation)
        ready = connect(run.provider, run.person, run.team)
        params = {name: value for name, value in run.params.items() if name not in left_out}
        request = operation.build_request(run.model, params, staged.files)
        described = {**outcomes.without_copies(describe(ready.connection, request), run.params), KEY_OF: ready.key_of}
        prices = prices_for(run.team, run.provider, run.model)
        reserved = operation.estimate(run.params, staged.files, prices).cost
        number = run.tries + len(left_out) + 1  # type: ignore[attr-defined]  # counted by the claim
        attempt = Run.objects.begin_attempt(run.pk, run.fence, number, request=described, reserved_cost=reserved)
        if attempt is None:
            return None
        call = Call(run.pk, run.fence, operation, ready.connection, request, self.inbox, run.patience)
        call.is_followed = operation.remote is not None and operation.remote.is_wanted(params)
        return Work(run, call, attempt, staged, left_out)

    def _send(self, work: Work) -> None:
        self.working[work.run.pk] = work
        supervisor().watch(work.call)
        wire().submit(work.call)
        if work.attempt.number > 1:  # a page may say that it waits for this
            announce([work.run.pk])

    def _end_stopped(self, run: Run) -> None:
        Run.objects.finish(run.pk, run.fence, "cancelled", **outcomes.NOTHING_CHARGED)
        wire().announce_end(run.pk)
        follow(run)

    def _refuse(self, run: Run, error: Exception) -> None:
        """Nothing was sent, and the person is told why."""
        fields = outcomes.refusal(error)
        persist(lambda: Run.objects.finish(run.pk, run.fence, "failed", **fields))
        wire().announce_end(run.pk)
        follow(run)

    def _conclude(self, work: Work, ended: Ended) -> None:
        try:
            if ended.cancelled == "shutdown" and work.call.remote_id and following.give_back(work.run):
                supervisor().forget(work.run.pk)
                return
            delay = self._delay(work, ended)
            refused = "" if delay is not None else refusals.refused_setting(work.run, ended, work.left_out)
            if delay is not None:
                self._wait_again(work, ended, delay)
            elif refused:
                self._send_without(work, ended, refused)
            else:
                self._end(work, results.made_ready(work.call.operation, work.params, work.staged.files, ended))
        finally:
            work.staged.close()
            ended.result.close()

    def _end(self, work: Work, ended: Ended) -> None:
        outcome = outcomes.judge(work.run, ended, prices_for(work.run.team, work.run.provider, work.run.model))
        outcome = results.stored(work.run, ended, outcome)
        persist(lambda: self._write(work, ended, outcome))
        supervisor().forget(work.run.pk)  # only now: until then the lease is renewed
        wire().announce_end(work.run.pk)
        if work.call.operation.has_previews:
            files.drop_partials(work.run)
        follow(work.run)
        self._note_health(work.run, ended)

    def _note_health(self, run: Run, ended: Ended) -> None:
        """What this call tells of its provider. Nothing of the run depends on it."""
        try:
            health.note_limits(run.provider_id, ended.headers)
            health.note_outcome(run.provider_id, ended.error)
        except (DatabaseError, InterfaceError):
            log.warning("The health of the provider of run %s was not noted", run.pk)

    def _send_without(self, work: Work, ended: Ended, refused: str) -> None:
        """The model does not take one setting: the same call once more without it. A refused request was not billed."""
        persist(lambda: outcomes.close_attempt(work.attempt, "parameter", request_id=ended.request_id, **outcomes.NOTHING_CHARGED))
        again = self._prepared(work.run, work.left_out | {refused})
        supervisor().forget(work.run.pk)
        if again is not None:
            refusals.remember(work.run, refused, ended)
            self._send(again)

    def _delay(self, work: Work, ended: Ended) -> float | None:
        """Seconds before another try, where that cannot be billed twice; None where only a person may repeat."""
        if ended.error is None or ended.result.text or ended.result.thinking or ended.result.files:
            return None
        delay = delay_before_retry(ended.error, work.attempt.number, max_tries=settings.RUN_MAX_TRIES)
        return delay if delay is not None and delay < settings.RUN_QUEUE_LIMIT else None

    def _wait_again(self, work: Work, ended: Ended, delay: float) -> None:
        """Back to queued with a time; no thread waits for it. After short waits we publish it, after long ones the sweeper does."""
        run, error = work.run, ended.error
        fields = {"error_kind": error.kind, "error": {**error.as_dict(), "wait": round(delay)}} if error else {}
        persist(lambda: outcomes.close_attempt(work.attempt, error.kind if error else "", **outcomes.NOTHING_CHARGED))
        waits = persist(lambda: Run.objects.wait_again(run.pk, run.fence, max(0.0, delay - 0.05), **fields))
        supervisor().forget(run.pk)
        if not waits:  # somebody stopped it at that moment
            self._end_stopped(run)
            return
        announce([run.pk])  # who watches it reads why it waits, and until when
        if delay <= settings.RUN_MAX_RETRY_WAIT:
            wire().later(delay, lambda: publish_aside([run.pk]))

    def _write(self, work: Work, ended: Ended, outcome: outcomes.Outcome) -> bool:
        """The row's end and the attempt's. An attempt keeps its cost even where the run went on without it."""
        fields: dict[str, Any] = outcome.fields
        told = {name: fields[name] for name in ("cost", "cost_kind", "usage")}
        if ended.result.remote_id:
            told["remote_id"] = clean_text(ended.result.remote_id)[:200]
        with transaction.atomic():
            written = Run.objects.finish(work.run.pk, work.run.fence, outcome.status, **fields)
            outcomes.close_attempt(work.attempt, fields["error_kind"] or outcome.status, request_id=ended.request_id, **told)
        return written


def execute(run_ids: Iterable[uuid.UUID]) -> None:
    """Carry the runs that are queued to their end. Ids of others are left alone: a message is only a hint."""
    Execution(run_ids).run_all()
