"""Each call has exactly one end, whatever happens to it and whenever; and lets go of what it held."""

import gc
import queue
import tempfile
import time
import uuid
import weakref

import pytest

from apps.runs import registry, services
from apps.runs.bounds import bounds_of, bounds_of_links
from apps.runs.explanations import explain
from apps.runs.models import Run
from apps.runs.room import NotKept
from apps.runs.supervisor import supervisor
from apps.runs.tests.conftest import until
from apps.runs.transitions import RunQuerySet
from apps.runs.wire import Call, wire
from gateway import Connection
from gateway.types import ApiRequest
from tests.loopback.picture_models import HALF_STREAM, NONE, PLAIN, SLOW, STALLED

NOWHERE = Connection("http://127.0.0.1:9/v1")
ASKED = ApiRequest("POST", "/images/generations", json={"model": PLAIN, "prompt": "A boat"}, spill=("b64_json",))
STREAMED = ApiRequest("POST", "/images/generations", json={"model": PLAIN, "prompt": "A boat"}, stream=True)


@pytest.fixture
def call():
    return Call(uuid.uuid4(), 1, registry.get("images.generate"), NOWHERE, ASKED, queue.SimpleQueue())


def test_a_call_that_is_stopped_before_its_first_step_ends(call):
    call.cancelled = "stop"
    wire().submit(call)
    assert call.inbox.get(timeout=5).cancelled == "stop"


def test_a_call_that_is_stopped_at_its_first_step_ends_once(call):
    """Both reach the loop in the same round."""
    started = []
    wire().loop.call_soon_threadsafe(lambda: (time.sleep(0.2), started.append(1)))
    wire().submit(call)
    call.cancel("revoked")
    assert call.inbox.get(timeout=5).cancelled == "revoked" and started and call.is_over
    with pytest.raises(queue.Empty):
        call.inbox.get(timeout=0.2)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_stopped_before_it_is_sent_ends_at_once(ask_pictures, work_on, monkeypatch):
    """The stop is seen between the attempt and the first byte."""
    run = ask_pictures()
    real = RunQuerySet.begin_attempt

    def begin_attempt(self, *args, **kwargs):
        attempt = real(self, *args, **kwargs)
        services.stop_run(run)
        return attempt

    monkeypatch.setattr(RunQuerySet, "begin_attempt", begin_attempt)
    monkeypatch.setattr(type(supervisor()), "watch", watch_and_stop(type(supervisor()).watch))
    work_on(run).join(10)
    run.refresh_from_db()
    assert run.status == "cancelled" and run.pk not in supervisor()._watched


def watch_and_stop(watch):
    def watch_then_stop(self, call):
        watch(self, call)
        call.cancel("stop")

    return watch_then_stop


def test_a_failure_that_nobody_thought_of_is_an_end(call, monkeypatch):
    monkeypatch.setattr(type(wire()), "_send", lambda self, *args: fail(RuntimeError("new")))
    wire().submit(call)
    ended = call.inbox.get(timeout=5)
    assert (ended.error.kind, ended.cancelled) == ("stream_error", "")


def test_a_disk_that_fails_in_another_way_than_full_is_no_fault_of_the_answer(call, monkeypatch):
    monkeypatch.setattr(type(wire()), "_send", lambda self, *args: fail(PermissionError(13, "Permission denied")))
    wire().submit(call)
    ended = call.inbox.get(timeout=5)
    assert isinstance(ended.error, NotKept) and ended.error.kind == "not_stored" and ended.error.reached_provider


async def fail(error):
    raise error


