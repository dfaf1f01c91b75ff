import threading
import time

import pytest
from django.db import connection
from django.urls import reverse

from apps.runs import services
from apps.runs.executor import execute
from apps.runs.explanations import explain
from apps.runs.models import CostKind, Run, Status
from tests.loopback import story

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def in_background():
    """Execute a run in a thread, as a worker does."""
    threads = []

    def go(run):
        def work():
            try:
                execute([run.pk])
            finally:
                connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        threads.append(thread)
        return thread

    yield go
    for thread in threads:
        thread.join(timeout=10)


def until(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_it_never_sends_what_was_stopped_in_the_queue(ask, loopback):
    run = ask()
    assert services.stop_run(run)
    execute([run.pk])
    run.refresh_from_db()
    assert (run.status, run.cost_kind) == (Status.CANCELLED, CostKind.NONE)
    assert explain(run).title == "Stopped before it was sent."
    assert not loopback.calls(run.mark)


def test_it_closes_the_providers_connection_within_two_seconds(ask, loopback, in_background):
    run = ask("endless-rate50")
    worker = in_background(run)
    assert until(lambda: Run.objects.get(pk=run.pk).status == Status.STREAMING)
    stopped_at = time.monotonic()
    assert services.stop_run(run)
    worker.join(timeout=5)
    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    assert run.text and story("steady-tokens1000").startswith(run.text)
    call = loopback.calls(run.mark)[0]
    assert call.connection_closed_at - stopped_at < 2.0


def test_it_saves_partial_text_while_it_streams(ask, in_background, settings):
    settings.RUN_SAVE_EVERY = 0.2
    run = ask("endless-rate50")
    in_background(run)
    assert until(lambda: len(Run.objects.get(pk=run.pk).text) > 20)
    services.stop_run(run)


def test_it_is_no_use_after_the_end(carry_out):
    run = carry_out("steady-tokens3")
    assert not services.stop_run(run)
    run.refresh_from_db()
    assert run.status == Status.COMPLETED


def test_it_ends_a_run_that_waits_for_another_try(ask, loopback):
    run = ask("429-storm-wait30")
    execute([run.pk])
    run.refresh_from_db()
    assert (run.status, run.error_kind) == (Status.QUEUED, "rate_limited")
    assert services.stop_run(run)
    Run.objects.filter(pk=run.pk).update(not_before=None)
    execute([run.pk])
    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    assert len(loopback.calls(run.mark)) == 1


def test_its_address_wants_an_editor_of_the_team(client, ask, viewer, other_team, make_member):
    run = ask()
    address = reverse("runs:stop", args=[run.pk])
    client.force_login(viewer.user)
    assert client.post(address).status_code == 403
    client.force_login(make_member(other_team).user)
    assert client.post(address).status_code == 404
    assert Run.objects.get(pk=run.pk).status == Status.QUEUED
