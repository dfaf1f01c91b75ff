"""What a worker finds of a file that came: its kind, what is worth knowing, a small picture. Nothing that a stranger brings stops it."""

import hashlib
import io
import uuid
import wave
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db.models import F
from PIL import Image

from apps.accounts.models import Team
from apps.core.storing import DiskFull
from apps.files import examining
from apps.files.looking import Looking, Watch
from apps.files.models import Copy, File, Kind, Piece, folder_of
from apps.files.tests.brought import bring, look, looked_at
from apps.runs.transitions import from_now

pytestmark = pytest.mark.django_db
CSV = b"question,answer\nIs the bowl oven safe?,Yes\nAnd the plate?,No\n"


def picture(size: tuple[int, int] = (600, 300), format: str = "PNG", **how: Any) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", size, (30, 90, 80)).save(body, format, **how)
    return body.getvalue()


def sound_of(seconds: float) -> bytes:
    body = io.BytesIO()
    with wave.open(body, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x10\x20" * int(8000 * seconds))
    return body.getvalue()


def test_it_looks_at_a_picture(team: Team) -> None:
    body = picture()
    file = looked_at(team, "shelf.txt", body)
    assert (file.copy, file.kind, file.content_type) == (Copy.READY, Kind.PICTURE, "image/png")
    assert (file.details["width"], file.details["height"]) == (600, 300)
    assert file.md5 == hashlib.md5(body, usedforsecurity=False).hexdigest()
    assert file.flaws is None
    with file.thumbnail.open("rb") as thumbnail, Image.open(thumbnail) as small:
        assert small.format == "WEBP"
        assert small.size == (600, 300)


def test_it_measures_a_photo_as_a_person_sees_it(team: Team) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = looked_at(team, "phone.jpg", picture((400, 200), "JPEG", exif=exif))
    assert (file.details["width"], file.details["height"]) == (200, 400)


def test_it_looks_at_a_pdf(team: Team) -> None:
    body = io.BytesIO()
    pages = [Image.new("RGB", (200, 280), "white") for _page in range(3)]
    pages[0].save(body, "PDF", save_all=True, append_images=pages[1:])
    file = looked_at(team, "handbook", body.getvalue())
    assert (file.kind, file.details["pages"], file.content_type) == (Kind.PDF, 3, "application/pdf")
    assert file.thumbnail


def test_it_hears_how_long_a_sound_is(team: Team) -> None:
    file = looked_at(team, "interview.bin", sound_of(2.5))
    assert (file.kind, file.content_type) == (Kind.SOUND, "audio/wav")
    assert file.details["seconds"] == pytest.approx(2.5)


def test_it_counts_a_table(team: Team) -> None:
    file = looked_at(team, "replies.csv", CSV)
    assert (file.kind, file.details["rows"], file.details["columns"]) == (Kind.TABLE, 2, 2)


def test_it_counts_the_lines_of_a_text(team: Team) -> None:
    file = looked_at(team, "notes.md", b"# Glaze\n\nCobalt blue\n")
    assert (file.kind, file.details["lines"]) == (Kind.TEXT, 3)


@pytest.mark.parametrize(
    ("name", "body", "kind", "words"),
    [
        (
            "bomb.png",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x02\x00\x00\x00" + bytes(200),
            Kind.OTHER,
            "damaged",
        ),
        ("cut.png", picture()[:200], Kind.OTHER, "damaged"),
        ("cut.jpg", picture(format="JPEG")[:400], Kind.OTHER, "damaged"),
        ("not.pdf", b"%PDF-1.7\n" + b"1 0 obj << /Pages 1 0 R >> " * 500, Kind.OTHER, "damaged"),
        ("deep.pdf", b"%PDF-1.4\n" + b"[" * 200_000, Kind.OTHER, "damaged"),
        ("not.mp3", b"ID3" + bytes(range(256)) * 50, Kind.OTHER, "nothing could be read"),
        ("not.wav", b"RIFF\xff\xff\xff\xffWAVEfmt " + bytes(100), Kind.OTHER, "nothing could be read"),
        ("not.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 9, Kind.OTHER, "nothing could be read"),
        ("zip.csv", b"PK\x03\x04" + bytes(range(256)) * 9, Kind.OTHER, "cannot be shown"),
        ("quote.csv", b'a,b\n"' + b"x\n" * 90_000, Kind.TABLE, "Row 2"),
        ("wide.csv", b"," * 200_000 + b"\n1,2\n", Kind.TABLE, ""),
        ("nul.txt", b"\x00" * 5_000, Kind.OTHER, "cannot be shown"),
        ("half.jsonl", b"\xff\xfe" * 3_001, Kind.JSONL, ""),
        ("deep.jsonl", b"[" * 100_000 + b"\n", Kind.JSONL, ""),
        ("one.jsonl", b'{"messages": ' + b'"' + b"x" * 900_000, Kind.JSONL, ""),
        ("numbers.jsonl", b'{"a": ' + b"9" * 100_000 + b"}\n", Kind.JSONL, ""),
        ("surrogate.jsonl", b'{"messages": [{"role": "\\ud800", "content": "\\udfff"}]}\n', Kind.JSONL, ""),
    ],
)
def test_it_gets_ready_whatever_is_in_it(team: Team, as_editor: Any, name: str, body: bytes, kind: Kind, words: str) -> None:
    file = looked_at(team, name, body)
    assert file.copy == Copy.READY
    assert file.md5 == hashlib.md5(body, usedforsecurity=False).hexdigest()
    assert set(file.details) & {"looked", "of", "tries"} == set()
    assert as_editor.get(f"/files/{file.pk}/preview/").status_code == 200
    assert as_editor.get(f"/files/{file.pk}/check/").status_code == 200
    assert (file.kind, words in file.details.get("note", "")) == (kind, True), file.details
    assert bool(file.flaws) == (kind == Kind.JSONL)
    if words:
        assert words in as_editor.get(f"/files/{file.pk}/preview/").text


def test_it_refuses_a_picture_of_far_too_many_pixels_with_a_sentence(team: Team) -> None:
    file = looked_at(team, "wide.png", picture((17_000, 1)))
    assert (file.kind, file.thumbnail.name) == (Kind.PICTURE, "")
    assert "too many pixels" in file.details["note"]


def test_it_looks_once_and_tells_whoever_sends(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, uuid.UUID]] = []
    monkeypatch.setattr("apps.files.looking.publish_follow_up", lambda kind, pk: told.append((kind, pk)))
    file = looked_at(team, "a.csv", CSV)
    look(file)
    assert told == [("file", file.pk)]


def test_it_leaves_what_was_deleted_alone(team: Team) -> None:
    file = bring(team, "a.csv", CSV, deleted_at="2026-01-01T00:00:00Z")
    assert look(file).copy == Copy.LOOKING
    assert file.pk not in Looking().due(10)


def test_it_stops_when_it_is_deleted_meanwhile(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    file = bring(team, "shelf.png", picture())
    real = examining.examine

    def deleting(row: File, told: Any) -> Any:
        found = real(row, told)
        File.objects.filter(pk=row.pk).update(deleted_at="2026-01-01T00:00:00Z")
        return found

    monkeypatch.setattr(examining, "examine", deleting)
    after = look(file)
    assert (after.copy, after.md5, after.thumbnail.name) == (Copy.LOOKING, "", "")
    assert not [name for name in default_storage.listdir(folder_of(file))[1] if name.startswith("thumbnail")]


def test_it_is_taken_by_the_next_worker_and_given_up_after_some(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    file = bring(team, "a.csv", CSV)
    monkeypatch.setattr(examining, "examine", lambda *_args: (_ for _ in ()).throw(RuntimeError("killed")))
    for _kill in range(3):
        assert file.pk in Looking().due(10)
        with pytest.raises(RuntimeError):
            look(file)
    after = look(file)
    assert (after.copy, after.kind) == (Copy.READY, Kind.OTHER)
    assert "could not be looked into" in after.details["note"]


def test_it_says_that_the_content_is_gone(team: Team) -> None:
    file = bring(team, "a.csv", CSV)
    piece = Piece.objects.get(file=file)
    piece.content.storage.delete(piece.content.name)
    after = look(file)
    assert after.copy == Copy.READY
    assert "not on this server any more" in after.details["note"]


def test_it_needs_no_room_to_be_ready(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any) -> None:
        raise DiskFull

    monkeypatch.setattr(examining, "store", full)
    file = looked_at(team, "shelf.png", picture())
    assert (file.copy, file.kind) == (Copy.READY, Kind.PICTURE)
    assert "no room" in file.details["note"]


def test_it_tells_how_far_it_is(team: Team, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.FILE_PIECE_BYTES = 1000
    monkeypatch.setattr("apps.files.looking.TELL_SECONDS", 0.0)
    seen: list[Any] = []
    real = Watch.write

    def noting(self: Watch, **fields: Any) -> None:
        real(self, **fields)
        seen.append(fields.get("details", {}).get("looked"))

    monkeypatch.setattr(Watch, "write", noting)
    file = looked_at(team, "notes.txt", b"Cobalt\n" * 1000)
    assert 7000 in seen
    assert file.copy == Copy.READY
    assert "looked" not in file.details


def test_it_leaves_a_row_that_another_worker_holds(team: Team) -> None:
    file = bring(team, "a.csv", CSV)
    File.objects.filter(pk=file.pk).update(lease_until=from_now(60), lease_token=uuid.uuid4())
    assert look(file).copy == Copy.LOOKING
    assert file.pk not in Looking().due(10)
    File.objects.filter(pk=file.pk).update(lease_until=F("added_at"))
    assert look(file).copy == Copy.READY
