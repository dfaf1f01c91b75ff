"""Everything of a team as one file: whole, without keys, bounded, for owners only, and free again when it ends."""

import asyncio
import io
import json
import os
import threading
import time
import tracemalloc
import zipfile
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connections
from django.http import StreamingHttpResponse
from django.urls import reverse

from apps.accounts import data_export
from apps.accounts.models import AuditEntry, Membership, Role
from apps.chat.models import Conversation, Share
from apps.core import holdings
from apps.core.holdings import Part
from apps.providers.models import PersonalKey
from apps.runs.models import Run, RunFile
from apps.transcription.models import Piece, Recording
from tests.belongings import SECRET, a_run, make_chat, make_mask, make_picture, make_recording, make_run, make_transcript

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("conversations", "pictures", "masks", "recordings", "transcripts")


@pytest.fixture
def owner(team, make_member):
    return make_member(team, Role.OWNER, "boss@harbour.example")


@pytest.fixture
def as_owner(client, owner):
    client.force_login(owner.user)
    return client


def downloaded(response) -> zipfile.ZipFile:
    async def read() -> bytes:
        return b"".join([chunk async for chunk in response.streaming_content])

    archive = zipfile.ZipFile(io.BytesIO(asyncio.run(read())))
    assert archive.testzip() is None
    return archive


def lines_of(archive: zipfile.ZipFile, name: str) -> list[dict]:
    return [json.loads(line) for line in archive.read(name).splitlines()]


def wait_until_free(owner: Membership) -> None:
    until = time.monotonic() + 10
    while not data_export.begin(owner):
        assert time.monotonic() < until, "the export still holds its place"
        time.sleep(0.05)


def test_it_holds_everything_of_the_team_and_nothing_of_others(team, other_team, provider, as_owner):
    run = make_run(team, provider, file=b"pot" * 1000)
    chat = make_chat(team, provider, answers=2, instructions="Be short.")
    make_run(other_team, provider, text="foreign words")
    make_chat(other_team, provider)
    archive = downloaded(as_owner.post(reverse("accounts:export_data")))
    names = archive.namelist()
    assert names[0] == "README.txt" and names[-1] == "manifest.json" and len(names) == len(set(names))
    told = {line["id"]: line for line in lines_of(archive, "runs.jsonl")}
    assert len(told) == 3 and told[str(run.pk)]["params"] == run.params
    assert told[str(run.pk)]["attempts"][0]["outcome"] == "completed"
    file = told[str(run.pk)]["files"][0]
    assert (file["name"], archive.read(file["path"])) == ("../../pot.png", b"pot" * 1000)
    (conversation,) = lines_of(archive, "conversations.jsonl")
    assert [turn["role"] for turn in conversation["turns"]] == ["user", "assistant"] * 2
    assert conversation["turns"][1]["follows"] == conversation["turns"][0]["id"]
    markdown = archive.read(f"conversations/{chat.pk}.md").decode()
    assert markdown.startswith(f"# {SECRET}") and "Be short." in markdown and markdown.count(SECRET) == 5
    assert [person["role"] for person in lines_of(archive, "people.jsonl")] == ["owner"]
    assert "foreign words" not in "".join(archive.read(name).decode("latin1") for name in names)


def test_it_holds_shared_copies_without_their_links(team, other_team, provider, owner, as_owner):
    chat, foreign = make_chat(team, provider), make_chat(other_team, provider)
    turns = [{"by": "", "text": "What of the quay?", "at": "2026-11-29T09:00:00+00:00"}]
    made = Share.objects.create(team=team, conversation=chat, person=owner.user, token="open-token", title="Quay", turns=turns)
    gone = Share.objects.create(team=team, conversation=chat, token="other-token", title="Gone", turns=turns)
    Share.objects.filter(pk=gone.pk).empty()
    Share.objects.create(team=other_team, conversation=foreign, token="foreign-token", title="Foreign", turns=turns)
    archive = downloaded(as_owner.post(reverse("accounts:export_data")))
    first, second = lines_of(archive, "shared_chats.jsonl")
    assert (first["id"], first["conversation"], first["title"], first["turns"]) == (str(made.pk), str(chat.pk), "Quay", turns)
    assert first["person"] == "boss@harbour.example" and first["withdrawn_at"] is None
    assert second["turns"] == [] and second["withdrawn_at"]
    assert not [name for name in archive.namelist() if b"-token" in archive.read(name)]
    assert "shared_chats.jsonl" in archive.read("README.txt").decode()


