"""What waited in a backup is not sent by itself when the backup is put back."""

import datetime
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.runs import comeback
from apps.runs.comeback import LAST_SIGN_LASTS, SILENCE, look_back, set_aside_after_silence
from apps.runs.explanations import explain
from apps.runs.models import Heartbeat, Run
from apps.runs.sweeper import sweep
from apps.runs.tasks import execute_runs

pytestmark = pytest.mark.django_db(transaction=True)
LONG = SILENCE + datetime.timedelta(minutes=5)


@pytest.fixture
def fresh_process(monkeypatch):
    """A worker that has just started."""
    monkeypatch.setattr(comeback, "_has_looked", type(comeback._has_looked)())


def last_sign(ago):
    Heartbeat.objects.create(name="worker-of-then", started_at=timezone.now(), seen_at=timezone.now() - ago)


def queued(run, ago):
    Run.objects.filter(pk=run.pk).update(queued_at=timezone.now() - ago)
    return run


def test_it_sets_aside_what_waited_when_a_long_silence_began(ask, loopback):
    last_sign(LONG)
    run = queued(ask(), LONG)
    assert set_aside_after_silence() == 1
    sweep()
    run.refresh_from_db()
    assert (run.status, run.error_kind, run.cost_kind) == ("failed", "set_aside", "none")
    assert not loopback.calls(run.mark)
    told = explain(run)
    assert "backup" in told.title and "Nothing was sent and nothing was charged." in told.text


def test_it_sends_what_was_asked_during_the_silence(ask):
    last_sign(LONG)
    run = queued(ask(), LONG - 2 * LAST_SIGN_LASTS)
    assert set_aside_after_silence() == 0
    assert Run.objects.claim(run.pk, "worker") is not None


def test_it_sends_what_waited_through_a_short_restart(ask):
    last_sign(datetime.timedelta(minutes=10))
    run = queued(ask(), datetime.timedelta(minutes=30))
    assert set_aside_after_silence() == 0
    assert Run.objects.claim(run.pk, "worker") is not None


def test_it_sets_aside_what_a_worker_had_taken_and_not_sent(ask):
    last_sign(LONG)
    run = queued(ask(), LONG)
    Run.objects.claim(run.pk, "worker-of-then")
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - LONG)
    assert set_aside_after_silence() == 1
    run.refresh_from_db()
    assert run.status == "failed"


def test_a_worker_takes_no_run_before_it_has_looked(ask, fresh_process):
    last_sign(LONG)
    run = queued(ask(), LONG)
    execute_runs([str(run.pk)])
    run.refresh_from_db()
    assert run.status == "queued"
    assert look_back() == 1
    execute_runs([str(run.pk)])
    run.refresh_from_db()
    assert run.status == "failed" and run.sent_at is None


def test_it_looks_once_in_a_process(ask, fresh_process):
    assert look_back() == 0
    last_sign(LONG)
    run = queued(ask(), LONG)
    assert look_back() == 0
    run.refresh_from_db()
    assert run.status == "queued"


def test_the_command_sets_aside_all_that_waited_and_ends_what_was_sent(ask, loopback):
    waiting, taken, sent = ask(), ask(), ask()
    Run.objects.claim(taken.pk, "worker-of-then")
    fence = Run.objects.claim(sent.pk, "worker-of-then").fence
    Run.objects.begin_attempt(sent.pk, fence)
    Run.objects.begin_streaming(sent.pk, fence, 10)
    Run.objects.save_partial(sent.pk, fence, "Half", "")
    out = io.StringIO()
    call_command("restored", stdout=out)
    assert "2 runs waited in this backup" in out.getvalue()
    sweep()
    states = {run.pk: Run.objects.get(pk=run.pk).status for run in (waiting, taken, sent)}
    assert states == {waiting.pk: "failed", taken.pk: "failed", sent.pk: "interrupted"}
    assert not [call for run in (waiting, taken, sent) for call in loopback.calls(run.mark)]
