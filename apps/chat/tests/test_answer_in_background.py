"""Answers that the provider makes in background: created once, looked at until they are there, ended there when they are stopped."""

import itertools
import json
import threading
import time
import urllib.request

import pytest

from apps.runs import services
from apps.runs.executor import execute
from apps.runs.following import open_attempt, resumed
from apps.runs.models import Attempt, Run
from apps.runs.outcomes import close_attempt
from apps.runs.sweeper import sweep
from apps.runs.transitions import from_now
from tests.loopback import story

pytestmark = pytest.mark.django_db(transaction=True)
marks = itertools.count(1)


@pytest.fixture
def start(transactional_db, team, editor, provider):
    def start(model, **params):
        mark = f"#t-bg{next(marks):04x}"
        params = {"messages": [{"role": "user", "content": f"Count {mark}"}], "in_background": "yes", **params}
        common = {"team": team, "person": editor.user, "operation": "chat.respond", "provider": provider, "key": mark}
        run = services.start_run(**common, model=model, params=params)
        run.mark = mark
        return run

    return start


def ended(run):
    execute([run.pk])
    return Run.objects.get(pk=run.pk)


def acts(loopback, run):
    """What the provider was asked, in short: looks that follow each other count as one."""
    told = [f"{call.method} {call.path.rpartition('/')[2]}".replace(call.path.split("/")[3], "it") if "resp_" in call.path else "create"
            for call in loopback.response_calls(run.mark)]  # fmt: skip
    return [act for act, _more in itertools.groupby(told)]


def test_it_is_created_once_and_looked_at_until_it_is_there(start, loopback):
    run = start("steady-delay1200")
    row = ended(run)
    assert (row.status, row.text, row.finish_reason) == ("completed", story("steady"), "stop")
    assert acts(loopback, run) == ["create", "GET it"]
    attempt = row.attempts.get()
    assert attempt.remote_id == row.response["id"]
    body = loopback.response_calls(run.mark, body=True)[0].body
    assert (body["background"], body["store"], "stream" in body) == (True, True, False)


def test_one_that_is_there_at_once_needs_no_look_more(start, loopback):
    assert ended(start("resp-refusal-delay0")).finish_reason == "refusal"


def test_trouble_with_looking_is_waited_out(start, loopback):
    run = start("resp-trouble-delay0")
    row = ended(run)
    assert (row.status, row.text) == ("completed", story("steady"))
    assert acts(loopback, run) == ["create", "GET it"]


def test_one_that_the_provider_does_not_know_any_more_is_unknown(start, loopback):
    run = start("resp-vanish")
    row = ended(run)
    assert (row.status, row.error_kind, row.cost_kind) == ("unknown", "cut", "free")
    assert acts(loopback, run) == ["create", "GET it"]


def test_one_that_fails_there_has_failed(start, loopback):
    row = ended(start("resp-failed-delay0"))
    assert (row.status, row.error_kind) == ("failed", "stream_error")
    assert "ran out of memory" in str(row.error)


def test_one_that_was_created_and_not_answered_is_unknown_and_not_sent_again(start, loopback):
    run = start("resp-lost")
    row = ended(run)
    assert row.status == "unknown"
    sweep()
    execute([run.pk])
    assert acts(loopback, run) == ["create"]


def test_a_refusal_before_it_began_is_a_refusal(start, loopback):
    row = ended(start("500"))
    assert (row.status, row.error_kind) == ("failed", "server")


def claimed_and_lost(run, loopback, **changes):
    """As a worker leaves it that was killed after the provider had begun."""
    body = {"model": run.model, "input": run.params["messages"], "background": True, "store": True}
    asked = urllib.request.Request(f"{loopback.url}/responses", json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(asked) as answer:
        remote_id = json.load(answer)["id"]
    Run.objects.claim(run.pk, "gone")
    attempt = Run.objects.begin_attempt(run.pk, 1, request={})
    Attempt.objects.filter(pk=attempt.pk).update(remote_id=remote_id)
    Run.objects.filter(pk=run.pk).update(lease_until=from_now(-1), **changes)
    return attempt


def test_it_goes_on_with_the_same_id_after_a_crash(start, loopback):
    run = start("steady-delay100")
    attempt = claimed_and_lost(run, loopback)
    assert sweep()["given_back"] == 1
    row = ended(run)
    assert (row.status, row.text) == ("completed", story("steady"))
    assert acts(loopback, run) == ["create", "GET it"]
    attempt.refresh_from_db()
    assert (attempt.outcome, row.attempts.count()) == ("completed", 1)


def test_a_stop_after_a_crash_ends_it_at_the_provider(start, loopback):
    run = start("steady-delay60000")
    claimed_and_lost(run, loopback)
    sweep()
    assert services.stop_run(run)
    assert Run.objects.get(pk=run.pk).status == "queued"  # it is not over: the provider goes on
    assert ended(run).status == "cancelled"
    assert acts(loopback, run)[-1] == "POST cancel"


def test_it_waits_for_a_worker_as_long_as_it_must(start, loopback):
    run = start("steady")
    claimed_and_lost(run, loopback, queued_at=from_now(-90_000))
    sweep()
    sweep()
    assert Run.objects.get(pk=run.pk).status == "queued"


def test_where_nobody_can_look_any_more_it_is_unknown(start, loopback, provider):
    run = start("steady")
    claimed_and_lost(run, loopback)
    sweep()
    provider.deleted_at = run.queued_at
    provider.save()
    row = ended(run)
    assert (row.status, row.error_kind, row.cost) == ("unknown", "provider_deleted", None)


def test_stop_ends_it_at_the_provider(start, loopback):
    run = start("steady-delay60000")
    working = threading.Thread(target=execute, args=([run.pk],))
    working.start()
    loopback.wait_for_call(run.mark)
    while not Attempt.objects.filter(run=run).exclude(remote_id="").exists():
        time.sleep(0.05)
    services.stop_run(run)
    working.join(timeout=10)
    row = Run.objects.get(pk=run.pk)
    assert row.status == "cancelled"
    assert acts(loopback, run)[-1] == "POST cancel"
    assert not row.notices


def test_a_worker_that_wakes_after_another_went_on_takes_nothing_from_it(start, loopback):
    """The first one lost its claim, the second one is killed, and the third one still sends nothing."""
    run = start("steady-delay60000")
    claimed_and_lost(run, loopback)
    late = Attempt.objects.get(run=run)
    Run.objects.filter(pk=run.pk).update(lease_until=from_now(-1))
    Run.objects.give_back_followed()
    second = Run.objects.claim(run.pk, "another")
    attempt = open_attempt(second)
    resumed(second, attempt, None)
    close_attempt(late, "interrupted", cost=0, cost_kind="none")  # the first one wakes
    Run.objects.filter(pk=run.pk).update(lease_until=from_now(-1))
    assert Run.objects.give_back_unsent() == 0
    assert Run.objects.give_back_followed() == 1
    assert open_attempt(Run.objects.get(pk=run.pk)) == attempt
    assert [act for act in acts(loopback, run) if act == "create"] == ["create"]
