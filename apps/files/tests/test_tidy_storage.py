"""Housekeeping takes folders that no row names, in a storage with folders and in one without; nothing that is somebody's."""

import contextlib
import datetime
import pathlib
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone

from apps.accounts.models import Team
from apps.core.ids import first_id_at
from apps.files import leftovers
from apps.files.holdings import FilesHolding
from apps.files.models import File
from apps.files.tests.brought import content_of
from apps.files.tests.rows import make_file

pytestmark = pytest.mark.django_db
OLD = first_id_at(timezone.now() - datetime.timedelta(days=2))


class Flat(FileSystemStorage):
    """As S3: what is not there is empty, and a folder is nothing that could be deleted."""

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with contextlib.suppress(FileNotFoundError):
            folders, files = super().listdir(path)
            return [name for name in folders if any(p.is_file() for p in pathlib.Path(self.path(f"{path}/{name}")).rglob("*"))], files
        return [], []

    def delete(self, name: str) -> None:
        if pathlib.Path(self.path(name)).is_file():
            super().delete(name)


@pytest.fixture(params=["django.core.files.storage.FileSystemStorage", "apps.files.tests.test_tidy_storage.Flat"], autouse=True)
def storage(request: pytest.FixtureRequest, settings: Any, tmp_path: pathlib.Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": request.param}}
    cache.delete(leftovers.MARK)


def left(team: Team, number: int, pieces: int = 2) -> str:
    """What a killed process has stored two days ago."""
    folder = f"files/{team.pk}/{type(OLD)(int=OLD.int + number)}"
    for piece in range(pieces):
        default_storage.save(f"{folder}/{piece:06}-x", ContentFile(b"left"))
    return folder


def is_there(folder: str) -> bool:
    try:
        return bool(default_storage.listdir(folder)[1])
    except FileNotFoundError:
        return False


def test_it_removes_folders_without_a_row(team: Team, other_team: Team) -> None:
    mine = make_file(team, b"kept", pk=type(OLD)(int=OLD.int + 7))
    fresh = make_file(team, b"fresh")
    File.objects.filter(pk=fresh.pk).delete()  # its row may still come
    odd = [default_storage.save(f"files/{team.pk}/{name}/x", ContentFile(b"not ours")) for name in ("notes", str(OLD).upper())]
    folders = [left(team, 1), left(other_team, 2)]
    assert FilesHolding().tidy(10) == 2
    assert not any(map(is_there, folders)) and all(map(default_storage.exists, odd))
    assert content_of(mine) == b"kept" and is_there(f"files/{team.pk}/{fresh.pk}")


def test_it_takes_a_few_at_a_time_and_goes_on_at_once(team: Team) -> None:
    folders = [left(team, number, pieces=1) for number in range(5)]
    assert [FilesHolding().tidy(2) for _round in range(3)] == [2, 2, 1]
    assert not any(map(is_there, folders))


def test_it_lists_the_storage_once_an_hour(team: Team) -> None:
    assert FilesHolding().tidy(10) == 0
    folder = left(team, 1)
    assert FilesHolding().tidy(10) == 0 and is_there(folder)
    cache.delete(leftovers.MARK)
    assert FilesHolding().tidy(10) == 1


def test_it_asks_for_many_at_once(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "AT_ONCE", 3)
    kept = [make_file(team, pk=type(OLD)(int=OLD.int + number)) for number in range(10, 17)]
    folders = [left(team, number, pieces=1) for number in range(20, 24)]
    assert FilesHolding().tidy(50) == 4
    assert not any(map(is_there, folders)) and all(content_of(file) for file in kept)


def test_it_has_nothing_to_do_in_an_empty_storage() -> None:
    assert FilesHolding().tidy(10) == 0
