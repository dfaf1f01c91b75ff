"""A recording is made ready: joined, measured, made playable; each reason why it cannot be used; kills before and after."""

import datetime
import errno
import pathlib

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone

import sound
from apps.runs.followups import work_now
from apps.runs.transitions import from_now
from apps.transcription import preparing
from apps.transcription.models import PARENT, PREPARING, Piece, Recording, Transcript
from apps.transcription.parting import pauses_of
from apps.transcription.preparing import Preparing, sentence_of
from apps.transcription.recordings import add_piece, finish
from apps.transcription.storing import remove_files_of
from apps.transcription.tests.sounds import silence, tone, wav
from sound.errors import KINDS

pytestmark = pytest.mark.django_db
TALK = wav(np.concatenate([tone(1.5), silence(1.0), tone(1.5)]))
NO_RATE = TALK[:24] + bytes(4) + TALK[28:]


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def bring(editor):
    """A file that has come whole, in pieces of the size that fits."""

    def one(body=TALK, **fields):
        facts = {"kind": "recorded", "key": f"{Recording.objects.count()}", "name": "Talk", **fields}
        row = Recording.objects.create(team=editor.team, person=editor.user, **facts)
        middle = len(body) // 2
        for number, piece in enumerate(part for part in (body[:middle], body[middle:]) if part):
            row = add_piece(row, number, piece)
        return row

    return one


def uploaded(editor, body):
    row = Recording(team=editor.team, person=editor.user, kind="uploaded", state="checking", key=str(len(body)), size=len(body))
    row.file.save("whole-x", ContentFile(body), save=False)
    row.save(force_insert=True)
    return row


def prepare(row):
    work_now(PREPARING, row.pk)
    row.refresh_from_db()
    return row


def stored():
    return [path for path in pathlib.Path(default_storage.location).rglob("*") if path.is_file()]


def body_of(file):
    with file.open("rb") as opened:
        return opened.read()


def test_it_is_joined_measured_and_can_be_listened_to(bring):
    row = prepare(finish(bring()))
    assert (row.state, row.sentence, row.size) == ("ready", "", len(TALK))
    assert row.seconds == pytest.approx(4.0, abs=0.05)
    assert body_of(row.file) == TALK, "the original is kept"
    assert len(bytes(row.peaks)) == 1000 and max(bytes(row.peaks)) > 60
    (pause,) = pauses_of(row)
    assert pause[0] == pytest.approx(1.5, abs=0.15) and pause[1] == pytest.approx(2.5, abs=0.15)
    assert row.details["has_video"] is False and row.details["is_silent"] is False
    assert row.listen_type == "audio/mpeg" and body_of(row.listen)
    assert len(stored()) == 2 and not Piece.objects.exists()


def test_it_needs_no_copy_where_browsers_play_the_original(editor):
    row = prepare(uploaded(editor, TALK))
    assert (row.state, row.content_type, bool(row.listen)) == ("ready", "audio/wav", False)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"GIF89a" + b"\x00" * 4000, "This is no sound or video that can be read here."),
        (b"<html><body>Signed out</body></html>" * 40, "This is no sound or video that can be read here."),
        (b"RIFF\x24\x00\x00\x00WAVE", "This is no sound or video that can be read here."),
        (wav(tone(1)[:0]), "This file is damaged: nothing could be read of it."),
        (NO_RATE, "This is no sound or video that can be read here."),  # FFmpeg opens none of 0 Hz
    ],
)
def test_it_says_why_it_cannot_be_used(editor, body, sentence):
    row = prepare(uploaded(editor, body))
    assert (row.state, row.sentence) == ("unusable", sentence)
    assert body_of(row.file) == body, "whatever it is, it is kept"


def test_it_has_a_sentence_of_its_own_for_every_reason(db):
    told = {kind: sentence_of(kind) for kind in KINDS}
    assert len(set(told.values())) == len(KINDS) and sentence_of("no such kind") not in told.values()
    assert told["no_track"] == "There is no sound in this file."


def test_it_says_how_long_a_recording_may_be(editor, settings):
    settings.MAX_RECORDING_SECONDS = 180
    assert prepare(uploaded(editor, wav(tone(181)))).sentence == "This is longer than 3 minutes. Cut it, and upload the parts."


def test_it_says_that_nothing_can_be_heard(editor):
    row = prepare(uploaded(editor, wav(silence(3))))
    assert row.state == "ready" and row.details["is_silent"] is True
    assert row.sentence == "Nothing can be heard in it, so there is nothing to transcribe."


