"""Our copy on its way to a disk: whole, in stretches, several as a ZIP file; and why there is none."""

import io
import zipfile

import pytest

from apps.accounts.models import AuditEntry
from apps.core.storing import remove
from apps.files.downloads import zip_of
from apps.files.tests.rows import make_file, make_remote

pytestmark = pytest.mark.django_db
BODY = bytes(range(256)) * 10
HOSTILE = b"<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def small_pieces(settings, tmp_path):
    settings.FILE_PIECE_BYTES = 1000
    settings.MEDIA_ROOT = tmp_path


def bytes_of(response):
    return b"".join(response)


def test_it_is_the_same_bytes_to_keep(as_editor, team):
    file = make_file(team, BODY, name='a"b\u202e.jsonl')
    response = as_editor.get(f"/files/{file.pk}/content/")
    assert bytes_of(response) == BODY and response["Content-Length"] == str(len(BODY))
    assert response["Content-Disposition"].startswith("attachment") and response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "start", "end"), [("bytes=0-9", 0, 10), ("bytes=990-1010", 990, 1011), ("bytes=2500-", 2500, 2560), ("bytes=-5", 2555, 2560)]
)
def test_a_stretch_of_it_goes_over_the_edges_of_pieces(as_editor, team, asked, start, end):
    file = make_file(team, BODY)
    response = as_editor.get(f"/files/{file.pk}/content/", headers={"Range": asked})
    assert response.status_code == 206 and bytes_of(response) == BODY[start:end]
    assert response["Content-Range"] == f"bytes {start}-{end - 1}/{len(BODY)}"


def test_a_stretch_that_is_not_there_and_heads_alone(as_editor, team):
    file = make_file(team, BODY)
    address = f"/files/{file.pk}/content/"
    assert as_editor.get(address, headers={"Range": "bytes=9000-"}).status_code == 416
    head = as_editor.head(address)
    assert head["Content-Length"] == str(len(BODY)) and not head.content
    part = as_editor.get(address, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert part.status_code == 200 and bytes_of(part) == BODY


def test_nothing_is_shown_in_place_that_could_act(as_editor, team):
    page = make_file(team, HOSTILE, name="page.html", content_type="text/html")
    response = as_editor.get(f"/files/{page.pk}/content/?show")
    assert response["Content-Disposition"].startswith("attachment") and response["Content-Type"] == "application/octet-stream"
    picture = make_file(team, HOSTILE, name="a.png", content_type="image/png")
    response = as_editor.get(f"/files/{picture.pk}/content/?show")
    assert response["Content-Disposition"].startswith("inline") and "sandbox" in response["Content-Security-Policy"]


def test_without_a_copy_its_page_says_why(as_editor, team, other_team, provider):
    there = make_remote(team, provider)
    page = as_editor.get(f"/files/{there.pk}/content/")
    assert page.status_code == 404 and "It lies at Loopback: fetch it from there first." in page.content.decode()
    assert as_editor.get(f"/files/{make_file(other_team).pk}/content/").status_code == 404


def test_what_the_storage_has_lost_is_not_there(as_editor, team):
    file = make_file(team, BODY)
    remove(file.kept_pieces.first().content)
    assert as_editor.get(f"/files/{file.pk}/content/").status_code == 404


def test_several_come_as_one_zip_under_names_of_their_own(as_editor, team, provider):
    files = [make_file(team, BODY, name="A.jsonl"), make_file(team, b"x", name="a.jsonl"), make_remote(team, provider, name="There.jsonl")]
    response = as_editor.post("/files/zip/", {"file": [str(file.pk) for file in files]})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(zip_of(files).chunks)))
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    assert archive.read("A.jsonl") == BODY and archive.read("a 2.jsonl") == b"x"
    assert "There.jsonl" in archive.read("Missing.txt").decode() and len(archive.namelist()) == 3
    assert AuditEntry.objects.get().act == "data.exported"


def test_a_zip_of_nothing_says_what_to_do(as_editor, team, provider):
    page = as_editor.post("/files/zip/", {"file": str(make_remote(team, provider).pk)}, follow=True).content.decode()
    assert "None of these is on this server." in page
    assert "Choose a file first." in as_editor.post("/files/zip/", follow=True).content.decode()
