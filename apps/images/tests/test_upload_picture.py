"""Bringing a picture: one with each request, judged by content; of what cannot be taken nothing is left anywhere."""

import io
import pathlib
import struct
import tempfile
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from apps.accounts.models import Membership, Role
from apps.images import upload_views
from apps.images.models import Picture
from apps.images.pictures.tests.drawing import PNG_MAGIC, chunk, file_of, picture, turned_file
from apps.images.tests.rows import large_png, upload_of

pytestmark = pytest.mark.django_db
URL = "/images/upload/"
SCRIPT = {"HX-Request": "true"}


def stored_files() -> set[pathlib.Path]:
    return {path for path in pathlib.Path(default_storage.location).rglob("*") if path.is_file()}


@pytest.fixture
def untouched(tmp_path, tmp_path_factory, monkeypatch, settings):
    """Fails when a file is left in the folder for uploads or in the storage, which is one of this test alone."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")
    yield tmp_path
    assert list(tmp_path.iterdir()) == []
    assert stored_files() == set()
    assert not Picture.objects.exists()


def test_it_is_kept_and_shown(as_editor, editor):
    answer = as_editor.post(URL, {"file": upload_of(picture((300, 200)), "A blue bowl.png")})
    row = Picture.objects.get()
    assert (answer.status_code, answer.url) == (303, reverse("images:picture", args=[row.pk]))
    assert (row.name, row.kind, row.person, row.width, row.height) == ("A blue bowl", "uploaded", editor.user, 300, 200)
    assert "A blue bowl" in as_editor.get("/images/").text
    with row.thumbnail.open() as small:
        assert Image.open(small).format == "WEBP"


def test_it_answers_a_script_with_the_new_square(as_editor):
    answer = as_editor.post(URL, {"file": upload_of(), "as": "square"}, headers=SCRIPT)
    row = Picture.objects.get()
    assert answer.status_code == 201 and "<html" not in answer.text
    assert answer.text.count("<li") == 1 and f'id="square-{row.pk}"' in answer.text


def test_it_answers_a_dialog_with_something_to_choose(as_editor):
    answer = as_editor.post(URL, {"file": upload_of(), "as": "choice"}, headers=SCRIPT)
    row = Picture.objects.get()
    assert answer.status_code == 201
    assert f'data-picture="{row.pk}" data-name="A blue bowl" data-thumbnail="/images/{row.pk}/thumbnail/"' in answer.text


def test_it_leads_on_to_changing_it(as_editor):
    answer = as_editor.post(URL, {"file": upload_of(), "next": "edit"})
    row = Picture.objects.get()
    assert answer.url == reverse("images:edit", args=[row.pk])
    answer = as_editor.post(URL, {"file": upload_of(), "next": "edit", "reference": str(row.pk)}, headers=SCRIPT)
    assert answer["HX-Redirect"].endswith(f"/edit/?reference={row.pk}")
    assert as_editor.post(URL, {"file": upload_of(), "next": "https://elsewhere.example/"}).url.startswith("/images/")


def test_it_keeps_no_position_and_stands_upright(as_editor):
    file = turned_file(picture((90, 40)), "JPEG", 6)
    as_editor.post(URL, {"file": SimpleUploadedFile("p.jpg", file.getvalue())})
    row = Picture.objects.get()
    assert (row.width, row.height) == (40, 90)
    with row.file.open() as kept:
        assert not Image.open(kept).getexif()


def test_it_leaves_no_temporary_file_of_a_large_one(as_editor, tmp_path, monkeypatch, settings):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    seen = []
    keep = upload_views.keep_upload
    monkeypatch.setattr(upload_views, "keep_upload", lambda *given: seen.extend(tmp_path.iterdir()) or keep(*given))
    assert as_editor.post(URL, {"file": SimpleUploadedFile("large.png", large_png().getvalue())}).status_code == 303
    assert len(seen) == 1 and list(tmp_path.iterdir()) == []


def bomb() -> bytes:
    """A few bytes that say they are 60,000 pixels wide and high."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0))
    return PNG_MAGIC + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND")


