"""One thread that looks after all calls of a worker process: lease, partial text, Stop.

One query and at most two writes a beat, however many streams there are.
"""

import logging
import threading
import time
import uuid
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction

from apps.runs.models import Run
from apps.runs.wire import Call

log = logging.getLogger(__name__)
BEAT_SECONDS = 0.5
WORKER = uuid.uuid4().hex  # the name of this process on the leases it holds


@dataclass(slots=True)
class Watched:
    call: Call
    saved_length: int = 0
    saved_at: float = field(default_factory=time.monotonic)

    def is_due(self, now: float) -> bool:
        """Whether enough is unsaved: 2 KB, or anything for 2 seconds."""
        grown = self.call.state.answer.length + self.call.state.thoughts.length - self.saved_length
        return grown > 0 and (grown >= settings.RUN_SAVE_BYTES or now - self.saved_at >= settings.RUN_SAVE_EVERY)


class Supervisor:
    def __init__(self) -> None:
        self._watched: dict[uuid.UUID, Watched] = {}
        self._lock = threading.Lock()
        self._renewed_at = 0.0
        threading.Thread(target=self._run, name="supervisor", daemon=True).start()

    def watch(self, call: Call) -> None:
        with self._lock:
            self._watched[call.run_id] = Watched(call)

    def forget(self, run_id: uuid.UUID) -> None:
        with self._lock:
            self._watched.pop(run_id, None)

    def cancel_all(self, reason: str) -> None:
        """End every call of this process (shutdown)."""
        for watched in self._all():
            watched.call.cancel(reason)

    def _all(self) -> list[Watched]:
        with self._lock:
            return list(self._watched.values())

    def _run(self) -> None:
        while True:
            time.sleep(BEAT_SECONDS)
            watched = self._all()
            if not watched:
                continue
            try:
                close_old_connections()
                self._beat(watched)
            except (DatabaseError, InterfaceError) as error:
                log.warning("Looking after runs: the database does not answer (%s).", type(error).__name__)
                connection.close()
            except Exception:  # without this thread no lease is renewed and no Stop is seen
                log.exception("Looking after runs failed this time")

    def _beat(self, watched: list[Watched]) -> None:
        self._cancel_ended(watched)
        now = time.monotonic()
        if now - self._renewed_at >= settings.RUN_LEASE_RENEW:
            self._renewed_at = now
            ids = [each.call.run_id for each in watched]
            Run.objects.renew(ids, WORKER)
            revoked = Run.objects.revoked(ids)
            for each in watched:
                if each.call.run_id in revoked:
                    each.call.cancel("revoked")
        due = [each for each in watched if each.is_due(now)]
        if due:
            self._save(due, now)

    def _cancel_ended(self, watched: list[Watched]) -> None:
        """Cancel what a person stopped, and what the database says is not ours any more."""
        ids = [each.call.run_id for each in watched]
        rows = {row.pk: row for row in Run.objects.filter(pk__in=ids).only("status", "fence", "stop_requested_at")}
        for each in watched:
            row = rows.get(each.call.run_id)
            if row is None or row.fence != each.call.fence or not row.is_active:
                each.call.cancel("lost")
            elif row.stop_requested_at is not None:
                each.call.cancel("stop")

    def _save(self, due: list[Watched], now: float) -> None:
        with transaction.atomic():
            for each in due:
                state = each.call.state
                length = state.answer.length + state.thoughts.length
                Run.objects.save_partial(each.call.run_id, each.call.fence, state.text, state.thinking)
                each.saved_length, each.saved_at = length, now


_supervisor: Supervisor | None = None
_making = threading.Lock()


def supervisor() -> Supervisor:
    """The process's supervisor, made when it is first needed."""
    global _supervisor
    with _making:
        if _supervisor is None:
            _supervisor = Supervisor()
        return _supervisor