def test_an_ended_call_holds_nothing_of_its_answer(call, monkeypatch):
    class Picture:
        """Bytes cannot be watched."""

    body = Picture()
    held = weakref.ref(body)

    async def send(self, call, started, body=body):
        call.state.extra["partial"] = body
        call.state.add_preview(body)
        raise NotKept(OSError())

    monkeypatch.setattr(type(wire()), "_send", send)
    wire().submit(call)
    ended = call.inbox.get(timeout=5)
    monkeypatch.undo()
    del body, send, ended
    gc.collect()
    assert call.state.extra == {} and call.state.take_preview() is None
    assert until(lambda: held() is None), "something holds it"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("model", "params"), [(NONE, {}), (HALF_STREAM, {"partial_images": 1}), (PLAIN, {"n": 2}), (PLAIN, {"partial_images": 2})]
)
def test_nothing_lies_about_after_its_end(bring_pictures, passing, model, params):
    gc.disable()  # what is gone only when somebody collects it was not removed
    try:
        bring_pictures(model, **params)
        assert passing() == []
    finally:
        gc.enable()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("model", "params"), [(SLOW, {}), (STALLED, {"n": 2}), (STALLED, {"partial_images": 1})])
def test_nothing_lies_about_after_a_stop(ask_pictures, work_on, loopback, passing, model, params):
    run = ask_pictures(model, **params)
    worker = work_on(run)
    loopback.wait_for_call(run.mark)
    until(lambda: passing() or run.files.exists(), 1.5)
    services.stop_run(run)
    worker.join(20)
    run.refresh_from_db()
    (call,) = loopback.picture_calls(run.mark)
    assert (run.status, passing(), call.finished) == ("cancelled", [], False)


@pytest.mark.django_db(transaction=True)
def test_a_silent_provider_is_told_with_the_seconds(bring_pictures, settings, passing):
    settings.RUN_SILENCE_TIMEOUT = 1.0
    run = bring_pictures(STALLED, n=2)
    assert (run.status, run.error_kind, len(run.requests), passing()) == ("unknown", "timeout_silence", 1, [])
    assert explain(run).title == "No answer in 1.0 s."
    assert not run.files.exists()


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_provider_was_deleted_says_so_where_nothing_had_come(ask_pictures, work_on, provider, loopback, settings):
    from apps.providers.services import delete_provider

    settings.RUN_LEASE_RENEW = 0.2
    run = ask_pictures(SLOW)
    worker = work_on(run)
    loopback.wait_for_call(run.mark)
    delete_provider(provider)
    worker.join(10)
    run.refresh_from_db()
    assert (run.status, run.error_kind, run.cost_kind) == ("unknown", "revoked", "free")
    assert explain(run).title == "It was ended, because the account or the provider was switched off."
    (call,) = loopback.picture_calls(run.mark)
    assert call.connection_closed_at and not call.finished


def test_only_what_goes_to_the_disk_may_be_very_large(settings):
    operation, usual = registry.get("images.generate"), settings.RUN_MAX_ANSWER_BYTES
    whole, streamed = bounds_of(operation, ASKED), bounds_of(operation, STREAMED)
    assert whole.max_bytes > streamed.max_bytes > usual
    assert streamed.max_bytes < 200 * 2**20
    assert bounds_of(registry.get("chat.reply"), STREAMED).max_bytes == usual
    assert bounds_of(operation, ASKED).first_byte > settings.RUN_FIRST_BYTE_TIMEOUT


def test_links_have_what_is_left_of_the_time(settings):
    settings.RUN_TOTAL_TIMEOUT = 900.0
    assert bounds_of_links(800).total == 100
    assert bounds_of_links(899).total == 60
    settings.RUN_TOTAL_TIMEOUT = 20.0
    assert bounds_of_links(15).total == 20
    assert bounds_of_links(0).max_bytes == settings.RUN_MAX_ANSWER_BYTES


@pytest.mark.django_db(transaction=True)
def test_one_that_was_let_go_leaves_no_files_when_it_ends_later(ask_pictures, work_on, monkeypatch, passing):
    """Two runs in one message: the first is let go and its answer comes afterwards."""
    from apps.runs.executor import Execution

    run = ask_pictures()
    execution = Execution([run.pk])
    execution._begin(run.pk)
    execution.working.pop(run.pk)
    ended = execution.inbox.get(timeout=20)
    assert ended.result.files and passing() != []
    execution._handle(ended)
    assert passing() == []
    supervisor().forget(run.pk)
    assert tempfile.tempdir and Run.objects.get(pk=run.pk).status == "sending"
