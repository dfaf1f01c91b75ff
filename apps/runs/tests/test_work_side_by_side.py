"""What takes minutes is a kind of its own: however much of it there is, what takes a moment is done in a moment."""

import threading
import uuid
from typing import Any, ClassVar

import pytest

from apps.core.ids import new_id
from apps.runs import followups
from apps.runs.tests import test_follow_up_runs as follow_ups
from apps.runs.tests.conftest import until

in_threads = follow_ups.in_threads


class Waiting(followups.FollowUp):
    """Takes as long as the test wants."""

    kind: ClassVar[str] = "waiting-for-a-test"

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Semaphore(0), threading.Event()

    def work(self, pk: uuid.UUID) -> None:
        self.begun.release()
        self.go_on.wait(30)

    def due(self, limit: int) -> list[uuid.UUID]:
        return []


class Quick(followups.FollowUp):
    kind: ClassVar[str] = "quick-for-a-test"

    def __init__(self) -> None:
        self.seen = threading.Event()

    def work(self, pk: uuid.UUID) -> None:
        self.seen.set()

    def due(self, limit: int) -> list[uuid.UUID]:
        return []


@pytest.fixture
def both() -> Any:
    slow, quick = Waiting(), Quick()
    followups.register_follow_up(slow)
    followups.register_follow_up(quick)
    yield slow, quick
    slow.go_on.set()
    until(lambda: not followups._doing)
    for each in (slow, quick):
        del followups._followups[each.kind]


def test_it_does_the_quick_while_the_slow_goes_on(both, in_threads):
    slow, quick = both
    for _row in range(3 * followups.AT_ONCE):
        followups.begin(slow.kind, new_id())
    assert all(slow.begun.acquire(timeout=10) for _place in range(followups.AT_ONCE))
    followups.begin(quick.kind, new_id())
    assert quick.seen.wait(10)
