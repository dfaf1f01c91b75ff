"""What a page hears when it looks again: how it stands with a file, what else has changed, how many files there are."""

import datetime
import json
import re

import pytest
from django.utils import timezone

from apps.files.models import Copy, File, Part, Remote
from apps.files.standing import standing_of
from apps.files.telling import place_of, status_of
from apps.files.templatetags.files_remote import words_of
from apps.files.tests.rows import make_file, make_remote
from apps.runs.models import Run

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def events(answer):
    return set(json.loads(answer.headers.get("HX-Trigger", "{}")))


def again(client, file, was):
    answer = client.get(f"/files/{file.pk}/remote/", {"was": was}, headers=HTMX)
    return set(re.findall(r'id="(file-[a-z]+|announce)"', answer.content.decode())), answer.content.decode()


def sending(team, provider, through):
    file = make_file(team, provider=provider, remote=Remote.SENDING, purpose="batch")
    File.objects.filter(pk=file.pk).update(size=1000)
    Part.objects.create(file=file, way="up", number=1, start=0, size=through, is_done=True)
    return File.objects.get(pk=file.pk)


def test_totals_tell_where_files_lie(as_editor, team, provider):
    make_file(team), make_file(team, remote="there", remote_id="file-b", provider=provider), make_remote(team, provider)
    page, told = as_editor.get("/files/").content.decode(), as_editor.get("/files/totals/", headers=HTMX).content.decode()
    for html in (page, told):
        assert "3 files" in html and "2 at providers, 2 here" in html
    assert as_editor.get("/files/totals/").status_code == 302


def test_many_files_are_counted_after_the_page(as_editor, team, monkeypatch):
    monkeypatch.setattr("apps.files.finding.MANY", 1)
    make_file(team), make_file(team)
    page, told = as_editor.get("/files/").content.decode(), as_editor.get("/files/totals/", headers=HTMX).content.decode()
    assert "Over 1 files" in page and "2 of over 1 files" in page and "at providers" not in page and 'hx-trigger="load, ' in page
    assert "2 files" in told and "0 at providers, 2 here" in told and 'hx-trigger="load, ' not in told
    narrowed = as_editor.get("/files/?place=here").content.decode()
    assert "2 of 2 files" in narrowed


def test_many_deleted_files_are_counted_after_the_page(as_editor, team, monkeypatch):
    monkeypatch.setattr("apps.files.finding.MANY", 1)
    make_file(team, deleted_at=timezone.now()), make_file(team, deleted_at=timezone.now())
    page, told = (
        as_editor.get("/files/?show=deleted").content.decode(),
        as_editor.get("/files/totals/?show=deleted", headers=HTMX).content.decode(),
    )
    assert "Over 1 files" in page and "2 files" in told and 'hx-trigger="load, ' not in told


def test_a_row_says_when_nothing_goes_on_any_more(as_editor, team, provider):
    moving, ready = sending(team, provider, 100), make_file(team)
    assert events(as_editor.get(f"/files/{moving.pk}/row/", headers=HTMX)) == set()
    assert events(as_editor.get(f"/files/{ready.pk}/row/", headers=HTMX)) == {"files-changed"}


def test_a_row_of_a_deleted_file_leaves_and_is_no_error(as_editor, team, other_team):
    gone, elsewhere = make_file(team, deleted_at=timezone.now()), make_file(other_team, name="Secret.jsonl")
    for pk, words in ((gone.pk, f"{gone.name} was deleted."), (elsewhere.pk, "This file was deleted.")):
        answer = as_editor.get(f"/files/{pk}/row/", headers=HTMX)
        html = answer.content.decode()
        assert answer.status_code == 200 and words in html and "<tr" not in html and "Secret" not in html
        assert events(answer) == {"files-changed"}


def test_a_page_that_looks_again_gets_what_is_not_as_it_was(as_editor, team, provider):
    file = sending(team, provider, 300)
    was = standing_of(file).word
    assert again(as_editor, file, was)[0] == {"file-standing", "file-remote"}
    Part.objects.update(size=600)
    parts, html = again(as_editor, file, was)
    assert parts == {"file-standing", "file-remote", "announce"} and f"{file.name}: 50 percent" in html and "every 2s" in html
    File.objects.update(remote=Remote.THERE, remote_id="file-1")
    parts, html = again(as_editor, file, was)
    everything = {"file-standing", "file-remote", "file-inside", "file-preview", "file-check", "file-calls", "file-facts", "file-acts"}
    assert everything | {"announce"} <= parts and f"{file.name}: Ready" in html and "every 2s" not in html


