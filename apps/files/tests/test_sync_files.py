"""The list of a provider becomes rows: whole, each once, whatever the list does meanwhile and whatever stands in it."""

import datetime
import resource
import time
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Membership, Team
from apps.files import remote_lists, syncing
from apps.files.models import SYNCING, File, Remote, Sync, Use
from apps.files.sending import send
from apps.files.syncing import SyncFollowUp, providers_of, sync, sync_all
from apps.files.tests.remote import body_of, drive, kept
from apps.providers.models import Provider
from apps.runs.followups import work_now
from tests.loopback import Loopback

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = datetime.timedelta(hours=1)


def entry(name: str, **more: Any) -> dict[str, Any]:
    plain = {
        "object": "file",
        "bytes": 5,
        "created_at": 1_760_000_000,
        "filename": f"{name}.jsonl",
        "purpose": "batch",
        "status": "processed",
    }
    return {"id": name, **plain, **more}


def synced(member: Membership, provider: Provider) -> Sync:
    row = sync(member, provider)
    work_now(SYNCING, row.pk)
    return Sync.objects.get(pk=row.pk)


def test_it_reads_the_list(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(files=[entry("f1", expires_at=1_990_000_000), entry("f2", purpose="fine-tune")])
    row = synced(editor, provider)
    assert (row.state, row.seen, row.sentence) == ("done", 2, "")
    file = File.objects.get(remote_id="f1")
    assert (file.name, file.size, file.remote, file.copy, file.person) == ("f1.jsonl", 5, "there", "none", None)
    assert file.expires_at == datetime.datetime.fromtimestamp(1_990_000_000, datetime.UTC)
    assert file.added_at == datetime.datetime.fromtimestamp(1_760_000_000, datetime.UTC)


def test_it_reads_many_pages_and_each_file_once(editor: Membership, provider: Provider, small: Loopback, short_pages: None) -> None:
    small.files(make=20)
    assert synced(editor, provider).seen == File.objects.count() == 20
    synced(editor, provider)
    assert File.objects.count() == 20


def test_it_notes_what_changed_and_what_is_gone(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(files=[entry("stays"), entry("goes"), entry("ends", expires_at=int(time.time()) + 60)])
    synced(editor, provider)
    File.objects.filter(remote_id="ends").update(expires_at=timezone.now() - HOUR)
    small.files(files=[entry("stays", status="error")], delete=["goes", "ends"])
    synced(editor, provider)
    told = {file.remote_id: file for file in File.objects.all()}
    assert (told["stays"].remote, told["stays"].remote_status) == ("there", "error")
    assert told["goes"].remote == told["ends"].remote == "gone"
    assert "deleted at" in told["goes"].sentence and "expired" in told["ends"].sentence


def test_it_does_not_double_what_we_sent(editor: Membership, provider: Provider, small: Loopback) -> None:
    drive(send(editor, kept(editor, body_of(100)), provider, "batch", None, "w"))
    synced(editor, provider)
    assert (File.objects.count(), File.objects.get().remote) == (1, "there")


def test_it_goes_on_where_it_was_killed(
    editor: Membership, provider: Provider, small: Loopback, short_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.files(make=20)
    row = sync(editor, provider)
    real, read = remote_lists.Reader.page, []

    def killed(self: Any, path: str, after: str = "", **query: str) -> Any:
        read.append(after)
        if len(read) == 4:
            raise KeyboardInterrupt
        return real(self, path, after, **query)

    monkeypatch.setattr(remote_lists.Reader, "page", killed)
    with pytest.raises(KeyboardInterrupt):
        work_now(SYNCING, row.pk)
    work_now(SYNCING, row.pk)
    assert (Sync.objects.get().state, File.objects.filter(remote="there").count()) == ("done", 20)
    assert read[4] == read[3] != ""


def test_it_begins_anew_when_its_place_in_the_list_is_gone(
    editor: Membership, provider: Provider, small: Loopback, short_pages: None
) -> None:
    small.files(make=10)
    row = sync(editor, provider)
    Sync.objects.update(after="file-never")
    work_now(SYNCING, row.pk)
    assert (Sync.objects.get().state, File.objects.count()) == ("done", 10)


def test_it_calls_nothing_gone_where_the_list_was_not_whole(
    editor: Membership, provider: Provider, small: Loopback, short_pages: None
) -> None:
    small.files(make=10)
    synced(editor, provider)
    small.files(trouble=[{"on": "GET /v1/files", "do": "500", "after": 1, "times": 9}])
    row = synced(editor, provider)
    assert row.state == "failed" and "could not be read" in row.sentence
    assert set(File.objects.values_list("remote", flat=True)) == {"there"}


def test_it_survives_a_server_without_pages(editor: Membership, provider: Provider, small: Loopback, short_pages: None) -> None:
    small.files(make=10, has_pages=False)
    row = synced(editor, provider)
    assert (row.state, File.objects.count()) == ("done", 10)


def test_it_survives_hostile_entries(editor: Membership, provider: Provider, small: Loopback) -> None:
    odd: list[Any] = [
        None, 7, "text", [], {}, {"id": None}, {"id": 5}, {"id": ""}, {"id": "x" * 500}, {"id": "a\nb"}, {"id": ".."},
        entry("minus", bytes=-5), entry("huge", bytes=2**80), entry("float", bytes=1.5), entry("true", bytes=True),
        entry("date", created_at="soon"), entry("far", created_at=9e20), entry("early", created_at=-1, expires_at=[]),
        entry("long", filename="n" * 70_000, purpose="p" * 500, status="s" * 500),
        entry("nul", filename="a\x00b\u202ec", status=None), entry("path", filename="../../etc/passwd"), entry("no-name", filename=None),
        entry("../up"), entry("a b?c#d"), entry("same"), entry("same"),
    ]  # fmt: skip
    small.files(files=odd)
    row = synced(editor, provider)
    assert row.state == "done"
    names = {file.remote_id: file for file in File.objects.all()}
    assert {"minus", "huge", "float", "true", "date", "far", "early", "long", "nul", "path", "no-name", "../up", "a b?c#d", "same"} == set(
        names
    )
    assert names["minus"].size == names["huge"].size == names["true"].size == 0
    assert names["nul"].name == "abc" and len(names["long"].name) == 255


@pytest.mark.parametrize("status", ["404", "401", "500"])
def test_it_says_why_there_is_no_list(editor: Membership, provider: Provider, small: Loopback, status: str) -> None:
    small.files(trouble=[{"on": "GET", "do": status, "times": 99}])
    row = synced(editor, provider)
    assert (row.state, bool(row.sentence), row.finished_at is not None) == ("failed", True, True)


def test_it_leaves_out_providers_without_files(editor: Membership, provider: Provider, small: Loopback) -> None:
    Provider.objects.filter(pk=provider.pk).update(endpoints={"files": {"state": "missing"}})
    assert providers_of(editor) == [] == sync_all(editor)


def test_it_shows_a_team_only_its_own_at_a_shared_provider(
    editor: Membership, provider: Provider, small: Loopback, other_team: Team
) -> None:
    Provider.objects.filter(pk=provider.pk).update(team=None)
    provider.refresh_from_db()
    file = drive(send(editor, kept(editor, body_of(100)), provider, "batch", None, "w"))
    small.files(files=[entry("of-others")])
    synced(editor, provider)
    assert [row.pk for row in File.objects.all()] == [file.pk]
    small.files(delete=[file.remote_id])
    File.objects.update(seen_at=timezone.now() - HOUR)
    synced(editor, provider)
    assert File.objects.get().remote == "gone"


def test_it_settles_what_nobody_knew(editor: Membership, provider: Provider, small: Loopback) -> None:
    common = {"provider": provider, "purpose": "batch", "remote": Remote.UNCLEAR, "wisher": editor.user}
    came, lost = kept(editor, b"12345", name="came.jsonl", **common), kept(editor, b"12345", name="lost.jsonl", **common)
    small.files(files=[entry("came", created_at=int(time.time()) + 1)])
    synced(editor, provider)
    came.refresh_from_db()
    lost.refresh_from_db()
    assert (came.remote, came.remote_id, lost.remote) == ("there", "came", "failed")
    assert File.objects.count() == 2


def test_it_tells_what_uses_a_file(editor: Membership, provider: Provider, small: Loopback) -> None:
    batch = {"id": "batch_1", "status": "in_progress", "endpoint": "/v1/chat/completions", "input_file_id": "in", "output_file_id": "out"}
    job = {"id": "ftjob-1", "status": "succeeded", "model": "gpt-x", "training_file": "in", "result_files": ["out", 7]}
    small.files(files=[entry("in"), entry("out")], batches=[batch, None, {"id": 5}], jobs=[job, "x"])
    synced(editor, provider)
    told = {(use.file.remote_id, use.what, use.status, use.is_active) for use in Use.objects.select_related("file")}
    busy, done = ("batch", "in_progress"), ("tuning", "succeeded")
    assert told == {("in", *busy, True), ("out", *busy, False), ("in", *done, False), ("out", *done, False)}
    small.files(batches=[])
    synced(editor, provider)
    assert set(Use.objects.values_list("what", flat=True)) == {"tuning"}


def test_it_reads_twenty_thousand_files_in_little_memory(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(make=20_000)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    row = synced(editor, provider)
    seconds, grown = time.monotonic() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert (row.state, row.seen, File.objects.count()) == ("done", 20_000, 20_000)
    print(f"20,000 files: {seconds:.1f} s, {grown:.0f} MB more")  # noqa: T201
    assert seconds < 60 and grown < 120
    began = time.monotonic()
    synced(editor, provider)
    print(f"again: {time.monotonic() - began:.1f} s")  # noqa: T201


def test_it_leaves_a_list_without_end_and_keeps_what_it_read(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.files(files=[entry("before")])
    synced(editor, provider)
    small.files(is_endless=True)
    monkeypatch.setattr(syncing, "MOST_FILES", 20)
    row = synced(editor, provider)
    assert (row.state, row.seen) == ("done", 21) and "stopped after 21 files" in row.sentence
    assert set(File.objects.values_list("remote", flat=True)) == {"there"} and File.objects.count() == 22


@pytest.mark.parametrize(("bound", "most"), [("MOST_PAGES", 4), ("LONGEST", datetime.timedelta(0))])
def test_it_leaves_a_list_after_so_many_pages_and_hours(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch, bound: str, most: Any
) -> None:
    small.files(is_endless=True)
    monkeypatch.setattr(syncing, bound, most)
    row = synced(editor, provider)
    assert (row.state, bool(row.sentence), row.after) == ("done", True, "")
    assert File.objects.count() == small.files()["calls"]["GET files"] * 3 <= 12


def test_it_reads_a_long_list_step_by_step(
    editor: Membership, provider: Provider, small: Loopback, short_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.files(make=10)
    monkeypatch.setattr(syncing, "STEP_SECONDS", 0.0)
    row = synced(editor, provider)
    seen = []
    while row.state != "done":
        seen.append(row.seen)
        assert row.pk in SyncFollowUp().due(10)  # another step is asked for
        work_now(SYNCING, row.pk)
        row = Sync.objects.get()
    assert (seen, File.objects.filter(remote="there").count(), row.sentence) == ([3, 6, 9], 10, "")


def test_it_calls_nothing_gone_where_clocks_differ(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that begins a reading is ahead of the one that reads, and of the database; then behind."""
    small.files(files=[entry("stays"), entry("goes")])
    for ahead in (HOUR, -HOUR, HOUR * 2):
        moment = timezone.now() + ahead
        with monkeypatch.context() as patched:
            patched.setattr(timezone, "now", lambda moment=moment: moment)
            row = sync(editor, provider)
        work_now(SYNCING, row.pk)
        assert set(File.objects.values_list("remote", flat=True)) == {"there"} and Sync.objects.get().seen == 2
    small.files(delete=["goes"])
    synced(editor, provider)
    assert set(File.objects.values_list("remote_id", "remote")) == {("stays", "there"), ("goes", "gone")}


def test_it_does_not_call_gone_what_arrived_while_it_read(
    editor: Membership, provider: Provider, small: Loopback, short_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page was read before it was there, and the clock of whoever began to read is ahead."""
    small.files(make=7)
    file = send(editor, kept(editor, body_of(100)), provider, "batch", None, "w")
    ahead = timezone.now() + HOUR
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: ahead)
        row = sync(editor, provider)
    monkeypatch.setattr(syncing, "STEP_SECONDS", 0.0)
    work_now(SYNCING, row.pk)
    sent = drive(file)
    while Sync.objects.get().state != "done":
        work_now(SYNCING, row.pk)
    assert File.objects.get(pk=file.pk).remote == "there" and sent.remote_id
