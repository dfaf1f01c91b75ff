"""A recording that comes piece by piece: begun twice, repeated, with a gap, from two tabs, finished twice, on a full disk."""

import errno
import pathlib
import threading
import uuid

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import close_old_connections
from django.urls import reverse

from apps.accounts.models import Membership, Role
from apps.transcription.models import Piece, Recording, Transcript
from apps.transcription.preparing import join_pieces
from apps.transcription.recordings import OutOfOrder, add_piece

pytestmark = pytest.mark.django_db
BEGIN = "/transcribe/recordings/"
PIECE = 1000
BODY = bytes(range(250)) * 10  # 2,500 bytes: two whole pieces and a half


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch, settings, tmp_path):
    settings.RECORDING_PIECE_BYTES = PIECE
    settings.MEDIA_ROOT = tmp_path


def begin(client, **fields):
    wish = {"name": "Interview.mp3", "size": len(BODY), "type": "audio/mpeg", "kind": "uploaded", "key": "one", **fields}
    return client.post(BEGIN, {name: value for name, value in wish.items() if value is not None})


def send(client, told, number, body=None):
    body = BODY[number * PIECE : (number + 1) * PIECE] if body is None else body
    return client.generic("POST", f"{told['pieces']}{number}/", body, content_type="application/octet-stream")


def sent(client, **fields):
    """All of it but for the last word."""
    told = begin(client, **fields).json()
    for number in range(3):
        assert send(client, told, number).status_code == 200
    return told


def stored():
    return [path for path in pathlib.Path(default_storage.location).rglob("*") if path.is_file()]


def whole(row):
    row.refresh_from_db()
    join_pieces(row)
    row.refresh_from_db()
    with row.file.open("rb") as file:
        return file.read()


def test_it_is_kept_piece_by_piece_and_joined(as_editor, editor):
    answer = begin(as_editor)
    told = answer.json()
    assert (answer.status_code, told["state"], told["next"], told["received"]) == (201, "coming", 0, 0)
    assert "Interview.mp3" in told["row"] and "0 of 3 KB" in told["row"]
    assert [send(as_editor, told, number).json()["received"] for number in range(3)] == [1000, 2000, 2500]
    ended = as_editor.post(told["finish"]).json()
    assert ended["state"] == "checking" and "Being checked" in ended["row"]
    row = Recording.objects.get()
    assert (row.person, row.kind, row.size, row.pieces) == (editor.user, "uploaded", 2500, 3)
    assert whole(row) == BODY
    assert len(stored()) == 1 and not Piece.objects.exists(), "nothing is left behind"


def test_it_is_one_recording_for_the_same_key(as_editor):
    first, second = begin(as_editor).json(), begin(as_editor).json()
    assert first["id"] == second["id"] and Recording.objects.count() == 1
    assert begin(as_editor, key="two").json()["id"] != first["id"]


def test_it_goes_on_where_it_broke_off(as_editor):
    told = begin(as_editor).json()
    send(as_editor, told, 0)
    again = begin(as_editor)
    assert (again.status_code, again.json()["next"], again.json()["received"]) == (200, 1, 1000)


def test_it_is_another_one_of_another_person(as_editor, client, team, make_member):
    first = begin(as_editor).json()
    client.force_login(make_member(team).user)
    assert begin(client).json()["id"] != first["id"]


def test_it_begins_anew_what_was_removed_or_could_not_be_used(as_editor):
    first = begin(as_editor).json()
    as_editor.post(f"{BEGIN}{first['id']}/delete/")
    second = begin(as_editor).json()
    Recording.objects.filter(pk=second["id"]).update(state="unusable")
    assert len({first["id"], second["id"], begin(as_editor).json()["id"]}) == 3


def test_it_refuses_one_key_for_two_things(as_editor):
    begin(as_editor)
    answer = begin(as_editor, size=7)
    assert (answer.status_code, answer.json()["sentence"]) == (409, "This page is out of date. Reload it and try again.")


def test_it_ignores_a_piece_that_is_here_already(as_editor):
    told = begin(as_editor).json()
    send(as_editor, told, 0)
    repeated = send(as_editor, told, 0)
    assert (repeated.status_code, repeated.json()["next"], repeated.json()["received"]) == (200, 1, 1000)
    assert Piece.objects.count() == len(stored()) == 1


