"""Deleting asks first, tells what uses a file and what is final, and gives our copy back."""

import pathlib

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.accounts.bin import BIN_DAYS
from apps.accounts.models import AuditEntry
from apps.files.holdings import FilesHolding
from apps.files.models import File, Remote, Use
from apps.files.tests.rows import make_file, make_remote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def delete(client, *files, **fields):
    return client.post("/files/delete/", {"file": [str(file.pk) for file in files], **fields}, follow=True)


def test_it_asks_and_names_each_file_and_what_uses_it(as_editor, team, provider):
    here, there = make_file(team, name="Here.csv"), make_remote(team, provider, name="There.jsonl")
    uses = {"file": there, "what": "batch", "seen_at": timezone.now()}
    Use.objects.create(remote_id="batch_1", title="Product texts", status="in_progress", is_active=True, **uses)
    Use.objects.create(remote_id="batch_2", status="completed", **uses)
    page = delete(as_editor, here, there).content.decode()
    for words in (
        "Delete 2 files?",
        "Here.csv",
        "There.jsonl",
        f"brought back for {BIN_DAYS} days",
        "1 file is deleted at its provider too. That is final.",
    ):
        assert words in page
    for words in ("Batch “Product texts” still needs it (in_progress).", "Used by: Batch “batch_2”", "At Loopback it is gone for ever."):
        assert words in page
    assert not File.objects.exclude(deleted_at=None).exists()


def test_our_copy_goes_into_the_bin_and_comes_back(as_editor, team):
    file = make_file(team)
    page = delete(as_editor, file, confirmed="yes").content.decode()
    assert "Deleted “Answers.jsonl”" in page and "Undo" in page and f"file-{file.pk}" not in page
    assert "Answers.jsonl" in as_editor.get("/files/", {"show": "deleted"}).content.decode()
    as_editor.post("/files/restore/", {"file": str(file.pk)})
    assert File.objects.alive().get() == file
    assert [entry.act for entry in AuditEntry.objects.order_by("pk")] == ["data.deleted", "data.restored"]


def test_what_lies_at_a_provider_is_deleted_there_and_cannot_be_undone(as_editor, team, provider):
    file = make_remote(team, provider)
    page = delete(as_editor, file, confirmed="yes").content.decode()
    file.refresh_from_db()
    assert file.remote == Remote.DELETING and file.deleted_at and "Undo" not in page
    as_editor.post("/files/restore/", {"file": str(file.pk)})
    assert not File.objects.alive().exists()


def test_two_who_delete_the_same_are_told_and_nothing_breaks(as_editor, team):
    file, other = make_file(team), make_file(team)
    delete(as_editor, file, confirmed="yes")
    assert "A colleague has deleted this already." in delete(as_editor, file, confirmed="yes").content.decode()
    assert "1 was deleted by a colleague before" in delete(as_editor, file, other, confirmed="yes").content.decode()
    told = as_editor.post("/files/delete/", {"file": str(file.pk), "confirmed": "yes"}, headers={"HX-Request": "true"})
    assert "A colleague has deleted this already." in told.content.decode() and "<html" not in told.content.decode()


def test_htmx_gets_the_question_and_then_rows_that_go(as_editor, team):
    file = make_file(team)
    asked = as_editor.post("/files/delete/", {"file": str(file.pk)}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="files-ask"' in asked and "<html" not in asked
    gone = as_editor.post("/files/delete/", {"file": str(file.pk), "confirmed": "yes"}, headers={"HX-Request": "true"}).content.decode()
    assert f'hx-swap-oob="delete:#file-{file.pk}"' in gone and "Undo" in gone


def test_nothing_and_nonsense_and_too_many_get_a_sentence(as_editor, other_team):
    assert "Choose a file first." in delete(as_editor).content.decode()
    many = as_editor.post("/files/delete/", {"file": [f"00000000-0000-7000-8000-{n:012}" for n in range(201)]}, follow=True)
    assert "Choose 200 files at most." in many.content.decode()
    assert delete(as_editor, make_file(other_team), confirmed="yes").status_code == 404


def test_a_viewer_deletes_nothing(client, viewer, team):
    client.force_login(viewer.user)
    file = make_file(team)
    assert delete(client, file, confirmed="yes").status_code == 403 and File.objects.alive().exists()


def test_the_bin_is_emptied_with_all_that_is_stored(team):
    old, fresh = make_file(team), make_file(team)
    kept = {piece.content.name for piece in fresh.kept_pieces.all()}
    File.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timezone.timedelta(days=BIN_DAYS + 1))
    File.objects.filter(pk=fresh.pk).update(deleted_at=timezone.now())
    assert FilesHolding().tidy(10) == 1 and File.objects.get() == fresh
    root = pathlib.Path(default_storage.location)
    assert {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()} == kept


def test_what_is_deleted_at_a_provider_waits_for_it(team, provider):
    file = make_remote(team, provider, remote="deleting", deleted_at=timezone.now() - timezone.timedelta(days=BIN_DAYS + 1))
    assert FilesHolding().tidy(10) == 0
    File.objects.filter(pk=file.pk).update(remote=Remote.GONE)
    assert FilesHolding().tidy(10) == 1


def test_it_is_called_otherwise(as_editor, team):
    file = make_file(team)
    as_editor.post(f"/files/{file.pk}/rename/", {"name": " New\u202e name.jsonl "})
    file.refresh_from_db()
    assert file.name == "New name.jsonl"
    as_editor.post(f"/files/{file.pk}/rename/", {"name": "\x00"})
    file.refresh_from_db()
    assert file.name == "New name.jsonl"


def test_all_of_a_team_is_counted_exported_and_deleted(team, editor, provider):
    file = make_file(team, b"the bytes", name="../../x.jsonl")
    make_remote(team, provider, name="There.jsonl")
    holding = FilesHolding()
    assert holding.count(team.pk)[0][1] == holding.left(team.pk) == 2
    parts = {part.path: b"".join(part.chunks) for part in holding.export(team.pk)}
    assert parts[f"stored_files/{file.pk}"] == b"the bytes" and parts["stored_files.jsonl"].count(b"\n") == 2 and len(parts) == 2
    assert holding.delete(team.pk, 10) == 2 and not File.objects.exists()
    assert not [path for path in pathlib.Path(default_storage.location).rglob("*") if path.is_file()]
