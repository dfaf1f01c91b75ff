"""What goes wrong on our own side: the database, a bug in an operation, a person who may not any more."""

import datetime
import threading
import time

import pytest
from django.core.files.base import ContentFile
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from apps.core.ids import new_id
from apps.providers.services import delete_provider
from apps.runs import files, registry, services, sweeper, tasks
from apps.runs.executor import execute
from apps.runs.models import Run, Status
from apps.runs.operations import OutputFile
from apps.runs.supervisor import Supervisor, supervisor
from apps.runs.transitions import RunQuerySet
from tests.loopback import story

pytestmark = pytest.mark.django_db(transaction=True)


def failing_once(monkeypatch, owner, name, error):
    """The first call raises, the next ones work."""
    real, calls = getattr(owner, name), []

    def flaky(*args, **kwargs):
        calls.append(1)
        if len(calls) == 1:
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, flaky)
    return calls


@pytest.mark.parametrize("error", [OperationalError("locked"), InterfaceError("closed")])
@pytest.mark.parametrize("step", ["begin_streaming", "finish"])
def test_it_ends_though_the_database_was_away_for_a_moment(carry_out, monkeypatch, step, error):
    calls = failing_once(monkeypatch, RunQuerySet, step, error)
    run = carry_out("steady")
    assert (run.status, run.text) == (Status.COMPLETED, story("steady"))
    assert calls
    assert run.pk not in supervisor()._watched


def test_a_bug_in_one_run_does_not_reach_the_others(ask, monkeypatch):
    good, bad = ask("steady-tokens3"), ask("steady-tokens4")
    operation = registry.get("chat.reply")
    real = operation.build_request

    def build(model, params, files):
        if model == bad.model:
            raise KeyError("messages")
        return real(model, params, files)

    monkeypatch.setattr(operation, "build_request", build)
    execute([bad.pk, good.pk])
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, bad.error_kind, bad.cost_kind) == (Status.FAILED, "internal", "none")
    assert good.status == Status.COMPLETED


def test_a_run_that_is_let_go_is_ended_by_the_sweeper(ask, monkeypatch):
    run = ask("steady-tokens3")
    monkeypatch.setattr("apps.runs.outcomes.judge", lambda *args: 1 / 0)
    execute([run.pk])
    assert run.pk not in supervisor()._watched
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    sweeper.sweep()
    run.refresh_from_db()
    assert run.is_final
    assert run.attempts.get().finished_at


def test_it_keeps_result_files_when_storing_them_took_two_tries(carry_out, monkeypatch):
    operation = registry.get("chat.reply")
    real = operation.finish

    def finish(state):
        result = real(state)
        result.files = [OutputFile("a.png", "image/png", b"abc"), OutputFile("b.png", "image/png", b"def")]
        return result

    monkeypatch.setattr(operation, "finish", finish)
    monkeypatch.setattr(operation, "refine", lambda result, params, files: result)
    failing_once(monkeypatch, files.RunFile, "save", OperationalError("locked"))
    run = carry_out("steady-tokens3")
    assert [file.file.read() for file in run.files.all()] == [b"abc", b"def"]


def test_it_says_so_when_there_is_no_room_for_result_files(carry_out, monkeypatch):
    operation = registry.get("chat.reply")
    real = operation.finish

    def finish(state):
        result = real(state)
        result.files = [OutputFile("a.png", "image/png", b"abc")]
        return result

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(operation, "finish", finish)
    monkeypatch.setattr(operation, "refine", lambda result, params, files: result)
    monkeypatch.setattr(files, "keep_outputs", full)
    run = carry_out("steady-tokens3")
    assert (run.status, run.error_kind, run.text) == (Status.INTERRUPTED, "no_room", story("steady-tokens3"))


def test_the_supervisor_survives_what_it_does_not_know(monkeypatch):
    beats = []

    def beat(self, watched):
        beats.append(1)
        raise RuntimeError("new kind of trouble")

    monkeypatch.setattr(Supervisor, "_beat", beat)
    monkeypatch.setattr("apps.runs.supervisor.BEAT_SECONDS", 0.02)
    made = Supervisor()
    made._watched[None] = None
    deadline = time.monotonic() + 5
    while len(beats) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    made._watched.clear()
    assert len(beats) >= 3


def test_a_sweeper_waits_when_the_database_was_away(ask, monkeypatch):
    run = ask()
    fence = Run.objects.claim(run.pk, "worker").fence
    Run.objects.begin_attempt(run.pk, fence)
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    monkeypatch.setattr(sweeper, "_patient_until", 0.0)
    sweeper.be_patient()
    assert sweeper.sweep()["ended"] == 0
    monkeypatch.setattr(sweeper, "_patient_until", 0.0)
    assert sweeper.sweep()["ended"] == 1


def test_it_sends_nothing_for_an_account_that_was_switched_off(ask, editor, loopback):
    run = ask()
    editor.user.is_active = False
    editor.user.save()
    execute([run.pk])
    run.refresh_from_db()
    assert (run.status, run.error_kind) == (Status.FAILED, "not_allowed")
    assert not loopback.calls(run.mark)


def test_it_sends_nothing_for_somebody_who_has_left_the_team(ask, editor, loopback):
    run = ask()
    editor.delete()
    execute([run.pk])
    run.refresh_from_db()
    assert (run.status, run.error_kind) == (Status.FAILED, "not_allowed")
    assert not loopback.calls(run.mark)


def test_it_ends_a_call_whose_provider_was_deleted(ask, provider, settings):
    settings.RUN_LEASE_RENEW = 0.2
    run = ask("endless-rate50")
    worker = threading.Thread(target=lambda: (execute([run.pk]), connection.close()))
    worker.start()
    time.sleep(0.8)
    delete_provider(provider)
    worker.join(timeout=8)
    run.refresh_from_db()
    assert (run.status, run.error_kind) == (Status.INTERRUPTED, "revoked")
    assert run.text


def test_a_stop_at_the_moment_of_a_refusal_counts(ask, monkeypatch, loopback):
    run = ask("429-storm-wait30")
    real = RunQuerySet.wait_again

    def stopped_meanwhile(self, *args, **kwargs):
        services.stop_run(run)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(RunQuerySet, "wait_again", stopped_meanwhile)
    execute([run.pk])
    run.refresh_from_db()
    assert run.status == Status.CANCELLED


def test_it_does_not_wait_for_a_provider_that_names_next_year(carry_out):
    run = carry_out("429-storm-wait99999999")
    assert (run.status, run.error_kind, len(run.requests)) == (Status.FAILED, "rate_limited", 1)


def test_a_repeated_run_has_the_same_files(team, editor, provider):
    given = files.NewFile("input", "a.txt", "text/plain", ContentFile(b"abc"))
    asked = {"team": team, "person": editor.user, "operation": "chat.reply", "provider": provider, "model": "steady"}
    run = services.start_run(**asked, params={"messages": []}, key="k", files=[given])
    again = services.run_again(run, person=editor.user, key="k2")
    assert [(file.name, file.file.read()) for file in again.files.all()] == [("a.txt", b"abc")]


def test_a_process_that_never_saw_the_queue_does_not_wait_for_it(monkeypatch):
    monkeypatch.setattr(tasks, "_wary_until", 0.0)
    tasks._producers.cache_clear()
    begun = time.monotonic()
    tasks.publish([new_id()])
    assert time.monotonic() - begun < 2 * tasks.PATIENCE_SECONDS
    assert tasks._wary_until > begun