def test_a_page_of_a_file_that_is_gone_is_told_so(as_editor, team, provider):
    file = sending(team, provider, 300)
    was = standing_of(file).word
    File.objects.update(deleted_at=timezone.now())
    assert f"{file.name} was deleted." in again(as_editor, file, was)[1]
    File.objects.all().delete()
    parts, html = again(as_editor, file, was)
    assert parts == {"file-standing"} and "This file was deleted." in html and "every 2s" not in html


def test_an_act_tells_the_row_and_the_totals(as_editor, team, provider):
    file = sending(team, provider, 300)
    answer = as_editor.post(f"/files/{file.pk}/stop/", headers=HTMX)
    assert events(answer) == {"files-changed", "file-changed"} and "file-standing" in answer.content.decode()


def test_what_is_sent_to_a_second_place_is_shown_as_a_file_of_its_own(as_editor, team, provider):
    file = make_file(team, remote="there", remote_id="file-1", provider=provider, purpose="batch", check_report={"method": "batch"})
    wish = {"provider": provider.pk, "purpose": "batch", "key": "once", "lifetime": ""}
    answer = as_editor.post(f"/files/{file.pk}/send/", wish, headers=HTMX)
    told = json.loads(answer.headers["HX-Trigger"])
    assert File.objects.exclude(pk=file.pk).get().pk == File.objects.get(pk=told["file-copied"]).pk


@pytest.mark.parametrize(
    ("copy", "remote", "remote_id", "status", "place", "words"),
    [
        ("coming", "none", "", "0 of 977 KB", "This server", "It is still coming in, and was sent to nobody."),
        ("coming", "waiting", "", "0 of 977 KB", "This server, to Loopback", "as soon as it is ready"),
        ("coming", "there", "file-1", "0 of 977 KB", "Loopback", "fetched from Loopback"),
        ("looking", "none", "", "Being checked", "This server", "only here"),
        ("ready", "waiting", "", "Waiting to be sent", "This server, to Loopback", "as soon as it is ready"),
        ("ready", "sending", "", "Being sent", "This server, to Loopback", "at Loopback"),
        ("ready", "there", "file-1", "Ready", "Loopback, and here", "It lies at Loopback."),
        ("none", "there", "file-1", "Ready", "Loopback", "It lies at Loopback."),
        ("ready", "unclear", "", "Outcome unknown", "This server, perhaps Loopback", "Nobody knows"),
        ("ready", "failed", "", "Failed", "This server", "It was not sent to Loopback."),
        ("none", "gone", "file-1", "No longer there", "Nowhere", "not at Loopback any more"),
        ("none", "deleting", "file-1", "Being deleted", "Loopback", "being deleted at Loopback"),
    ],
)
def test_words_are_true_in_every_state(provider, copy, remote, remote_id, status, place, words):
    file = File(name="a", size=1_000_000, copy=copy, remote=remote, remote_id=remote_id, provider=provider, touched_at=timezone.now())
    assert status in status_of(file).words and place_of(file) == place and words in words_of(file)


def test_what_a_provider_cannot_use_is_not_called_ready(as_editor, team, provider):
    make_remote(team, provider, name="Broken.jsonl", remote_status="error")
    page = as_editor.get("/files/", {"status": "failed"}).content.decode()
    assert "Broken.jsonl" in page and "Not accepted" in page
    assert "Broken.jsonl" not in as_editor.get("/files/", {"status": "ready"}).content.decode()


def test_a_file_that_is_coming_is_not_said_to_be_elsewhere(as_editor, team, provider):
    coming = make_file(team, copy=Copy.COMING, received=2)
    html = as_editor.get(f"/files/{coming.pk}/").content.decode()
    assert "It is shown when all of it has arrived." in html and "not on this server" not in html


def test_calls_about_a_file_and_the_next_one_are_seen(as_editor, team, provider):
    file = make_remote(team, provider, purpose="batch")
    facts = {"operation": "files.send", "provider": provider, "parent_kind": "file", "status": "completed", "queued_at": timezone.now()}
    run = Run.objects.create(team=team, parent_id=file.pk, key="k", **facts)
    html = as_editor.get(f"/files/{file.pk}/").content.decode()
    assert f"/history/{run.pk}/" in html and "File sent" in html and "Show the request" in html
    shown = as_editor.get(f"/files/{file.pk}/request/").content.decode()
    assert f"/files/{file.remote_id}/content" in shown and "curl -X GET" in shown
    here = as_editor.get(f"/files/{make_file(team, name='Here.jsonl').pk}/request/").content.decode()
    assert "Here.jsonl" in here and "curl -X POST" in here


def test_moments_can_be_read_by_machines(as_editor, team, provider):
    file = make_remote(team, provider, expires_at=timezone.now() + datetime.timedelta(days=3))
    html = as_editor.get(f"/files/{file.pk}/").content.decode()
    assert len(re.findall(r'<time[^>]* datetime="20', html)) >= 3