def test_it_is_taken_again_after_a_kill(bring, monkeypatch):
    """The worker dies with the lease in its hand, after it has joined the pieces and before it wrote what it found."""
    row = finish(bring())
    monkeypatch.setattr(preparing, "_outcome", lambda row: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        prepare(row)
    monkeypatch.undo()
    Recording.objects.update(lease_until=from_now(20))
    assert Preparing().due(9) == [] and prepare(row).state == "checking", "somebody else holds it"
    Recording.objects.update(lease_until=from_now(-1))
    assert Preparing().due(9) == [row.pk]
    assert prepare(row).state == "ready" and body_of(row.file) == TALK
    assert len(stored()) == 2


def test_it_is_taken_again_when_it_died_before_the_row_knew_of_the_file(bring, monkeypatch):
    row = finish(bring())
    with monkeypatch.context() as patched:
        patched.setattr(
            Piece.objects,
            "filter",
            lambda **wanted: (_ for _ in ()).throw(KeyboardInterrupt) if "pk__in" in wanted else Piece.objects.all(),
        )
        with pytest.raises(KeyboardInterrupt):
            prepare(row)
    assert prepare(row).state == "ready" and body_of(row.file) == TALK
    assert len(stored()) == 2, "what was joined before the kill is not left behind"


def test_it_tries_again_what_failed_for_no_fault_of_the_file(editor, monkeypatch):
    row = uploaded(editor, TALK)
    with monkeypatch.context() as patched:
        patched.setattr(sound, "measure", lambda path, *, most_seconds: (_ for _ in ()).throw(sound.Failed("killed")))
        assert prepare(row).state == "checking" and Preparing().due(9) == [row.pk]
        assert prepare(row).details == {"tries": 2}
        assert prepare(row).state == "unusable" and row.sentence.startswith("This file could not be examined.")
    row = uploaded(editor, TALK + b"\x00")
    with monkeypatch.context() as patched:
        patched.setattr(sound, "measure", lambda path, *, most_seconds: (_ for _ in ()).throw(sound.Failed("killed")))
        prepare(row)
    assert prepare(row).state == "ready" and "tries" not in row.details


def test_it_waits_for_room_on_the_disk(bring, monkeypatch):
    row = finish(bring())
    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "_save", lambda *_all: (_ for _ in ()).throw(OSError(errno.ENOSPC, "no room")))
        prepare(row)
    assert row.state == "checking" and row.sentence.startswith("The disk of the server is full.")
    assert prepare(row).state == "ready" and row.sentence == ""


def test_it_says_that_the_file_is_gone(editor):
    row = uploaded(editor, TALK)
    row.file.storage.delete(row.file.name)
    assert prepare(row).sentence == "The file is not on this server any more. Upload it again."


def test_it_ends_a_recording_whose_page_has_gone(bring):
    row = bring()
    assert Preparing().due(9) == [] and prepare(row).state == "coming", "it may still speak"
    Recording.objects.update(touched_at=timezone.now() - datetime.timedelta(seconds=31))
    assert Preparing().due(9) == [row.pk]
    prepare(row)
    assert (row.state, row.details["is_unfinished"]) == ("ready", True)
    assert row.seconds == pytest.approx(4.0, abs=0.05)


def test_it_waits_for_an_upload_that_broke_off(editor):
    row = Recording.objects.create(team=editor.team, kind="uploaded", key="u", expected=9, pieces=1, received=4)
    Recording.objects.update(touched_at=timezone.now() - datetime.timedelta(days=2))
    assert Preparing().due(9) == [] and prepare(row).state == "coming"
    assert row.is_resting


def test_it_leaves_alone_what_went_on_meanwhile(bring, monkeypatch):
    """A tab that had no connection comes back while its recording is being measured."""
    row = bring()
    Recording.objects.update(touched_at=timezone.now() - datetime.timedelta(seconds=31))
    measure = sound.measure

    def meanwhile(path, *, most_seconds):
        add_piece(Recording.objects.get(pk=row.pk), 2, b"\x00\x00" * 8000)
        return measure(path, most_seconds=most_seconds)

    with monkeypatch.context() as patched:
        patched.setattr(sound, "measure", meanwhile)
        prepare(row)
    assert (row.state, row.pieces) == ("coming", 3)
    row = prepare(finish(row))
    assert row.state == "ready" and "is_unfinished" not in row.details
    assert body_of(row.file) == TALK + b"\x00\x00" * 8000 and len(stored()) == 2


def test_it_does_nothing_for_what_was_removed(bring):
    row = finish(bring())
    Recording.objects.update(deleted_at=timezone.now())
    assert Preparing().due(9) == [] and prepare(row).state == "checking"


def test_it_wakes_the_transcripts_that_wait(bring, provider, editor, monkeypatch):
    row, woken = finish(bring()), []
    made = [
        Transcript.objects.create(team=editor.team, recording=row, provider=provider, model="m", key=state, state=state)
        for state in ("waiting", "ready")
    ]
    monkeypatch.setattr(preparing, "publish_follow_up", lambda kind, pk: woken.append((kind, pk)))
    prepare(row)
    assert woken == [(PARENT, made[0].pk)]


def test_it_is_prepared_where_the_storage_is_elsewhere(settings, bring):
    """No paths, no appending: as in a store of objects."""
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "apps.transcription.tests.elsewhere.Elsewhere"}}
    row = prepare(finish(bring()))
    assert (row.state, row.sentence) == ("ready", "")
    assert body_of(row.file) == TALK and body_of(row.listen)
    folder = f"recordings/{row.team_id}/{row.pk}"
    assert len(default_storage.listdir(folder)[1]) == 2 and default_storage.listdir(f"{folder}/pieces")[1] == []


def test_it_leaves_nothing_of_a_recording_that_goes(bring):
    row = prepare(finish(bring()))
    other = bring()
    row.file.storage.save(f"recordings/{row.team_id}/{row.pk}/pieces/stray", ContentFile(b"left by a kill"))
    remove_files_of(row)
    assert {path.parent.parent.name for path in stored()} == {str(other.pk)}
    remove_files_of(row)
