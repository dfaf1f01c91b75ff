"""Files and models on the built-in provider: what the console sends the official client reads, what that sends the console has."""

import hashlib
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openai import NotFoundError, OpenAI

from apps.accounts.models import Membership, Role
from apps.catalog.listing import Filters, list_models
from apps.files import remote_calls, remote_lists
from apps.files.models import LOOKING, SYNCING, Copy, File, Part, Remote, Sync
from apps.files.tests.remote import calls, content_of, drive
from apps.files.tests.test_check_lines import example
from apps.providers.models import Provider
from apps.runs.executor import execute
from apps.runs.followups import work_now
from apps.runs.models import Run
from engines.tests.conftest import running_provider
from tests.servers.running import MODEL, Server, free_port
from tests.servers.test_talk_to_servers import added, as_admin  # noqa: F401  # fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PIECE, PART, WHOLE = 4_096, 8_192, 20_000  # bytes: what takes megabytes takes thousands here
BOM = b"\xef\xbb\xbf"
LINES = [example(f"How hot may bowl {number} get?") + b"\n" for number in range(200)]
WINDOWS = BOM + b"\r\n".join(line.rstrip() for line in LINES) + b"\r\n\r\n"
PLAIN = b"".join(LINES)
Synced = Callable[[], Sync]


@pytest.fixture
def server(engines_server: Server) -> Server:
    return engines_server


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.FILE_PIECE_BYTES, settings.FILE_PART_BYTES, settings.FILE_WHOLE_BYTES = PIECE, PART, WHOLE
    monkeypatch.setattr(remote_calls, "LONGEST_PAUSE", 0.0)


@pytest.fixture
def official(server: Server) -> Iterator[OpenAI]:
    """The official client, at a provider that keeps nothing before and after."""
    with OpenAI(base_url=server.url, api_key=server.key, max_retries=0, timeout=60) as client:
        empty(client)
        yield client
        empty(client)


def empty(client: OpenAI) -> None:
    for kept in client.files.list():
        client.files.delete(kept.id)


@pytest.fixture
def synced(added: Provider, as_admin: Client) -> Synced:  # noqa: F811
    """Press Sync, and do what the worker does."""

    def press() -> Sync:
        as_admin.post(reverse("files:sync"), {"provider": str(added.pk)})
        row = Sync.objects.get(provider=added)
        work_now(SYNCING, row.pk)
        row.refresh_from_db()
        assert (row.state, row.sentence) == ("done", ""), row.sentence
        return row

    return press


def bring(client: Client, name: str, body: bytes, **wish: str) -> File:
    """In pieces, as the script of the page does it; and looked at."""
    told = client.post(reverse("files:begin"), {"name": name, "size": len(body), "type": "", "key": name, **wish}).json()
    while told["received"] < len(body):
        piece = body[told["received"] : told["received"] + PIECE]
        answer = client.generic("POST", f"{told['pieces']}{told['next']}/", piece, content_type="application/octet-stream")
        told |= answer.json()
    assert client.post(told["finish"]).status_code == 200
    return looked_at(told["id"])


def looked_at(pk: Any) -> File:
    work_now(LOOKING, pk)
    file = File.objects.get(pk=pk)
    assert file.copy == Copy.READY, file.sentence
    return file


def send(client: Client, file: File, provider: Provider, purpose: str) -> File:
    wish = {"provider": str(provider.pk), "purpose": purpose, "lifetime": "", "key": f"{file.pk}"}
    client.post(reverse("files:send", args=[file.pk]), wish)
    sent = drive(file)
    assert sent.remote == Remote.THERE, (sent.remote, sent.sentence)
    return sent


def fetched(client: Client, file: File) -> File:
    client.post(reverse("files:fetch", args=[file.pk]))
    drive(file)
    return looked_at(file.pk)


def downloaded(client: Client, file: File) -> bytes:
    return b"".join(client.get(reverse("files:content", args=[file.pk])))


def delete(client: Client, file: File) -> File:
    client.post(reverse("files:delete"), {"file": str(file.pk), "confirmed": "1"})
    return drive(file)


def listed(client: Client, query: str = "") -> str:
    return client.get(reverse("files:list") + query).content.decode()


