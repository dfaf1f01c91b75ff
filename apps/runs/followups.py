"""What an app makes of several calls, or before them: parts joined to one transcript, a recording prepared for its calls.

An app registers a `FollowUp` under the parent kind of its runs. It is asked to work on a row when one of that row's runs
has ended, when the app says so (`publish_follow_up`), and again by the sweeper for as long as it names the row as due:
so a message that was lost, or a worker that died, delays it and nothing else.
"""

import logging
import threading
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import ClassVar, Final

from django.db import close_old_connections, transaction

from apps.runs.models import Run

log = logging.getLogger(__name__)
MOST_DUE: Final = 50  # rows of one kind in one round of the sweeper
AT_ONCE: Final = 2  # of one kind: they mostly wait for other processes; more would only take turns
_doing: set[tuple[str, uuid.UUID]] = set()
_again: set[tuple[str, uuid.UUID]] = set()  # asked for while it was being done
_lock = threading.Lock()


class FollowUp(ABC):
    """One for each kind of work. It takes a `lease` where two at once would do harm.

    Each kind has threads of its own: what takes minutes is a kind of its own, so that nothing that takes a moment waits for it.
    """

    kind: ClassVar[str]  # the parent kind of the runs that it follows; any other word where it follows none

    @abstractmethod
    def work(self, pk: uuid.UUID) -> None:
        """Whatever is due of this row now. It may come twice, too early, and again after it was killed in the middle."""

    @abstractmethod
    def due(self, limit: int) -> Iterable[uuid.UUID]:
        """Rows for which something is due that nobody does at this moment.

        In any order (`order_by("?")`): those of a person who has no place left would stand before all others each time."""


_followups: dict[str, FollowUp] = {}


def register_follow_up(follow_up: FollowUp) -> None:
    _followups[follow_up.kind] = follow_up


def followed_kinds() -> list[str]:
    """The parent kinds of runs whose results somebody still takes over when they have ended."""
    return list(_followups)


def publish_follow_up(kind: str, pk: uuid.UUID) -> None:
    """Ask the workers to look at a row once the present transaction is written. Never fails: what is lost here the sweeper finds."""
    from apps.runs.tasks import send_follow_up

    transaction.on_commit(lambda: send_follow_up(kind, str(pk)))


def publish_follow_up_of(run: Run) -> None:
    """The same for the row that a run belongs to, where one is followed: a process that is no worker has ended it."""
    if run.parent_kind in _followups and run.parent_id:
        publish_follow_up(run.parent_kind, run.parent_id)


def follow(run: Run) -> None:
    """A run has ended: its parent may go on. Nothing waits for it, and nothing of the run depends on it."""
    if run.parent_kind in _followups and run.parent_id:
        begin(run.parent_kind, run.parent_id)


def begin(kind: str, pk: uuid.UUID) -> None:
    """Do it in a thread of this process; where that is happening already, once more after that."""
    with _lock:
        if (kind, pk) in _doing:
            _again.add((kind, pk))
            return
        _doing.add((kind, pk))
    _pool(kind).submit(_work, kind, pk)


def begin_due() -> int:
    """What nobody was told of, or nobody finished. How many rows."""
    found = [(follow_up.kind, pk) for follow_up in _followups.values() for pk in follow_up.due(MOST_DUE)]
    for kind, pk in found:
        begin(kind, pk)
    return len(found)


def work_now(kind: str, pk: uuid.UUID) -> None:
    """The work in this thread, as the pool does it. For commands and tests."""
    _followups[kind].work(pk)


def _work(kind: str, pk: uuid.UUID) -> None:
    while True:
        _try(kind, pk)
        with _lock:
            if (kind, pk) not in _again:
                _doing.discard((kind, pk))
                return
            _again.discard((kind, pk))


def _try(kind: str, pk: uuid.UUID) -> None:
    close_old_connections()
    try:
        _followups[kind].work(pk)
    except Exception:
        log.exception("The follow-up of %s %s failed; the sweeper tries it again", kind, pk)
    finally:
        close_old_connections()


@cache
def _pool(kind: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix=f"follow-up-{kind}")