def test_it_answers_a_gap_with_the_piece_that_is_expected(as_editor):
    told = begin(as_editor).json()
    send(as_editor, told, 0)
    gap = send(as_editor, told, 2)
    assert (gap.status_code, gap.json()["next"], gap.json()["received"]) == (409, 1, 1000)
    early = as_editor.post(told["finish"])
    assert (early.status_code, early.json()["next"], early.json()["state"]) == (409, 1, "coming")


@pytest.mark.parametrize("body", [b"x" * 999, b"x" * 1001])
def test_it_refuses_a_piece_of_another_size(as_editor, body):
    told = begin(as_editor).json()
    answer = send(as_editor, told, 0, body)
    assert answer.status_code in (413, 422) and answer.json()["sentence"]
    assert not stored() and Recording.objects.get().pieces == 0


def test_it_takes_no_more_than_was_announced(as_editor):
    told = sent(as_editor)
    more = send(as_editor, told, 3, b"x")
    assert more.status_code == 422 and Recording.objects.get().received == 2500


def test_it_is_finished_once(as_editor):
    told = sent(as_editor)
    first, second = as_editor.post(told["finish"]), as_editor.post(told["finish"])
    assert (first.status_code, second.status_code) == (200, 200)
    assert send(as_editor, told, 2).status_code == 200, "a repeated piece harms nobody"
    assert send(as_editor, told, 3, b"x").status_code == 409
    assert Recording.objects.get().state == "checking"


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"size": 0}, 422, "This file is empty."),
        ({"size": 3 * 1024**3}, 413, "This has 3.0\u00a0GB, and a recording may have 2.0\u00a0GB here."),
        ({"size": "many"}, 422, "This page is out of date."),
        ({"size": -1}, 422, "This page is out of date."),
        ({"size": None}, 422, "This page is out of date."),
        ({"kind": "stolen"}, 422, "This page is out of date."),
    ],
)
def test_it_says_why_it_is_not_begun(as_editor, fields, status, sentence):
    answer = begin(as_editor, **fields)
    assert answer.status_code == status and answer.json()["sentence"].startswith(sentence)
    assert not Recording.objects.exists()


def test_it_says_that_nothing_was_recorded(as_editor):
    told = begin(as_editor, kind="recorded", size=None).json()
    answer = as_editor.post(told["finish"])
    assert (answer.status_code, answer.json()["sentence"]) == (422, "Nothing was recorded.")


def test_it_takes_pieces_of_any_size_while_somebody_speaks(as_editor):
    told = begin(as_editor, kind="recorded", size=None).json()
    for number, body in enumerate((b"a" * 7, b"b" * 999, b"c")):
        assert send(as_editor, told, number, body).status_code == 200
    assert send(as_editor, told, 3, b"d" * 1001).status_code == 413
    as_editor.post(told["finish"])
    assert whole(Recording.objects.get()) == b"a" * 7 + b"b" * 999 + b"c"


def test_it_stops_a_recording_that_grows_too_large(as_editor, settings):
    settings.MAX_RECORDING_BYTES = 1500
    told = begin(as_editor, kind="recorded", size=None).json()
    assert send(as_editor, told, 0, b"a" * 1000).status_code == 200
    answer = send(as_editor, told, 1, b"b" * 600)
    assert answer.status_code == 413 and "cut it" in answer.json()["sentence"]
    assert Recording.objects.get().received == 1000, "what came is kept"


def test_it_hears_that_a_paused_recording_goes_on(as_editor):
    told = begin(as_editor, kind="recorded", size=None).json()
    before = Recording.objects.get().touched_at
    assert send(as_editor, told, 0, b"").json()["next"] == 0
    assert Recording.objects.get().touched_at > before


def test_it_says_that_the_disk_is_full_and_keeps_what_came(as_editor, monkeypatch):
    told = begin(as_editor).json()
    send(as_editor, told, 0)

    def no_room(storage, name, content):
        pathlib.Path(storage.path(name)).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "_save", no_room)
        answer = send(as_editor, told, 1)
    assert answer.status_code == 507 and answer.json()["sentence"].startswith("The disk of the server is full. What has arrived is kept.")
    assert len(stored()) == 1 and Recording.objects.get().pieces == 1
    assert send(as_editor, told, 1).json()["next"] == 2, "it goes on when there is room"


