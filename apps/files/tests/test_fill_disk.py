"""A disk that is full while a file is fetched or copied: one clear sentence, nothing half kept, and it works once there is room."""

import errno
import pathlib
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Membership
from apps.files.models import LOOKING, Copy, File, Part, Piece, Remote
from apps.files.sending import delete_remote, fetch, send
from apps.files.tests.remote import PART, body_of, calls, content_of, drive, kept
from apps.providers.models import Provider
from apps.runs.followups import work_now
from apps.runs.models import Run, RunFile
from tests.loopback import Loopback

pytestmark = pytest.mark.django_db(transaction=True)
BODY = body_of(3 * PART + 1234)  # four stretches, 14 pieces
SAID = "There is no room for the result on this server. Ask who runs it to make some. Nothing was charged."


class Disk:
    """The storage takes so many files, half of the next one, and no more."""

    def __init__(self) -> None:
        self.room = 10**6


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: pathlib.Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    real, disk = FileSystemStorage._save, Disk()

    def save(self: FileSystemStorage, name: str, content: Any) -> str:
        if disk.room > 0:
            disk.room -= 1
            return str(real(self, name, content))
        real(self, name, ContentFile(content.read(content.size // 2)))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", save)
    return disk


@pytest.fixture
def passing(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[pathlib.Path]]]:
    """Files through which an answer goes on its way to the storage."""
    folder = tmp_path / "passing"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield lambda: [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def there(editor: Membership, provider: Provider, small: Loopback) -> File:
    """A file at the provider of which nothing is here."""
    sent = drive(send(editor, kept(editor, BODY, name="b.bin"), provider, "batch", None, "w"))
    identifier = sent.remote_id
    for piece in Piece.objects.all():
        default_storage.delete(str(piece.content.name))
    sent.delete()
    Run.objects.all().delete()
    fields = {"name": "b.bin", "size": len(BODY), "purpose": "batch", "remote": Remote.THERE, "added_at": timezone.now()}
    return File.objects.create(team=editor.team, provider=provider, remote_id=identifier, key="there", **fields)


def stored() -> list[pathlib.Path]:
    return [path for path in pathlib.Path(default_storage.location).rglob("*") if path.is_file()]


def is_nothing_kept(file: File) -> bool:
    assert (file.copy, file.remote, file.pieces, file.received) == (Copy.NONE, Remote.THERE, 0, 0)
    assert stored() == [] and not Piece.objects.exists() and not Part.objects.exists() and not RunFile.objects.exists()
    return True


@pytest.mark.parametrize("room", [0, 1, 6, 13], ids=["the first piece", "the second", "in the middle", "the last"])
def test_what_is_fetched_onto_a_full_storage_is_let_go(
    editor: Membership, as_editor: Any, there: File, disk: Disk, passing: Callable[[], list[pathlib.Path]], room: int
) -> None:
    disk.room = room
    file = drive(fetch(editor, there))
    assert is_nothing_kept(file) and passing() == []
    assert file.sentence == SAID
    assert "There is no room for the result on this server." in as_editor.get(reverse("files:list")).content.decode()
    asked = calls(file, "files.fetch")
    assert calls(drive(file), "files.fetch") == asked, "it was asked for again by itself"
    disk.room = 100
    file = drive(fetch(editor, file))
    assert (file.copy, file.sentence, content_of(file) == BODY) == (Copy.LOOKING, "", True)
    assert len(stored()) == file.pieces == 14


def test_what_does_not_fit_on_its_way_to_the_storage_is_let_go(
    editor: Membership, there: File, passing: Callable[[], list[pathlib.Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk of temporary files, which may be another one."""
    real = pathlib.Path.open

    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def write(self, _data: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_error: object) -> None:
            self.file.close()

    def opened(self: pathlib.Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        file = real(self, mode, *args, **kwargs)
        return Full(file) if str(self).startswith(str(tempfile.tempdir)) and mode[0] in "wxa" else file

    with monkeypatch.context() as patched:
        patched.setattr(pathlib.Path, "open", opened)
        file = drive(fetch(editor, there))
    assert is_nothing_kept(file) and passing() == []
    assert file.sentence == SAID
    assert drive(fetch(editor, file)).copy == Copy.LOOKING


def test_a_copy_for_another_provider_that_does_not_fit_leaves_the_file_as_it_was(
    editor: Membership, as_editor: Any, provider: Provider, small: Loopback, disk: Disk
) -> None:
    """What lies at a provider already is copied to a row of its own by a worker. One that has no room goes, and the first one says why."""
    file = drive(send(editor, kept(editor, BODY), provider, "batch", None, "w"))
    before = sorted(stored())
    disk.room = 3
    assert copied(as_editor, file, provider, "again").deleted_at is not None
    assert sorted(stored()) == before
    file.refresh_from_db()
    assert file.remote == Remote.THERE and "room" in file.sentence
    disk.room = 100
    assert copied(as_editor, file, provider, "once-more").remote == Remote.THERE
    assert len(stored()) == 2 * len(before)


def copied(client: Any, file: File, provider: Provider, key: str) -> File:
    """What becomes of the copy that a person sends."""
    wish = {"provider": str(provider.pk), "purpose": "user_data", "lifetime": "", "key": key}
    client.post(reverse("files:send", args=[file.pk]), wish, headers={"HX-Request": "true"})
    made = File.objects.latest("pk")
    work_now(LOOKING, made.pk)
    return drive(File.objects.get(pk=made.pk))


def test_what_was_fetched_before_stays_when_another_does_not_fit(
    editor: Membership, there: File, provider: Provider, small: Loopback, disk: Disk
) -> None:
    first = drive(fetch(editor, there))
    second = drive(send(editor, kept(editor, BODY[:PART], name="c.jsonl"), provider, "batch", None, "c"))
    delete_remote(editor, [second])
    second = drive(second)
    assert second.remote == Remote.NONE
    disk.room = 0
    again = drive(send(editor, second, provider, "batch", None, "d"))
    assert (again.remote, content_of(first) == BODY) == (Remote.THERE, True), "sending needs no room"