def test_it_holds_pictures_and_masks_each_file_once(team, other_team, provider, as_owner):
    run, chat = make_run(team, provider, operation="images.generate"), make_chat(team, provider)
    mask = make_mask(team, name="Sky")
    uploaded = make_picture(team, file=b"uploaded", name="../../etc/passwd")
    made = make_picture(team, run=run, file=b"made", kind="edited", made_from=uploaded, mask=mask, settings={"size": "1024x1024"})
    drawn = make_picture(team, run=chat.turns.exclude(run=None).get().run, file=b"drawn", kind="chat")
    make_picture(other_team, file=b"foreign picture")
    archive = downloaded(as_owner.post(reverse("accounts:export_data")))
    told = {line["id"]: line for line in lines_of(archive, "pictures.jsonl")}
    assert list(told) == [str(picture.pk) for picture in (uploaded, made, drawn)]
    assert [archive.read(line["path"]) for line in told.values()] == [b"uploaded", b"made", b"drawn"]
    line = told[str(made.pk)]
    assert (line["description"], line["settings"], line["made_from"]) == (SECRET, {"size": "1024x1024"}, str(uploaded.pk))
    assert (line["run"], line["mask"], line["kind"]) == (str(run.pk), str(mask.pk), "edited")
    (saved,) = lines_of(archive, "masks.jsonl")
    assert (saved["name"], archive.read(saved["path"])) == ("Sky", b"a mask")
    contents = [archive.read(name) for name in archive.namelist()]
    assert [contents.count(body) for body in (b"uploaded", b"made", b"drawn", b"foreign picture")] == [1, 1, 1, 0]
    assert f"![](../{told[str(drawn.pk)]['path']})" in archive.read(f"conversations/{chat.pk}.md").decode()
    assert not [name for name in archive.namelist() if ".." in name or name.startswith("/")]


def test_it_holds_recordings_and_transcripts_with_what_was_corrected(team, other_team, provider, as_owner):
    recording = make_recording(team, file=b"spoken", name="../../etc/passwd", details={"container": "mov"})
    row = make_transcript(team, provider, recording=recording, parts=2)
    coming = Recording.objects.create(team=team, kind="recorded", key="k", pieces=2, content_type="audio/webm")
    for number, body in enumerate((b"first ", b"second")):
        piece = Piece(recording=coming, number=number, size=6)
        piece.file.save(f"{number:06d}", ContentFile(body))
    make_transcript(other_team, provider, recording=make_recording(other_team, file=b"foreign sound"))
    archive = downloaded(as_owner.post(reverse("accounts:export_data")))
    told = {line["id"]: line for line in lines_of(archive, "recordings.jsonl")}
    assert list(told) == [str(recording.pk), str(coming.pk)]
    assert [archive.read(line["path"]) for line in told.values()] == [b"spoken", b"first second"]
    assert told[str(recording.pk)]["path"].endswith(".mp4") and told[str(coming.pk)]["path"].endswith(".webm")
    (line,) = lines_of(archive, "transcripts.jsonl")
    whole = json.loads(archive.read(line["path"]))
    assert (line["recording"], whole["model_label"]) == (str(recording.pk), "Plain")
    assert [(each["text"], each["heard"]) for each in whole["segments"]] == [(f"{SECRET}!", SECRET)] * 2
    assert whole["edits"][0]["before"] == [SECRET] and whole["translations"][0]["texts"] == {"a": SECRET}
    assert [part["run_id"] for part in whole["parts"]] == [str(part.run_id) for part in row.parts.all()]
    assert not [name for name in archive.namelist() if b"foreign sound" in archive.read(name) or ".." in name]


def test_it_has_nothing_of_what_was_deleted_a_moment_ago(team, provider, as_owner):
    """Also while nobody has taken it from the disk yet."""
    make_run(team, provider, days=1, file=b"pot")
    make_chat(team, provider, days=1)
    make_picture(team, days=1)
    make_mask(team, days=1)
    make_transcript(team, provider, days=1)
    as_owner.post(reverse("accounts:delete_data"), {"confirmed": team.name})
    new = make_run(team, provider)
    archive = downloaded(as_owner.post(reverse("accounts:export_data")))
    assert [line["id"] for line in lines_of(archive, "runs.jsonl")] == [str(new.pk)]
    assert not [line for name in KINDS for line in lines_of(archive, f"{name}.jsonl")]
    assert not [name for name in archive.namelist() if name.startswith(("files/", *(f"{kind}/" for kind in KINDS)))]


def test_its_readme_and_manifest_say_what_is_in_it(team, provider, as_owner):
    make_run(team, provider, file=b"pot")
    make_chat(team, provider)
    make_picture(team)
    make_mask(team)
    make_transcript(team, provider)
    archive = downloaded(as_owner.post(reverse("accounts:export_data")))
    manifest = json.loads(archive.read("manifest.json"))["files"]
    assert manifest["runs.jsonl"]["lines"] == 4 and manifest["files/"] == {"files": 2, "bytes": 9}
    readme = archive.read("README.txt").decode()
    assert {name.partition("/")[0] for name in archive.namelist()} - {"README.txt"} <= {
        name.rstrip("/") for name in data_export.CONTENTS if name in readme
    }


def test_its_names_lead_nowhere_else(team, provider, as_owner):
    make_run(team, provider, file=b"pot")
    Conversation.objects.create(team=team, title="../../etc/passwd")
    RunFile.objects.update(content_type="../../x")
    for name in downloaded(as_owner.post(reverse("accounts:export_data"))).namelist():
        assert ".." not in name and not name.startswith("/") and "\\" not in name and ":" not in name


