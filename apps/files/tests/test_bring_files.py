"""A file that comes piece by piece: begun twice, repeated, with a gap, finished twice, cancelled, on a full disk; or whole, from a form."""

import errno
import pathlib
import uuid

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.files.bringing import OutOfOrder, add_piece, finish
from apps.files.content import opened
from apps.files.holdings import FilesHolding
from apps.files.judging import LONGEST_NAME, name_of_file
from apps.files.models import Copy, File, Piece, Remote

pytestmark = pytest.mark.django_db
PIECE = 1000
BODY = bytes(range(250)) * 10  # 2,500 bytes: two whole pieces and a half


@pytest.fixture(autouse=True)
def small_pieces(settings, tmp_path):
    settings.FILE_PIECE_BYTES = PIECE
    settings.MEDIA_ROOT = tmp_path


def begin(client, **fields):
    return client.post("/files/begin/", {"name": "Rows.jsonl", "size": len(BODY), "type": "", "key": "one", **fields})


def send(client, told, number, body=None):
    body = BODY[number * PIECE : (number + 1) * PIECE] if body is None else body
    return client.generic("POST", f"{told['pieces']}{number}/", body, content_type="application/octet-stream")


def sent(client, **fields):
    told = begin(client, **fields).json()
    for number in range(3):
        assert send(client, told, number).status_code == 200
    return told


def stored():
    return [path for path in pathlib.Path(default_storage.location).rglob("*") if path.is_file()]


def test_it_becomes_one_file_of_the_same_bytes(as_editor, editor):
    told = sent(as_editor)
    answer = as_editor.post(told["finish"]).json()
    file = File.objects.get()
    assert answer["state"] == file.copy == Copy.LOOKING and file.person == editor.user and file.received == file.size == len(BODY)
    with opened(file) as source:
        assert source.read() == BODY
    assert "Rows.jsonl" in answer["row"] and as_editor.post(told["finish"]).json()["state"] == "looking"


def test_it_goes_on_where_it_broke_off(as_editor):
    told = begin(as_editor).json()
    send(as_editor, told, 0)
    again = begin(as_editor)
    assert again.status_code == 200 and again.json()["id"] == told["id"] and again.json()["next"] == 1
    assert "1 of 3 KB" not in again.json()["row"] and File.objects.count() == 1


def test_a_piece_counts_once_and_a_gap_is_told(as_editor):
    told = begin(as_editor).json()
    assert send(as_editor, told, 0).json()["next"] == send(as_editor, told, 0).json()["next"] == 1
    gap = send(as_editor, told, 2, BODY[2000:])
    assert gap.status_code == 409 and gap.json()["next"] == 1
    early = as_editor.post(told["finish"])
    assert early.status_code == 409 and early.json()["next"] == 1 and File.objects.get().copy == Copy.COMING
    assert len(stored()) == Piece.objects.count() == 1


def test_two_tabs_at_the_same_moment_leave_one_piece(as_editor):
    begin(as_editor)
    one, other = File.objects.get(), File.objects.get()
    assert add_piece(one, 0, BODY[:PIECE]).pieces == add_piece(other, 0, BODY[:PIECE]).pieces == 1
    assert len(stored()) == 1


@pytest.mark.parametrize("size", [PIECE + 1, PIECE - 1, 1])
def test_a_piece_of_another_length_is_refused(as_editor, size):
    told = begin(as_editor).json()
    assert send(as_editor, told, 0, bytes(size)).status_code in {413, 422} and not stored()


def test_an_empty_piece_says_that_more_will_come(as_editor):
    told = begin(as_editor).json()
    File.objects.update(touched_at=timezone.now() - timezone.timedelta(hours=1))
    assert send(as_editor, told, 0, b"").json()["next"] == 0
    assert (timezone.now() - File.objects.get().touched_at).total_seconds() < 60


def test_a_full_disk_keeps_what_has_arrived(as_editor, monkeypatch):
    told = begin(as_editor).json()
    send(as_editor, told, 0)

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "_save", full)
        answer = send(as_editor, told, 1)
    assert answer.status_code == 507 and "disk of the server is full" in answer.json()["sentence"]
    assert send(as_editor, told, 1).status_code == send(as_editor, told, 2).status_code == 200


