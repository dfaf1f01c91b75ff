"""Work that follows calls: when it is asked for, and that it is not lost."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from apps.core.ids import new_id
from apps.runs import followups, services, tasks
from apps.runs.executor import execute
from apps.runs.tests.conftest import until

KIND = "spare"
BEGIN = followups.begin  # as it is outside of tests


class Noted(followups.FollowUp):
    """Remembers what it was asked to look at."""

    kind: ClassVar[str] = KIND

    def __init__(self) -> None:
        self.seen: list[uuid.UUID] = []
        self.waiting: list[uuid.UUID] = []
        self.act: Callable[[uuid.UUID], Any] = lambda pk: None

    def work(self, pk: uuid.UUID) -> None:
        self.seen.append(pk)
        self.act(pk)

    def due(self, limit: int) -> list[uuid.UUID]:
        return self.waiting[:limit]


@pytest.fixture
def noted() -> Iterator[Noted]:
    follow_up = Noted()
    followups.register_follow_up(follow_up)
    yield follow_up
    del followups._followups[KIND]


@pytest.fixture
def in_threads(monkeypatch, follow_ups_here):
    """As in a worker, where it is done beside the calls."""
    monkeypatch.setattr(followups, "begin", BEGIN)


@pytest.fixture
def ask_of(team, editor, provider):
    def start(parent, model="steady"):
        params = {"messages": [{"role": "user", "content": "Count"}]}
        common = {"team": team, "person": editor.user, "operation": "chat.reply", "provider": provider}
        return services.start_run(**common, model=model, params=params, key=uuid.uuid4().hex, parent=parent)

    return start


def test_it_follows_a_run_that_has_ended(transactional_db, noted, ask_of):
    parent = new_id()
    execute([ask_of((KIND, parent)).pk])
    assert noted.seen == [parent]


def test_it_follows_a_run_that_could_not_be_sent(transactional_db, noted, ask_of, provider):
    parent = new_id()
    run = ask_of((KIND, parent))
    provider.private_origin = ""
    provider.base_url = "http://127.0.0.1:1/v1"
    provider.save()
    execute([run.pk])
    assert noted.seen == [parent]


def test_it_leaves_runs_alone_that_nobody_follows(transactional_db, noted, ask_of):
    execute([ask_of(None).pk, ask_of(("nobody", new_id())).pk])
    assert noted.seen == []


def test_trouble_of_the_app_does_not_reach_the_run(transactional_db, noted, ask_of, in_threads, caplog):
    noted.act = lambda pk: 1 / 0
    run = ask_of((KIND, new_id()))
    execute([run.pk])
    until(lambda: "The follow-up of spare" in caplog.text)
    run.refresh_from_db()
    assert run.status == "completed"


def test_what_is_asked_for_meanwhile_is_done_once_more(noted, in_threads):
    go_on, begun, pk = threading.Event(), threading.Event(), new_id()
    noted.act = lambda pk: (begun.set(), go_on.wait(10))
    followups.begin(KIND, pk)
    assert begun.wait(5)
    for _time in range(3):
        followups.begin(KIND, pk)
    go_on.set()
    until(lambda: not followups._doing)
    assert noted.seen == [pk, pk]


def test_two_rows_are_worked_on_at_once(noted, in_threads):
    both = threading.Barrier(2, timeout=10)
    noted.act = lambda pk: both.wait()
    for _row in range(2):
        followups.begin(KIND, new_id())
    until(lambda: not followups._doing)
    assert not both.broken


def test_the_sweeper_finds_what_nobody_was_told_of(db, noted):
    noted.waiting = [new_id(), new_id()]
    assert followups.begin_due() >= 2
    assert noted.seen == noted.waiting


def test_a_message_is_sent_when_the_row_is_written(transactional_db, monkeypatch):
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(tasks, "send_follow_up", lambda kind, pk: sent.append((kind, pk)))
    pk = new_id()
    followups.publish_follow_up(KIND, pk)
    assert sent == [(KIND, str(pk))]


def test_a_run_that_is_stopped_before_it_was_sent_is_told_of(transactional_db, noted, ask_of, monkeypatch):
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(tasks, "send_follow_up", lambda kind, pk: sent.append((kind, pk)))
    parent = new_id()
    assert services.stop_run(ask_of((KIND, parent)))
    assert sent == [(KIND, str(parent))]


def test_a_queue_that_is_away_holds_up_nobody(transactional_db, settings, monkeypatch):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    tasks._producers.cache_clear()
    monkeypatch.setattr(tasks, "_wary_until", 0.0)
    try:
        followups.publish_follow_up(KIND, new_id())  # tries, and remembers that nobody answers
        assert tasks._wary_until > time.monotonic()
    finally:
        tasks._producers.cache_clear()


def test_a_worker_does_what_the_message_says(noted):
    pk = new_id()
    tasks.follow_up.run(KIND, str(pk))
    assert noted.seen == [pk]