# --- From the console ------------------------------------------------------------------------------
def test_what_is_brought_checked_and_mended_arrives_with_every_byte(added, as_admin, official):  # noqa: F811
    old = bring(as_admin, "replies.jsonl", WINDOWS, purpose="fine-tune")
    assert (old.pieces, content_of(old) == WINDOWS) == (-(-len(WINDOWS) // PIECE), True)
    assert old.details["examples"] == len(LINES)
    assert {"bom", "crlf", "blank"} <= set(old.check_report["fixes"])
    answer = as_admin.post(reverse("files:fix", args=[old.pk]), {"fix": ["bom", "crlf", "blank"]})
    new = looked_at(File.objects.exclude(pk=old.pk).get().pk)
    assert answer.status_code == 303 and str(new.pk) in answer.url
    assert (File.objects.alive().get(), new.flaws, content_of(new) == PLAIN) == (new, 0, True)

    assert len(PLAIN) > WHOLE
    sent = send(as_admin, new, added, "fine-tune")
    operations = set(Run.objects.values_list("operation", flat=True))
    assert {"files.begin_upload", "files.send_part", "files.complete_upload"} <= operations and "files.send" not in operations
    (there,) = official.files.list()
    assert (there.id, there.filename, there.bytes, there.purpose) == (sent.remote_id, "replies.jsonl", len(PLAIN), "fine-tune")
    assert official.files.content(there.id).read() == downloaded(as_admin, sent) == PLAIN


def test_a_small_file_goes_in_one_call(added, as_admin, official):  # noqa: F811
    sent = send(as_admin, bring(as_admin, "few.jsonl", LINES[0], purpose="fine-tune"), added, "fine-tune")
    assert not Run.objects.filter(operation="files.begin_upload").exists()
    assert official.files.content(sent.remote_id).read() == LINES[0]


def test_what_the_console_deletes_the_client_does_not_find(added, as_admin, official):  # noqa: F811
    sent = send(as_admin, bring(as_admin, "few.jsonl", LINES[0], purpose="fine-tune"), added, "fine-tune")
    gone = delete(as_admin, sent)
    assert gone.deleted_at is not None and gone.remote == Remote.NONE
    for ask in (official.files.retrieve, official.files.content, official.files.delete):
        with pytest.raises(NotFoundError):
            ask(sent.remote_id)
    assert list(official.files.list()) == []


def test_it_goes_on_where_it_was_after_the_provider_was_killed(as_admin, tmp_path):  # noqa: F811
    """Half of the parts are there when it dies, and it comes back at the same address."""
    more = ("--data", str(tmp_path / "data"), "--port", str(free_port()))
    with running_provider(tmp_path / "no-weights", tmp_path, *more) as started:
        posted = {"name": "Keeper", "base_url": started.url, "key": started.key, "allow_private": "on", "dialect": ""}
        as_admin.post(f"{reverse('providers:new')}?kind=own", posted)
        keeper = Provider.objects.get(name="Keeper")
        file = bring(as_admin, "replies.jsonl", PLAIN, purpose="fine-tune")
        wish = {"provider": str(keeper.pk), "purpose": "fine-tune", "lifetime": "", "key": "w"}
        as_admin.post(reverse("files:send", args=[file.pk]), wish)
        file = drive(file, rounds=2)
        here = Part.objects.filter(file=file.pk, run__status="completed").count()
        assert file.remote == Remote.SENDING and 0 < here < -(-len(PLAIN) // PART)
        started.process.kill()
        started.process.wait()
        drive(file, rounds=1)
    with running_provider(tmp_path / "no-weights", tmp_path, *more) as started:
        file = drive(file)
        assert file.remote == Remote.THERE, file.sentence
        with started.client as client:
            assert [kept.id for kept in client.files.list()] == [file.remote_id]
            assert client.files.content(file.remote_id).read() == PLAIN
    assert calls(file, "files.begin_upload") == 1, "it began anew"


# --- From the client ------------------------------------------------------------------------------
def test_what_the_client_sends_is_listed_fetched_and_the_same(added, as_admin, official, synced, tmp_path):  # noqa: F811
    body = random.Random(3).randbytes(5 * PART + 77)
    path = tmp_path / "rows.bin"
    path.write_bytes(body)
    after: Any = {"anchor": "created_at", "seconds": 3600}
    whole = official.files.create(file=("täglich 🚀.jsonl", PLAIN), purpose="fine-tune", expires_after=after)
    md5 = hashlib.md5(body).hexdigest()
    parts = official.uploads.upload_file_chunked(file=path, mime_type="image/png", purpose="vision", part_size=10_000, md5=md5).file
    assert parts is not None
    assert synced().seen == 2
    page = listed(as_admin)
    assert "täglich 🚀.jsonl" in page and "rows.bin" in page
    for kept, content in ((whole, PLAIN), (parts, body)):
        row = File.objects.get(remote_id=kept.id)
        assert (row.name, row.size, row.purpose, row.copy, row.remote) == (kept.filename, len(content), kept.purpose, "none", "there")
        assert (row.expires_at and int(row.expires_at.timestamp())) == kept.expires_at
        assert downloaded(as_admin, fetched(as_admin, row)) == content
    assert File.objects.count() == 2


@pytest.mark.parametrize("purpose", ["user_data", "assistants"])
def test_what_the_provider_does_not_give_back_is_said_to_be_so(added, as_admin, official, synced, purpose):  # noqa: F811
    official.files.create(file=("notes.txt", b"Fire slowly."), purpose=purpose)
    synced()
    row = File.objects.get()
    as_admin.post(reverse("files:fetch", args=[row.pk]))
    row = drive(row)
    assert (row.copy, row.remote, row.pieces) == (Copy.NONE, Remote.THERE, 0)
    assert f"Not allowed to download files of purpose: {purpose}" in row.sentence
    assert row.sentence.startswith("A real one does not give this file back.")


def test_what_the_client_deletes_is_said_to_be_gone(added, as_admin, official, synced):  # noqa: F811
    ours = send(as_admin, bring(as_admin, "ours.jsonl", LINES[0], purpose="fine-tune"), added, "fine-tune")
    theirs = official.files.create(file=("theirs.jsonl", LINES[1]), purpose="fine-tune")
    synced()
    for remote_id in (ours.remote_id, theirs.id):
        official.files.delete(remote_id)
    assert synced().seen == 0
    rows = {row.name: row for row in File.objects.alive()}
    assert {row.remote for row in rows.values()} == {Remote.GONE}
    assert all(row.sentence == "It was deleted at A real one, and not from here." for row in rows.values())
    assert "It was deleted at A real one" in listed(as_admin)
    assert downloaded(as_admin, rows["ours.jsonl"]) == LINES[0]
    again = send(as_admin, rows["ours.jsonl"], added, "fine-tune")
    assert official.files.content(again.remote_id).read() == LINES[0]


def test_both_sides_agree_on_a_list_of_several_pages(added, as_admin, official, synced, monkeypatch):  # noqa: F811
    monkeypatch.setattr(remote_lists, "LIMITS", (3,))
    made = {official.files.create(file=(f"row-{number}.jsonl", LINES[number]), purpose="batch").id for number in range(10)}
    assert synced().seen == len(made) == 10
    by_client = [(kept.id, kept.filename, kept.bytes) for kept in official.files.list(limit=3)]
    assert len(by_client) == 10
    assert set(File.objects.values_list("remote_id", "name", "size")) == set(by_client)
    assert "row-0.jsonl" in listed(as_admin, "?q=row-0") and "row-1.jsonl" not in listed(as_admin, "?q=row-0")
    official.files.delete(by_client[2][0])  # the last of the first page
    official.files.create(file=("late.jsonl", LINES[0]), purpose="batch")
    assert synced().seen == 10
    there = File.objects.filter(remote=Remote.THERE).values_list("remote_id", flat=True)
    assert set(there) == {kept.id for kept in official.files.list(limit=3)}


# --- Models -----------------------------------------------------------------------------------------
def offered(client: Client) -> str:
    return client.get(reverse("providers:picker"), {"endpoint": "chat"}).content.decode()


def test_models_are_listed_hidden_renamed_and_tested(added, as_admin, official, server):  # noqa: F811
    as_admin.post(reverse("catalog:sync", args=[added.pk]))
    member = Membership.objects.select_related("team", "user").get(role=Role.ADMIN)
    names = {row.model.name for row in list_models(member, Filters()).page}
    assert names == {each.id for each in official.models.list()} == {*server.models, *server.others}

    model = added.models.get(name=MODEL)
    as_admin.post(reverse("catalog:mark", args=[model.pk]), {"mark": "hide"})
    assert MODEL not in offered(as_admin)
    as_admin.post(reverse("catalog:sync", args=[added.pk]))
    assert [row.model.name for row in list_models(member, Filters(show="hidden")).page] == [MODEL]
    as_admin.post(reverse("catalog:mark", args=[model.pk]), {"mark": "show"})
    as_admin.post(reverse("catalog:model", args=[model.pk]), {"label": "Small one", "note": "Runs here"})
    as_admin.post(reverse("catalog:sync", args=[added.pk]))
    assert "<b>Small one</b>" in offered(as_admin) and "Runs here" in offered(as_admin)
    assert "<b>Small one</b>" in as_admin.get(reverse("catalog:list"), {"q": "small o"}).content.decode()

    as_admin.post(reverse("catalog:try", args=[model.pk]), {"key": "one-word"})
    run = Run.objects.get(operation="catalog.try_model")
    execute([run.pk])
    run.refresh_from_db()
    assert (run.status, run.model, run.error) == ("completed", MODEL, {})
    assert run.text.strip() and 0 < run.usage["output"] <= 16
    page = as_admin.get(reverse("catalog:model", args=[model.pk])).content.decode()
    assert run.text.strip().split()[0].strip(".,!\"'") in page and "own server" in page
