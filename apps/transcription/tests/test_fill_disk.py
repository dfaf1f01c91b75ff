"""No room while a recording is prepared: that is no fault of the recording, which waits until there is some."""

import errno
import pathlib
import sys

import pytest
from django.core.files.storage import FileSystemStorage

import sound
from apps.transcription.models import Recording
from apps.transcription.preparing import MOST_TRIES, Preparing
from apps.transcription.recordings import finish
from apps.transcription.tests import test_prepare_recording as prepares

pytestmark = pytest.mark.django_db(transaction=True)  # leases are renewed by threads
own_storage, bring = prepares.own_storage, prepares.bring
prepare, stored, body_of, TALK = prepares.prepare, prepares.stored, prepares.body_of, prepares.TALK


@pytest.fixture
def no_room_to_write(monkeypatch):
    """The child that writes the copy to listen to has no room for it."""
    if sys.platform != "linux":
        pytest.skip("/dev/full is Linux")
    make = sound.make_listenable
    monkeypatch.setattr(sound, "make_listenable", lambda path, _target: make(path, pathlib.Path("/dev/full")))


@pytest.fixture
def no_room_to_keep(monkeypatch):
    """The copy was written, and the storage has no room for it."""
    save = FileSystemStorage._save

    def refuse(storage, name, content):
        if "/listen-" in name:
            raise OSError(errno.ENOSPC, "no room")
        return save(storage, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", refuse)


@pytest.mark.parametrize("reason", ["no_room_to_write", "no_room_to_keep"])
def test_it_waits_for_room_for_the_copy_to_listen_to(bring, request, monkeypatch, reason):
    row = finish(bring())
    request.getfixturevalue(reason)
    for _time in range(MOST_TRIES + 1):
        prepare(row)
        assert row.state == "checking" and row.sentence.startswith("The disk of the server is full.")
        assert Preparing().due(9) == [row.pk]
    assert [path.name for path in stored()] == [pathlib.Path(row.file.name).name], "what came is kept, and of the copy nothing"
    monkeypatch.undo()
    prepare(row)
    assert (row.state, row.sentence) == ("ready", "")
    assert body_of(row.file) == TALK and body_of(row.listen) and len(stored()) == 2
    assert "tries" not in Recording.objects.get(pk=row.pk).details
