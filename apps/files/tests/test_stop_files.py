"""Stopping and deleting what is on its way: nothing stays at the provider that nobody here knows of."""

import pytest

from apps.accounts.models import Membership
from apps.files.following import FileFollowUp
from apps.files.models import SYNCING, Copy, File, Remote
from apps.files.removing import delete_files, restore_files
from apps.files.sending import fetch, send, stop
from apps.files.syncing import sync
from apps.files.tests.remote import PART, WHOLE, body_of, content_of, drive, kept
from apps.providers.models import Provider
from apps.runs.executor import execute
from apps.runs.followups import work_now
from apps.runs.models import Run
from apps.runs.services import stop_run
from tests.loopback import Loopback

pytestmark = pytest.mark.django_db(transaction=True)
BODY, LARGE = body_of(2500), body_of(WHOLE + PART)


def under_way(member: Membership, provider: Provider, body: bytes = BODY) -> File:
    """Its call has left, and nobody has looked yet what it came to."""
    file = send(member, kept(member, body), provider, "batch", None, "w")
    FileFollowUp().work(file.pk)
    assert Run.objects.filter(parent_id=file.pk, status="queued").count() == 1
    return File.objects.get(pk=file.pk)


def left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls end, and no follow-up is told of it."""
    monkeypatch.setattr("apps.runs.followups.begin", lambda kind, pk: None)


def execute_all() -> None:
    execute(list(Run.objects.filter(status="queued").values_list("pk", flat=True)))


def there(small: Loopback) -> int:
    return int(small.files()["count"])


@pytest.fixture
def arrived(editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch) -> File:
    """The provider has it, and nobody here knows yet."""
    left_alone(monkeypatch)
    file = under_way(editor, provider)
    execute_all()
    file.refresh_from_db()
    assert (there(small), file.remote, file.remote_id) == (1, Remote.SENDING, "")
    return file


def test_it_deletes_at_the_provider_what_had_arrived_when_it_was_stopped(editor: Membership, small: Loopback, arrived: File) -> None:
    assert stop(editor, arrived).remote == Remote.STOPPING
    file = drive(arrived)
    assert (file.remote, file.copy, there(small), file.deleted_at) == (Remote.NONE, Copy.READY, 0, None)
    assert "deleted at" in file.sentence and content_of(file) == BODY


def test_it_deletes_at_the_provider_what_had_arrived_when_it_was_deleted(editor: Membership, small: Loopback, arrived: File) -> None:
    delete_files(editor, [arrived.pk])
    file = drive(arrived)
    assert (file.remote, there(small), file.deleted_at is not None) == (Remote.NONE, 0, True)
    assert restore_files(editor, [file.pk]) == [file.pk]


def test_it_stops_a_call_that_did_not_leave(editor: Membership, provider: Provider, small: Loopback) -> None:
    file = drive(stop(editor, under_way(editor, provider)))
    assert (file.remote, there(small), file.sentence) == (Remote.NONE, 0, "It was stopped, so it is only here.")
    assert small.files()["calls"].get("GET files", 0) == 0  # nothing left, so nothing is asked


@pytest.mark.parametrize("act", ["stop", "delete"])
@pytest.mark.parametrize(("do", "finds"), [("lost", 1), ("kept", 1), ("die", 0)])
def test_it_looks_what_became_of_a_call_without_an_answer(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch, act: str, do: str, finds: int
) -> None:
    left_alone(monkeypatch)
    small.files(trouble=[{"on": "POST /v1/files", "do": do, "times": 9}])
    file = under_way(editor, provider)
    execute_all()
    assert there(small) == finds
    if act == "stop":
        stop(editor, file)
    else:
        delete_files(editor, [file.pk])
    file = drive(file)
    told = small.files()
    assert (file.remote, told["count"], told["calls"]["POST files"]) == (Remote.NONE, 0, 1)
    assert told["calls"].get("DELETE files/id", 0) == finds


@pytest.mark.parametrize("do", ["", "lost"])
def test_it_deletes_what_was_put_together_of_parts(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch, do: str
) -> None:
    small.files(trouble=[{"on": "/complete", "do": do}] if do else [])
    file = send(editor, kept(editor, LARGE), provider, "batch", None, "w")
    while not Run.objects.filter(operation="files.complete_upload").exists():
        work_now("file", file.pk)
        if not Run.objects.filter(operation="files.complete_upload").exists():
            execute_all()
    left_alone(monkeypatch)
    execute_all()
    assert there(small) == 1
    file = drive(stop(editor, File.objects.get()))
    assert (file.remote, file.upload_id, there(small)) == (Remote.NONE, "", 0)


@pytest.mark.parametrize("act", ["stop", "delete"])
def test_it_says_so_where_nobody_can_look(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """What was deleted is in the list again, so that somebody knows of what may lie at the provider."""
    monkeypatch.setattr("apps.files.uploading.LOOK_FOR", 0.0)
    left_alone(monkeypatch)
    small.files(trouble=[{"on": "POST /v1/files", "do": "lost"}, {"on": "GET /v1/files", "do": "500", "times": 99}])
    file = under_way(editor, provider)
    execute_all()
    if act == "stop":
        stop(editor, file)
    else:
        delete_files(editor, [file.pk])
    file = drive(file)
    assert (file.remote, file.deleted_at, there(small)) == (Remote.UNCLEAR, None, 1)
    assert "nobody knows" in file.sentence
    small.files(trouble=[])
    delete_files(editor, [file.pk])
    file = drive(file)
    assert (file.remote, file.deleted_at is not None, there(small)) == (Remote.NONE, True, 0)


def test_it_deletes_what_a_sync_finds_of_a_deleted_file(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.files.uploading.LOOK_FOR", 0.0)
    small.files(trouble=[{"on": "POST /v1/files", "do": "lost"}, {"on": "GET /v1/files", "do": "500", "times": 99}])
    file = drive(send(editor, kept(editor, BODY), provider, "batch", None, "w"))
    assert file.remote == Remote.UNCLEAR
    delete_files(editor, [file.pk])
    drive(file)
    small.files(trouble=[])
    work_now(SYNCING, sync(editor, provider).pk)
    file = drive(file)
    assert (file.remote, there(small), File.objects.alive().count()) == (Remote.NONE, 0, 0)


def test_it_stops_to_fetch_what_is_deleted(editor: Membership, provider: Provider, small: Loopback) -> None:
    file = drive(send(editor, kept(editor, body_of(3 * PART)), provider, "batch", None, "w"))
    File.objects.filter(pk=file.pk).update(copy=Copy.NONE)
    drive(file)
    drive(fetch(editor, File.objects.get()), rounds=1)
    delete_files(editor, [file.pk])
    file = drive(file)
    assert (file.copy, file.remote, file.pieces, there(small)) == (Copy.NONE, Remote.GONE, 0, 0)


def test_it_looks_when_a_call_is_stopped_from_its_own_page(
    editor: Membership, small: Loopback, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = under_way(editor, provider)
    stop_run(Run.objects.get())
    file = drive(file)
    assert (file.remote, there(small), file.sentence) == (Remote.NONE, 0, "It was stopped, so it is only here.")