def test_it_takes_nothing_for_what_was_removed(as_editor):
    told = begin(as_editor).json()
    as_editor.post(f"{BEGIN}{told['id']}/delete/")
    assert send(as_editor, told, 0).status_code == 404 and as_editor.post(told["finish"]).status_code == 404


def test_it_is_only_for_editors_of_the_team(as_editor, client, viewer, other_team, make_member):
    told = begin(as_editor).json()
    client.force_login(viewer.user)
    assert begin(client).status_code == send(client, told, 0).status_code == client.post(told["finish"]).status_code == 403
    client.force_login(make_member(other_team, Role.OWNER).user)
    assert send(client, told, 0).status_code == client.post(told["finish"]).status_code == client.get(told["sound"]).status_code == 404


def test_it_goes_on_after_it_was_ended_because_nobody_was_heard(as_editor):
    told = begin(as_editor, kind="recorded", size=None).json()
    send(as_editor, told, 0, b"before ")
    Recording.objects.update(state="ready", details={"is_unfinished": True})
    whole(Recording.objects.get())
    assert send(as_editor, told, 1, b"and after").status_code == 200
    assert Recording.objects.get().state == "coming"
    as_editor.post(told["finish"])
    row = Recording.objects.get()
    assert (row.state, row.details) == ("checking", {})
    assert whole(row) == b"before and after" and len(stored()) == 1


def test_it_does_not_grow_below_a_transcript(as_editor, team, provider):
    told = begin(as_editor, kind="recorded", size=None).json()
    send(as_editor, told, 0, b"before")
    Recording.objects.update(state="ready", details={"is_unfinished": True})
    Transcript.objects.create(team=team, recording_id=told["id"], provider=provider, model="m", key=uuid.uuid4().hex)
    assert send(as_editor, told, 1, b"after").status_code == 409


def test_it_learns_its_end_late(as_editor):
    """Ended by itself while the page had no connection; then the page says Stop, and has nothing more."""
    told = begin(as_editor, kind="recorded", size=None).json()
    send(as_editor, told, 0, b"all")
    Recording.objects.update(state="ready", details={"is_unfinished": True, "codec": "opus"})
    assert as_editor.post(told["finish"]).json()["state"] == "ready"
    assert Recording.objects.get().details == {"codec": "opus"}


@pytest.mark.django_db(transaction=True)
def test_it_keeps_one_of_two_tabs_that_send_at_the_same_moment(editor):
    row = Recording.objects.create(team=editor.team, person=editor.user, kind="uploaded", key="k", expected=len(BODY))
    both, answers = threading.Barrier(4), []

    def tab():
        both.wait()
        for number in range(3):
            try:
                add_piece(Recording.objects.get(pk=row.pk), number, BODY[number * PIECE : (number + 1) * PIECE])
            except OutOfOrder as gap:
                answers.append(gap.recording.pieces)
        close_old_connections()

    tabs = [threading.Thread(target=tab) for _ in range(4)]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()
    assert answers == [] and Piece.objects.count() == len(stored()) == 3
    assert whole(row) == BODY


def test_it_says_what_can_be_read_of_a_name(as_editor):
    begin(as_editor, name="C:\\fakepath\\..\\Caf\u00e9\x00 \u202e\n interview.m4a")
    assert Recording.objects.get().name == "Caf\u00e9 interview.m4a"


def test_it_keeps_whole_files_of_a_form(as_editor, settings):
    files = [
        SimpleUploadedFile("One.mp3", b"one", "audio/mpeg"),
        SimpleUploadedFile("None.mp3", b""),
        SimpleUploadedFile("Two.wav", b"two"),
    ]
    answer = as_editor.post(reverse("transcription:upload"), {"file": files}, follow=True)
    assert [row.name for row in Recording.objects.order_by("pk")] == ["One.mp3", "Two.wav"]
    assert {row.state for row in Recording.objects.all()} == {"checking"}
    assert "None.mp3: This file is empty." in answer.text and "Being checked" in answer.text


def test_it_asks_for_a_file_where_none_was_chosen(as_editor):
    assert "Choose a recording first." in as_editor.post(reverse("transcription:upload"), follow=True).text


def test_it_belongs_to_the_team_of_its_person(as_editor, editor):
    assert Membership.objects.get(pk=editor.pk).team == Recording.objects.get(pk=begin(as_editor).json()["id"]).team