def test_it_refuses_what_is_empty_too_large_or_not_for_its_purpose(as_editor, provider, settings):
    settings.MAX_FILE_BYTES = 10_000_000_000
    there = {"provider": str(provider.pk)}
    cases = [
        ({"size": 0}, "This file is empty."),
        ({"size": 10_000_000_001}, "is larger than"),
        ({"size": "x"}, "out of date"),
        ({"purpose": "batch_output"}, "out of date"),
        ({"provider": str(uuid.uuid4()), "purpose": "batch"}, "out of date"),
        (there, "Choose what Loopback shall use it for."),
        ({**there, "purpose": "batch", "size": 200 * 1024 * 1024 + 1}, "“Batch input” takes at most 200.0"),
        ({**there, "purpose": "fine-tune", "name": "Rows.csv"}, "“Fine-tuning” takes files that end in .jsonl."),
        ({**there, "purpose": "user_data", "lifetime": 60}, "one hour at least"),
    ]
    for fields, sentence in cases:
        answer = begin(as_editor, **fields)
        assert answer.status_code in {413, 422} and sentence in answer.json()["sentence"].replace("\xa0", " "), (fields, answer.content)
    assert not File.objects.exists()


def test_what_is_to_go_to_a_provider_waits_for_it(as_editor, provider):
    begin(as_editor, provider=str(provider.pk), purpose="batch", lifetime=86_400)
    file = File.objects.get()
    assert (file.remote, file.provider, file.purpose, file.lifetime, file.check_method) == (
        Remote.WAITING,
        provider,
        "batch",
        86_400,
        "batch",
    )
    begin(as_editor)  # the same file, and now it is to stay here
    file.refresh_from_db()
    assert (file.remote, file.provider, file.purpose) == (Remote.NONE, None, "") and File.objects.count() == 1


def test_the_same_file_for_something_else_is_another_file(as_editor, provider):
    told = sent(as_editor)
    as_editor.post(told["finish"])
    assert begin(as_editor).json()["id"] == told["id"]
    other = begin(as_editor, provider=str(provider.pk), purpose="batch").json()
    assert other["id"] != told["id"] and other["next"] == 0 and File.objects.count() == 2


def test_what_is_cancelled_goes_and_the_same_file_begins_anew(as_editor):
    told = begin(as_editor).json()
    send(as_editor, told, 0)
    assert as_editor.post(f"/files/{told['id']}/cancel/").status_code == 303
    assert send(as_editor, told, 1).status_code == 404
    assert begin(as_editor).json()["next"] == 0
    File.objects.filter(pk=told["id"]).update(deleted_at=timezone.now() - timezone.timedelta(hours=2))
    assert FilesHolding().tidy(10) == 1 and not stored() and File.objects.count() == 1
    assert "Rows.jsonl" not in as_editor.get("/files/", {"show": "deleted"}).content.decode()


def test_what_is_here_cannot_be_cancelled(as_editor):
    told = sent(as_editor)
    as_editor.post(told["finish"])
    as_editor.post(f"/files/{told['id']}/cancel/")
    assert File.objects.get().deleted_at is None


def test_a_form_brings_several_at_once(as_editor, editor):
    files = [SimpleUploadedFile("One.txt", b"one"), SimpleUploadedFile("Empty.txt", b""), SimpleUploadedFile("Two.jsonl", BODY)]
    page = as_editor.post("/files/upload/", {"file": files, "purpose": "batch"}, follow=True).content.decode()
    assert "Empty.txt: This file is empty." in page
    two = File.objects.get(name="Two.jsonl")
    assert File.objects.count() == 2 and two.pieces == 3 and two.copy == Copy.LOOKING and two.purpose == "batch"
    with opened(two) as source:
        assert source.read() == BODY
    assert "Choose a file first." in as_editor.post("/files/upload/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\Rows.jsonl", "Rows.jsonl"),
        ("photo\u202egpj.exe", "photo gpj.exe"),
        ("a\x00b\n.txt", "a b .txt"),
        ("--rf.txt", "rf.txt"),
        ("👩\u200d💻 notes.txt", "👩\u200d💻 notes.txt"),
        ("  ", "File without a name"),
        ("/", "File without a name"),
        (".env", ".env"),
    ],
)
def test_a_name_is_one_that_a_person_can_read(typed, name):
    assert name_of_file(typed) == name


def test_a_long_name_keeps_its_ending():
    assert name_of_file("x" * 300 + ".jsonl") == "x" * (LONGEST_NAME - 6) + ".jsonl"


def test_an_odd_name_is_taken_from_the_address(as_editor):
    assert begin(as_editor, name="..\\\u202e\x00👩\u200d💻.jsonl").status_code == 201
    assert File.objects.get().name.endswith(".jsonl")


def test_another_person_has_another_file_of_the_same_key(as_editor, client, team, make_member):
    begin(as_editor)
    client.force_login(make_member(team).user)
    begin(client)
    assert File.objects.count() == 2


def test_nothing_is_added_to_what_is_whole(as_editor):
    told = sent(as_editor)
    as_editor.post(told["finish"])
    file = File.objects.get()
    with pytest.raises(OutOfOrder):
        add_piece(file, 3, b"more")
    assert finish(file).copy == Copy.LOOKING
