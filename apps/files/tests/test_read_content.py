"""Our copy of a file in pieces: written, read as one, read from any byte, and nothing left of what failed."""

import io
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from apps.accounts.models import Team
from apps.core.storing import DiskFull
from apps.files.content import opened, pieces_of, write_whole, writing
from apps.files.models import File, Piece, folder_of

pytestmark = pytest.mark.django_db
BODY = bytes(range(251)) * 3


@pytest.fixture
def file(team: Team, settings: Any) -> File:
    settings.FILE_PIECE_BYTES = 100
    return File.objects.create(team=team, name="a.bin", key="k", added_at=timezone.now())


def stored(file: File) -> list[str]:
    folder = pathlib.Path(django_settings.MEDIA_ROOT) / folder_of(file)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_it_reads_what_was_written(file: File) -> None:
    pieces = write_whole(file, [BODY[:10], BODY[10:350], BODY[350:]])
    Piece.objects.bulk_create(pieces)
    assert [piece.size for piece in pieces] == [100] * 7 + [53]
    with opened(file) as source:
        assert source.read() == BODY


@pytest.mark.parametrize("start", [0, 1, 99, 100, 101, 399, 700, 752, 753, 900])
def test_it_reads_from_any_byte(file: File, start: int) -> None:
    Piece.objects.bulk_create(write_whole(file, [BODY]))
    with opened(file) as source:
        source.seek(start)
        assert source.read(120) == BODY[start : start + 120]
        source.seek(-5, io.SEEK_END)
        assert source.read() == BODY[-5:]


def test_it_knows_the_pieces_of_a_stretch(file: File) -> None:
    Piece.objects.bulk_create(write_whole(file, [BODY]))
    assert [piece.number for piece in pieces_of(file, 200, 150)] == [2, 3]
    assert [piece.number for piece in pieces_of(file, 600)] == [6, 7]
    assert len(pieces_of(file)) == 8


def test_it_leaves_nothing_of_what_broke_off(file: File) -> None:
    def chunks() -> Iterator[bytes]:
        yield BODY
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        write_whole(file, chunks())
    assert stored(file) == []


def test_it_leaves_nothing_on_a_full_disk(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.files import content

    real, calls = content.stored_piece, []

    def full_at_the_third(*args: Any) -> Piece:
        calls.append(args)
        if len(calls) == 3:
            raise DiskFull
        return real(*args)

    monkeypatch.setattr(content, "stored_piece", full_at_the_third)
    with pytest.raises(DiskFull), writing(file) as writer:
        writer.write(BODY)
    assert stored(file) == []


def test_it_says_that_the_storage_lost_a_piece(file: File) -> None:
    Piece.objects.bulk_create(write_whole(file, [BODY]))
    lost = Piece.objects.get(file=file, number=3)
    lost.content.storage.delete(lost.content.name)
    with pytest.raises(FileNotFoundError), opened(file) as source:
        source.read()
