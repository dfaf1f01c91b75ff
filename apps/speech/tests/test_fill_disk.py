"""A take on a server without room, and what is stored for one: nothing that is there gets lost, and nothing stays when it goes."""

import datetime
import errno
import pathlib
import sys

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.urls import reverse
from django.utils import timezone

import sound
from apps.runs.executor import execute
from apps.runs.followups import work_now
from apps.runs.models import Run
from apps.runs.transitions import from_now
from apps.speech.holdings import SpeechHolding
from apps.speech.models import JOINING, PARENT, Speech, Take, folder_of
from apps.speech.tests.rows import make_speech

LONG = " ".join(f"This is sentence number {number} of the text." for number in range(30))
HOLDING = SpeechHolding()


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def partial(short_pieces, say, carry_out):
    """A take of three pieces, one of which has no sound yet."""
    say(text=LONG)
    take = Take.objects.get()
    work_now(PARENT, take.pk)
    Run.objects.filter(pk=take.pieces.get(number=2).run_id).update(status="failed", error={"sentence": "No."})
    (take,) = carry_out()
    assert take.state == "partial" and take.file
    return take


def stored_of(take):
    return [path for path in pathlib.Path(default_storage.location, folder_of(take)).rglob("*") if path.is_file()]


def is_full(*_all):
    raise OSError(errno.ENOSPC, "no room")


# --- Without room ------------------------------------------------------------------------------
@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")
def test_it_says_that_there_is_no_room_to_join(short_pieces, say, carry_out, as_editor, monkeypatch):
    join = sound.join
    say(text=LONG)
    with monkeypatch.context() as patched:
        patched.setattr(sound, "join", lambda paths, _target, format, **more: join(paths, pathlib.Path("/dev/full"), format, **more))
        (take,) = carry_out()
    assert take.state == "failed" and take.sentence.startswith("There is no room for the sound on this server.")
    assert not take.file and stored_of(take) == []
    as_editor.post(reverse("speech:again", args=[take.pk]))
    (take,) = carry_out()
    assert (take.state, take.sentence, Run.objects.count()) == ("ready", "", 3), "what was spoken is not asked for again"


def test_an_earlier_sound_stays_when_the_new_one_cannot_be_stored(partial, carry_out, as_editor, monkeypatch):
    before, sent = partial.file.name, Run.objects.count()
    with partial.file.open("rb") as file:
        content = file.read()
    as_editor.post(reverse("speech:again", args=[partial.pk]))
    work_now(PARENT, partial.pk)
    execute_queued()
    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "_save", is_full)
        work_now(JOINING, partial.pk)
    partial.refresh_from_db()
    assert "no room" in partial.sentence and partial.file.name == before
    heard = as_editor.get(reverse("speech:file", args=[partial.pk]))
    assert heard.status_code == 200 and b"".join(heard.streaming_content) == content
    as_editor.post(reverse("speech:again", args=[partial.pk]))
    (take,) = carry_out()
    assert take.state == "ready" and take.file.name != before and Run.objects.count() == sent + 1
    assert [path.name for path in stored_of(take)] == [take.file.name.rpartition("/")[2]], "the earlier one went when it was replaced"


def execute_queued():
    execute(list(Run.objects.filter(status="queued").values_list("pk", flat=True)))


# --- Removing ----------------------------------------------------------------------------------
def test_it_waits_for_the_worker_that_is_at_a_take(team, provider):
    take = make_speech(team, provider)
    Take.objects.update(lease_until=from_now(20))
    assert HOLDING.forget(team.pk, timezone.now(), 200) == 0
    assert Speech.objects.exists() and len(stored_of(take)) == 1
    Take.objects.update(lease_until=from_now(-1))
    assert HOLDING.forget(team.pk, timezone.now(), 200) == 1
    assert not Speech.objects.exists() and stored_of(take) == []


def test_it_empties_the_folder_of_each_take_and_no_other(team, provider):
    take, other = make_speech(team, provider), make_speech(team, provider)
    default_storage.save(f"{folder_of(take)}/stray", ContentFile(b"left by a kill"))
    Speech.objects.filter(pk=take.speech_id).update(deleted_at=timezone.now() - datetime.timedelta(days=31))
    assert HOLDING.tidy(200) == 1
    assert stored_of(take) == [] and not pathlib.Path(default_storage.location, folder_of(take)).exists()
    assert len(stored_of(other)) == 1