BAD = {
    "truncated": large_png().getvalue()[:3_000_000],
    "renamed text": b"These are words, and no picture. " * 100_000,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "page": b"<!doctype html><script>alert(1)</script>",
    "bomb": bomb(),
    "zero bytes": b"",
    "half a head": b"\x89PNG\r\n",
    "pdf": b"%PDF-1.7\n" + bytes(3_000_000),
}


@pytest.mark.parametrize("name", BAD)
def test_it_refuses_bad_files_with_one_sentence_and_leaves_nothing(as_editor, untouched, name):
    answer = as_editor.post(URL, {"file": SimpleUploadedFile("picture.png", BAD[name], "image/png")}, headers=SCRIPT)
    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    sentence = answer.text
    assert sentence.endswith(".") and 10 < len(sentence) < 200 and "\n" not in sentence
    assert not [word for word in ("Error", "Traceback", "/tmp", "<") if word in sentence]


@pytest.mark.parametrize("name", ["truncated", "zero bytes", "svg"])
def test_it_shows_the_same_sentence_without_scripts(as_editor, untouched, name):
    answer = as_editor.post(URL, {"file": SimpleUploadedFile("picture.png", BAD[name], "image/png"), "next": "edit"})
    told = as_editor.post(URL, {"file": SimpleUploadedFile("picture.png", BAD[name], "image/png")}, headers=SCRIPT).text
    assert answer.status_code == 422
    assert told in answer.text and 'role="alert"' in answer.text and 'name="next" value="edit"' in answer.text


def test_it_asks_for_a_file_when_there_is_none(as_editor, untouched):
    assert as_editor.post(URL, {}, headers=SCRIPT).text == "Choose a picture first."
    assert as_editor.post(URL, {"file": "a text"}, headers=SCRIPT).status_code == 422


def test_it_takes_a_name_with_nothing_of_it_that_harms(as_editor):
    """As some program may send it: a folder, a NUL, an override of direction, and far too long."""
    body = file_of(picture((9, 9))).getvalue()
    name = "..\\..\\etc/pa\x00ss\u202ewd" + "x" * 300 + ".png"
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
    answer = as_editor.post(URL, head.encode() + body + b"\r\n--b--\r\n", content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 303
    row = Picture.objects.get()
    assert row.name.startswith("passwdxxx") and len(row.name) <= 200
    assert str(row.pk) in str(row.file.name) and "passwd" not in str(row.file.name)


def test_it_says_in_a_form_what_is_taken(as_editor):
    page = as_editor.get(URL, {"next": "edit"}).text
    assert 'enctype="multipart/form-data"' in page and "up to 50.0\xa0MB" in page and 'value="edit"' in page


def test_readers_bring_nothing(client, viewer):
    client.force_login(viewer.user)
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"file": upload_of()}).status_code == 403
    assert not Picture.objects.exists()


def test_strangers_bring_nothing(client, untouched):
    assert client.post(URL, {"file": SimpleUploadedFile("p.png", large_png().getvalue())})["Location"].startswith("/sign-in/")


def test_it_comes_to_the_team_of_the_page(client, editor, other_team):
    Membership.objects.create(team=other_team, user=editor.user, role=Role.EDITOR)
    client.force_login(editor.user)
    client.post(URL, {"file": upload_of()}, headers={**SCRIPT, "X-Team": str(other_team.pk)})
    assert Picture.objects.get().team == other_team


def test_it_reads_each_part_only_as_a_picture(as_editor, untouched):
    """A picture with a page behind it stays a picture; a page with a picture behind it is none."""
    polyglot = b"<html><script>alert(1)</script>" + file_of(picture((9, 9))).getvalue()
    answer = as_editor.post(URL, {"file": SimpleUploadedFile("p.png", polyglot, "image/png")}, headers=SCRIPT)
    assert answer.status_code == 422


def test_nothing_behind_a_picture_is_kept(as_editor):
    body = io.BytesIO(file_of(picture((9, 9))).getvalue() + b"<script>alert(1)</script>")
    as_editor.post(URL, {"file": SimpleUploadedFile("p.png", body.getvalue(), "image/png")})
    with Picture.objects.get().file.open() as kept:
        assert b"script" not in kept.read()
