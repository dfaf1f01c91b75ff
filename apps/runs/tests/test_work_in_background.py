"""Heavy work beside the calls: behind everything else, one after the other, and no longer than the process has to live."""

import os
import sys
import threading
import time

import pytest

from apps.runs import background, registry, services
from apps.runs.background import AT_ONCE, NICENESS, Closing, close_background, in_background, stop_if_closing
from apps.runs.explanations import explain
from apps.runs.supervisor import supervisor
from apps.runs.tests.conftest import until
from tests.loopback.picture_models import STALLED


@pytest.fixture
def fresh():
    """Pools of this test alone, so that it may close them."""
    background._lane.cache_clear()
    yield
    for is_quick in (True, False):
        close_background(is_quick=is_quick)
    background._lane.cache_clear()


@pytest.fixture
def busy(fresh):
    """All places are taken until this is set."""
    go_on, begun = threading.Event(), threading.Semaphore(0)
    threads = [threading.Thread(target=lambda: in_background(lambda: (begun.release(), go_on.wait(10)))) for _place in range(AT_ONCE)]
    for thread in threads:
        thread.start()
        begun.acquire(timeout=5)
    yield go_on
    go_on.set()
    for thread in threads:
        thread.join(10)


def test_what_it_gives_and_raises_comes_back(fresh):
    assert in_background(lambda: 2 + 3) == 5
    with pytest.raises(ZeroDivisionError):
        in_background(lambda: 1 / 0)
    with pytest.raises(RuntimeError, match="of the work itself"):
        in_background(lambda: (_ for _ in ()).throw(RuntimeError("of the work itself")))


@pytest.mark.skipif(sys.platform != "linux", reason="only there a thread has a priority of its own")
def test_it_steps_back_behind_the_threads_that_write_answers(fresh):
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    for is_quick in (True, False):
        theirs = in_background(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), is_quick=is_quick)
        assert theirs == min(19, max(mine, NICENESS))


def test_a_moments_work_does_not_wait_for_what_takes_long(busy):
    begun = time.monotonic()
    assert in_background(lambda: "shown", is_quick=True) == "shown"
    assert time.monotonic() - begun < 2 and not busy.is_set()


def test_few_are_at_work_at_once(fresh):
    counting, at_work, most = threading.Lock(), [0], [0]

    def work():
        with counting:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        time.sleep(0.02)
        with counting:
            at_work[0] -= 1

    threads = [threading.Thread(target=in_background, args=[work]) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most[0] <= AT_ONCE


def test_what_waits_when_the_process_ends_is_not_begun(busy):
    outcomes = []

    def ask():
        try:
            in_background(lambda: outcomes.append("done"))
        except Closing:
            outcomes.append("closing")

    waiting = threading.Thread(target=ask)
    waiting.start()
    time.sleep(0.1)
    close_background(is_quick=False)
    waiting.join(5)
    assert outcomes == ["closing"]
    with pytest.raises(Closing):
        in_background(lambda: None)


def test_what_is_at_work_then_ends_at_its_next_step(fresh):
    steps, begun = [], threading.Event()

    def work():
        for step in range(100):
            stop_if_closing()
            steps.append(step)
            begun.set()
            time.sleep(0.05)

    outcome = []

    def ask():
        try:
            in_background(work)
        except Closing:
            outcome.append("closing")

    asking = threading.Thread(target=ask)
    asking.start()
    begun.wait(5)
    close_background(is_quick=False)
    asking.join(5)
    assert outcome == ["closing"] and len(steps) < 10


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_pictures_wait_when_the_process_ends_says_so(busy, ask_pictures, work_on, stored_files, passing):
    run = ask_pictures(n=2)
    worker = work_on(run)
    assert until(passing)  # they are here and wait for their turn
    until(lambda: background._lane(False).pool._work_queue.qsize())
    close_background(is_quick=False)
    worker.join(10)
    run.refresh_from_db()
    assert (run.status, run.error_kind, run.pictures.count(), stored_files(), passing()) == ("unknown", "shutdown", 0, set(), [])
    assert run.usage["images"] == 2
    assert explain(run).title == "This server stopped before the answer was kept."


@pytest.mark.django_db(transaction=True)
def test_what_was_stopped_does_not_wait_behind_what_takes_long(busy, ask_pictures, work_on):
    run = ask_pictures(STALLED, partial_images=1)
    worker = work_on(run)
    assert until(lambda: run.files.filter(role="partial").exists())
    services.stop_run(run)
    worker.join(10)
    run.refresh_from_db()
    assert (run.status, run.pictures.get().is_unfinished, busy.is_set()) == ("cancelled", True, False)


@pytest.mark.django_db(transaction=True)
def test_what_was_shown_stays_when_the_process_ends(busy, ask_pictures, work_on):
    """The end of its grace closes the calls, and there is a moment left for what they had shown."""
    run = ask_pictures(STALLED, partial_images=1)
    worker = work_on(run)
    assert until(lambda: run.files.filter(role="partial").exists())
    close_background(is_quick=False)
    supervisor().cancel_all("shutdown")
    worker.join(10)
    run.refresh_from_db()
    assert (run.status, run.error_kind, run.pictures.get().is_unfinished) == ("interrupted", "shutdown", True)
    assert explain(run).title == "This server was restarted in the middle."


@pytest.mark.django_db(transaction=True)
def test_a_stop_while_pictures_are_made_ready_loses_nothing_that_is_paid(busy, ask_pictures, work_on):
    run = ask_pictures()
    worker = work_on(run)
    until(lambda: background._lane(False).pool._work_queue.qsize())
    services.stop_run(run)
    time.sleep(1.2)  # two beats: the supervisor has seen it
    busy.set()
    worker.join(20)
    run.refresh_from_db()
    assert (run.status, run.pictures.count()) == ("completed", 1)


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_while_pictures_are_made_ready(busy, ask_pictures, work_on, settings):
    from apps.runs.sweeper import sweep

    settings.RUN_LEASE, settings.RUN_LEASE_RENEW = 1.5, 0.3
    run = ask_pictures()
    worker = work_on(run)
    until(lambda: background._lane(False).pool._work_queue.qsize())
    for _round in range(5):
        time.sleep(0.6)
        assert sweep()["ended"] == 0
    busy.set()
    worker.join(20)
    run.refresh_from_db()
    assert run.status == "completed" and registry.get(run.operation)
