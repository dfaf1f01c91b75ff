import datetime

import pytest
from django.utils import timezone

from apps.runs.models import Attempt, Run, Status
from apps.runs.sweeper import sweep

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dead(ask):
    """A run whose worker died: claimed, perhaps sent, and its lease has run out."""

    def make(status="sending", sent=True, text=""):
        run = ask()
        fence = Run.objects.claim(run.pk, "dead-worker").fence
        if sent:
            assert Run.objects.begin_attempt(run.pk, fence)
        past = timezone.now() - datetime.timedelta(seconds=1)
        Run.objects.filter(pk=run.pk).update(status=status, lease_until=past, text=text)
        return run, fence

    return make


def test_it_gives_back_what_was_never_sent(dead):
    run, _ = dead(sent=False)
    assert sweep()["given_back"] == 1
    assert Run.objects.get(pk=run.pk).status == Status.QUEUED


def test_it_keeps_the_text_of_a_broken_answer(dead):
    run, _ = dead(status="streaming", text="Half an")
    sweep()
    run.refresh_from_db()
    assert (run.status, run.text, run.error_kind) == (Status.INTERRUPTED, "Half an", "worker_gone")
    assert Attempt.objects.get(run=run).outcome == "interrupted"


def test_it_does_not_send_again_what_may_have_been_billed(dead, loopback):
    run, _ = dead(status="sending")
    sweep()
    sweep()
    run.refresh_from_db()
    assert run.status == Status.UNKNOWN
    assert not loopback.calls(run.mark)


def test_it_leaves_a_living_worker_alone(ask):
    run = ask()
    fence = Run.objects.claim(run.pk, "worker").fence
    Run.objects.begin_attempt(run.pk, fence)
    assert sweep()["ended"] == 0
    assert Run.objects.get(pk=run.pk).status == Status.SENDING


def test_a_late_worker_cannot_change_the_final_state(dead):
    run, fence = dead(status="streaming", text="Half")
    sweep()
    assert not Run.objects.finish(run.pk, fence, Status.COMPLETED, text="Whole")
    assert not Run.objects.save_partial(run.pk, fence, "Other", "")
    run.refresh_from_db()
    assert (run.status, run.text) == (Status.INTERRUPTED, "Half")


def test_it_fails_what_has_waited_for_a_day(ask):
    run = ask()
    Run.objects.filter(pk=run.pk).update(queued_at=timezone.now() - datetime.timedelta(hours=25))
    sweep()
    run.refresh_from_db()
    assert (run.status, run.error_kind, run.cost_kind) == (Status.FAILED, "never_sent", "none")


def test_it_does_not_publish_before_its_time(ask):
    run = ask()
    Run.objects.filter(pk=run.pk).update(not_before=timezone.now() + datetime.timedelta(minutes=5))
    assert sweep()["published"] == 0
    assert Run.objects.claim(run.pk, "worker") is None


def test_two_claims_of_one_run_give_one_worker(ask):
    run = ask()
    assert Run.objects.claim(run.pk, "one").fence == 1
    assert Run.objects.claim(run.pk, "two") is None