def test_it_holds_no_key(team, provider, as_owner, owner):
    type(provider).objects.update(key="gAAAA-encrypted", key_tail="9xyz")
    PersonalKey.objects.create(provider=provider, user=owner.user, key="gAAAA-own", key_origin="http://a", key_tail="8abc")
    archive = downloaded(as_owner.post(reverse("accounts:export_data")))
    everything = "".join(archive.read(name).decode("latin1") for name in archive.namelist())
    assert not [word for word in ("gAAAA", "9xyz", "8abc") if word in everything]
    assert lines_of(archive, "providers.jsonl")[0]["name"] == provider.name


def test_it_goes_on_without_a_file_that_the_storage_lost(team, provider, as_owner):
    run = make_run(team, provider, file=b"pot")
    RunFile.objects.get().file.storage.delete(RunFile.objects.get().file.name)
    archive = downloaded(as_owner.post(reverse("accounts:export_data")))
    (path,) = [file["path"] for file in lines_of(archive, "runs.jsonl")[0]["files"]]
    assert archive.read(path) == b"" and str(run.pk) in path


def test_it_holds_text_that_is_no_unicode(team):
    assert json.loads(holdings.as_line({"text": "a\ud800\n"})) == {"text": "a\ud800\n"}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.ADMIN])
def test_it_is_for_the_owner_alone(team, make_member, client, role):
    client.force_login(make_member(team, role).user)
    assert client.post(reverse("accounts:export_data")).status_code == 403
    assert client.get(reverse("accounts:export_data")).status_code in {403, 405}
    assert not AuditEntry.objects.filter(act="data.exported").exists()


def test_it_is_written_down_before_the_first_byte(team, as_owner):
    as_owner.post(reverse("accounts:export_data"))
    assert AuditEntry.objects.get(act="data.exported").target == team.name


def test_it_is_one_at_a_time_and_free_again_at_the_end(team, provider, as_owner, owner):
    first = as_owner.post(reverse("accounts:export_data"))
    second = as_owner.post(reverse("accounts:export_data"), follow=True)
    assert "is under way" in second.content.decode()
    assert AuditEntry.objects.filter(act="data.exported").count() == 1
    downloaded(first)
    wait_until_free(owner)


def test_it_frees_everything_when_the_download_is_cancelled(team, provider, owner):
    Run.objects.bulk_create([a_run(team, provider, text="x" * 20_000 + str(number)) for number in range(400)])

    async def begin_and_cancel() -> int:
        response = StreamingHttpResponse(data_export.Download(owner))
        size = len(await anext(aiter(response)))
        response.close()
        return size

    assert data_export.begin(owner)
    assert asyncio.run(begin_and_cancel()) > 0
    wait_until_free(owner)
    until = time.monotonic() + 10
    while [thread for thread in threading.enumerate() if thread.name.startswith("export")]:
        assert time.monotonic() < until, "its thread is still there"
        time.sleep(0.05)


def test_it_ends_for_somebody_who_owns_the_team_no_more(team, provider, owner):
    Run.objects.bulk_create([a_run(team, provider, response={"x": os.urandom(20_000).hex()}) for _number in range(40)])
    ticks = iter(range(0, 10_000, 20))
    chunks = data_export.chunks_of(owner, clock=lambda: next(ticks))
    next(chunks)
    Membership.objects.filter(pk=owner.pk).update(role=Role.ADMIN)
    with pytest.raises(data_export.Ended):
        list(chunks)


def test_it_keeps_its_place_while_it_runs(team, provider, owner):
    make_chat(team, provider)
    assert data_export.begin(owner)
    cache.touch(f"export-{owner.user_id}", 4)
    ticks = iter(range(0, 10_000, 20))
    list(data_export.chunks_of(owner, clock=lambda: next(ticks)))
    time.sleep(5.2)
    assert not data_export.begin(owner)


def test_it_needs_no_more_memory_for_more(team, provider, owner):
    def peak_of(count: int) -> int:
        lines = (os.urandom(4000) + b"\n" for _number in range(count))  # which no packing makes smaller
        now = data_export.timezone.now()
        tracemalloc.start()
        size = sum(len(chunk) for chunk in data_export.packed([Part("runs.jsonl", lines)], now))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size > 0
        return peak

    assert peak_of(5_000) < 2 * peak_of(500) + 1_000_000


def test_it_reads_rows_a_page_at_a_time(team, provider, django_assert_max_num_queries):
    Run.objects.bulk_create([a_run(team, provider) for _number in range(450)])
    with django_assert_max_num_queries(3):
        assert len(list(holdings.in_order(Run.objects.only("pk"), 200))) == 450
    sizes = SimpleNamespace(most=0)

    class Watched(Run.objects.all().__class__):
        def __getitem__(self, key):
            sizes.most = max(sizes.most, key.stop)
            return super().__getitem__(key)

    list(holdings.in_order(Watched(Run), 50))
    assert sizes.most == 50
    connections.close_all()
