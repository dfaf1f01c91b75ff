"""From the provider to us, and deleted there: whole, or nothing of it; and never a wrong byte."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.accounts.models import Membership
from apps.files.models import Copy, File, Part, Piece, Remote, folder_of
from apps.files.sending import NotPossible, delete_remote, fetch, send, stop
from apps.files.tests.remote import PART, body_of, calls, content_of, drive, kept
from apps.providers.models import Provider
from apps.runs.models import Run, RunFile
from tests.loopback import Loopback

pytestmark = pytest.mark.django_db(transaction=True)
BODY = body_of(3 * PART + 1234)


@pytest.fixture
def there(editor: Membership, provider: Provider, small: Loopback) -> File:
    """A file at the provider of which nothing is here."""
    small.files(files=[{"id": "file-1", "object": "file", "bytes": 0, "filename": "b.bin", "purpose": "batch"}])
    sent = drive(send(editor, kept(editor, BODY, name="b.bin"), provider, "batch", None, "w"))
    fields = {"name": "b.bin", "size": len(BODY), "purpose": "batch", "remote": Remote.THERE, "added_at": timezone.now()}
    identifier = sent.remote_id
    sent.delete()
    Run.objects.all().delete()
    return File.objects.create(team=editor.team, provider=provider, remote_id=identifier, key="there", **fields)


def stored(file: File) -> list[str]:
    try:
        return list(default_storage.listdir(folder_of(file))[1])
    except FileNotFoundError:
        return []


def test_it_fetches_in_stretches(editor: Membership, there: File, small: Loopback) -> None:
    file = drive(fetch(editor, there))
    assert (file.copy, file.received, file.size) == (Copy.LOOKING, len(BODY), len(BODY))
    assert content_of(file) == BODY
    assert small.files()["calls"]["GET files/id/content"] == 4
    assert not RunFile.objects.exists() and not Part.objects.exists()
    assert len(stored(file)) == Piece.objects.count() == file.pieces == 14


def test_it_takes_the_whole_where_there_are_no_stretches(editor: Membership, there: File, small: Loopback) -> None:
    small.files(has_range=False)
    file = drive(fetch(editor, there))
    assert (file.copy, content_of(file) == BODY) == (Copy.LOOKING, True)
    assert small.files()["calls"]["GET files/id/content"] == 1


@pytest.mark.parametrize("told", [0, 10, len(BODY) * 2])
def test_it_believes_the_provider_and_not_its_list(editor: Membership, there: File, small: Loopback, told: int) -> None:
    File.objects.filter(pk=there.pk).update(size=told)
    there.size = told
    file = drive(fetch(editor, there))
    if file.copy == Copy.NONE:
        assert "Fetch it again" in file.sentence and file.size == len(BODY) and not stored(file)
        file = drive(fetch(editor, file))
    assert (file.copy, file.size, content_of(file) == BODY) == (Copy.LOOKING, len(BODY), True)


@pytest.mark.parametrize("do", ["500", "die", "half", "429"])
def test_it_fetches_a_stretch_again_that_broke_off(editor: Membership, there: File, small: Loopback, do: str) -> None:
    small.files(trouble=[{"on": "/content", "do": do, "times": 2, "after": 1}])
    file = drive(fetch(editor, there))
    assert (file.copy, content_of(file) == BODY) == (Copy.LOOKING, True)
    assert len(stored(file)) == file.pieces


def test_it_says_why_a_content_is_not_given_back(editor: Membership, there: File, small: Loopback) -> None:
    small.files(refused=["batch"])
    file = drive(fetch(editor, there))
    assert (file.copy, file.remote, stored(file)) == (Copy.NONE, Remote.THERE, [])
    assert "does not give this file back" in file.sentence


def test_it_keeps_nothing_of_what_does_not_come_whole(editor: Membership, there: File, small: Loopback) -> None:
    small.files(trouble=[{"on": "/content", "do": "404", "times": 99, "after": 2}])
    file = drive(fetch(editor, there))
    assert (file.copy, file.pieces, file.received, stored(file)) == (Copy.NONE, 0, 0, [])
    assert not Piece.objects.exists() and file.sentence


def test_it_keeps_nothing_on_a_full_disk(editor: Membership, there: File, small: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.core.storing import DiskFull
    from apps.files import content

    real, stored_ones = content.stored_piece, []

    def full(*args: Any) -> Piece:
        if len(stored_ones) == 6:
            raise DiskFull
        stored_ones.append(1)
        return real(*args)

    monkeypatch.setattr(content, "stored_piece", full)
    file = drive(fetch(editor, there))
    assert (file.copy, stored(file)) == (Copy.NONE, [])
    assert file.sentence


def test_it_stops_and_keeps_nothing(editor: Membership, there: File, small: Loopback) -> None:
    drive(fetch(editor, there), rounds=1)
    file = drive(stop(editor, there))
    assert (file.copy, file.remote, file.pieces, stored(file)) == (Copy.NONE, Remote.THERE, 0, [])
    assert drive(fetch(editor, file)).copy == Copy.LOOKING


def test_it_fetches_once_for_two_people(editor: Membership, there: File, small: Loopback) -> None:
    fetch(editor, there)
    fetch(editor, there)
    assert calls(drive(there), "files.fetch") == 4


def test_it_deletes_at_the_provider(editor: Membership, there: File, small: Loopback) -> None:
    delete_remote(editor, [there, there])
    file = drive(there)
    assert (file.remote, calls(file, "files.delete")) == (Remote.GONE, 1)
    assert there.remote_id not in {entry["id"] for entry in small.files()["files"]}
    with pytest.raises(NotPossible):
        fetch(editor, file)


@pytest.mark.parametrize(("do", "sentence"), [("404", "gone at Loopback already"), ("lost", "already"), ("500", "was deleted at")])
def test_it_is_gone_whatever_was_said_of_it(editor: Membership, there: File, small: Loopback, do: str, sentence: str) -> None:
    small.files(trouble=[{"on": "DELETE", "do": do}])
    delete_remote(editor, [there])
    file = drive(there)
    assert file.remote == Remote.GONE
    assert sentence in file.sentence


def test_it_comes_back_when_the_provider_keeps_it(editor: Membership, there: File, small: Loopback) -> None:
    small.files(trouble=[{"on": "DELETE", "do": "403", "says": "It is in use."}])
    File.objects.filter(pk=there.pk).update(deleted_at=timezone.now())
    delete_remote(editor, [there])
    file = drive(there)
    assert (file.remote, file.deleted_at) == (Remote.THERE, None)
    assert "It is in use." in file.sentence


def test_it_keeps_our_copy_of_what_is_deleted_there(editor: Membership, provider: Provider, small: Loopback) -> None:
    file = drive(send(editor, kept(editor, BODY), provider, "batch", None, "w"))
    delete_remote(editor, [file])
    file = drive(file)
    assert (file.remote, file.copy, file.provider_id, content_of(file) == BODY) == (Remote.NONE, Copy.READY, None, True)


def test_it_deletes_many_a_few_at_a_time(editor: Membership, provider: Provider, small: Loopback) -> None:
    files = [
        File.objects.create(team=editor.team, provider=provider, remote="there", remote_id=f"f-{n}", key=f"{n}", added_at=timezone.now())
        for n in range(20)
    ]
    delete_remote(editor, files)
    for file in files:
        from apps.files.following import FileFollowUp

        FileFollowUp().work(file.pk)
    assert Run.objects.filter(status="queued").count() == 8
    for file in files:
        drive(file)
    assert set(File.objects.values_list("remote", flat=True)) == {"gone"}
