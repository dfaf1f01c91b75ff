"""The first page: what waits, what was made, names, removing and bringing back; who sees it and who acts."""

import datetime
import uuid

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.transcription.listing import ON_A_PAGE
from apps.transcription.models import Recording, Transcript
from tests.belongings import make_recording

pytestmark = pytest.mark.django_db
URL = "/transcribe/"
PART = {"HX-Request": "true"}


@pytest.fixture
def transcribed(team, provider, editor):
    """Recordings with a transcript each, the last one made last."""

    def make(*names, **fields):
        rows = [make_recording(team, name=name, person=editor.user) for name in names]
        facts = {"team": team, "provider": provider, "person": editor.user, "model": "whisper-tones", "model_label": "Whisper", **fields}
        facts.setdefault("state", "ready")
        return [Transcript.objects.create(recording=row, key=uuid.uuid4().hex, **facts) for row in rows]

    return make


def line_of(page, row):
    """The words of the line of one recording."""
    return page.text.split(f'id="recording-{row.pk}"')[1].split("</li>")[0]


def test_it_shows_what_waits_and_not_what_was_made(as_editor, team, transcribed):
    waiting = make_recording(team, name="Interview.mp3", seconds=1122.4, size=17_930_000)
    transcribed("Meeting.mp3")
    page = as_editor.get(URL)
    line = line_of(page, waiting)
    assert "Interview.mp3" in line and "18:42" in line and "17.1\u00a0MB" in line and "Ready" in line
    assert f'name="recordings" value="{waiting.pk}"' in line
    assert page.text.count("data-recording=") == 1 and "Meeting.mp3" in page.text.split('id="made"')[1]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "coming", "expected": 38 * 1024**2, "received": 24 * 1024**2 + 5}, "24 of 38 MB"),
        ({"state": "coming", "kind": "recorded", "received": 9}, "Being recorded"),
        ({"state": "checking"}, "Being checked"),
        ({"state": "unusable", "sentence": "There is no sound in this file."}, "There is no sound in this file."),
        ({"details": {"is_silent": True}, "sentence": "Nothing can be heard in it."}, "Nothing can be heard in it."),
        ({"details": {"is_unfinished": True}, "kind": "recorded"}, "Unfinished recording, kept: 1:24"),
        ({"sentence": "The file ends early. What is there can be used."}, "The file ends early."),
    ],
)
def test_it_says_in_words_how_far_it_is(as_editor, team, fields, words):
    row = make_recording(team, **fields)
    line = line_of(as_editor.get(URL), row)
    assert words in line
    is_usable = row.state == "ready" and "is_silent" not in row.details
    assert ('name="recordings"' in line) == is_usable


def test_it_says_how_an_upload_goes_on_that_broke_off(as_editor, team):
    row = make_recording(team, state="coming", expected=38 * 1024**2, received=24 * 1024**2)
    Recording.objects.update(touched_at=timezone.now() - datetime.timedelta(minutes=1))
    line = line_of(as_editor.get(URL), row)
    assert "Stopped at 24 of 38 MB" in line and "Choose the same file again" in line


def test_it_chooses_what_one_has_brought_oneself(as_editor, team, editor, make_member):
    own, others = make_recording(team, person=editor.user), make_recording(team, person=make_member(team).user)
    page = as_editor.get(URL)
    assert " checked" in line_of(page, own) and " checked" not in line_of(page, others)
    assert str(others.person) in line_of(page, others)


def test_it_brings_a_line_anew_until_it_is_ready(as_editor, team):
    row = make_recording(team, state="checking")
    answer = as_editor.get(f"{URL}recordings/{row.pk}/", headers=PART)
    assert "<html" not in answer.text and 'hx-trigger="every 2s"' in answer.text
    Recording.objects.update(state="ready")
    answer = as_editor.get(f"{URL}recordings/{row.pk}/", headers=PART)
    assert "hx-get" not in answer.text
    assert as_editor.get(f"{URL}recordings/{row.pk}/").url == f"{URL}#recording-{row.pk}"


def test_it_finds_transcripts_by_the_name_of_the_recording(as_editor, transcribed):
    transcribed("Café owner.mp3", "Meeting in May.mp3")
    page = as_editor.get(URL, {"q": "MEETING"})
    assert "Meeting in May.mp3" in page.text and "Café owner.mp3" not in page.text
    part = as_editor.get(URL, {"q": "nobody"}, headers={**PART, "HX-Target": "made"})
    assert "<html" not in part.text and "No recording is called “nobody”." in part.text


def test_it_says_what_became_of_a_transcript(as_editor, transcribed):
    transcribed("One", state="working")
    transcribed("Two", state="partial")
    transcribed("Three", state="failed", sentence="The key was refused.")
    transcribed("Four", is_edited=True)
    made = as_editor.get(URL).text.split('id="made"')[1]
    for words in ("Working", "Incomplete", "Failed", "The key was refused.", "Corrected", "Whisper"):
        assert words in made


def test_it_shows_a_page_and_goes_on_behind_it(as_editor, transcribed):
    made = transcribed(*[f"Talk {number:03}" for number in range(ON_A_PAGE + 3)])
    first = as_editor.get(URL)
    assert first.text.count("Talk 0") == ON_A_PAGE and "Talk 052" in first.text and "Talk 002" not in first.text
    after = f"{URL}?after={made[3].pk}"
    assert f'hx-get="{after}"' in first.text
    more = as_editor.get(after, headers={**PART, "HX-Target": "more-made"})
    assert more.text.count("<tr>") == 3 and "Show more" not in more.text and "<table" not in more.text


def test_it_goes_on_behind_what_waits(as_editor, team):
    rows = [make_recording(team, name=f"Talk {number:03}") for number in range(ON_A_PAGE + 1)]
    after = f"{URL}?waiting={rows[1].pk}"
    assert f'hx-get="{after}"' in as_editor.get(URL).text
    more = as_editor.get(after, headers={**PART, "HX-Target": "more-waiting"})
    assert more.text.count("data-recording=") == 1 and "Talk 000" in more.text


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": "\x00"}, {"waiting": "%"}, {"q": "\x00" * 500}, {"q": "%_'\""}])
def test_it_survives_any_address(as_editor, query):
    assert as_editor.get(URL, query).status_code == 200


def test_it_asks_the_database_as_often_for_many_as_for_one(as_editor, team, transcribed, django_assert_num_queries, editor):
    make_recording(team, person=editor.user)
    transcribed("One")
    as_editor.get(URL)
    with CaptureQueriesContext(connection) as few:
        as_editor.get(URL)
    for _number in range(9):
        make_recording(team, person=editor.user)
    transcribed(*"abcdefg")
    with django_assert_num_queries(len(few)):
        as_editor.get(URL)


def test_it_can_be_called_otherwise(as_editor, team):
    row = make_recording(team, name="Old")
    answer = as_editor.post(f"{URL}recordings/{row.pk}/rename/", {"name": "  The <b>new</b>\nname "}, headers=PART)
    assert "The &lt;b&gt;new&lt;/b&gt; name" in answer.text
    assert as_editor.post(f"{URL}recordings/{row.pk}/rename/", {"name": " \n "}).status_code == 303
    assert Recording.objects.get().name == "The <b>new</b> name"


def test_it_is_removed_and_brought_back(as_editor, team):
    row = make_recording(team, name="Talk")
    answer = as_editor.post(f"{URL}recordings/{row.pk}/delete/", headers=PART)
    assert "Talk was deleted" in answer.text and "Undo" in answer.text
    assert "data-recording=" not in as_editor.get(URL).text
    assert as_editor.post(f"{URL}recordings/{row.pk}/restore/").url == f"{URL}#recording-{row.pk}"
    assert "data-recording=" in as_editor.get(URL).text
    assert [entry.act for entry in AuditEntry.objects.order_by("pk")] == ["data.deleted", "data.restored"]
    assert "Talk" not in str([entry.details for entry in AuditEntry.objects.all()]), "the audit outlives names"


def test_it_says_undo_on_the_next_page_without_scripts(as_editor, team):
    row = make_recording(team, name="Talk")
    page = as_editor.post(f"{URL}recordings/{row.pk}/delete/", follow=True)
    assert "Talk was deleted" in page.text and f"{row.pk}/restore/" in page.text


def test_it_lets_viewers_see_and_listen_only(client, viewer, team):
    row = make_recording(team, name="Talk")
    client.force_login(viewer.user)
    page = client.get(URL)
    assert "Talk" in page.text and "Listen to Talk" in page.text
    for word in ("sound-upload", 'id="recorder"', 'name="recordings"', "rec-menu", "recorder.js"):
        assert word not in page.text
    assert client.get(f"{URL}recordings/{row.pk}/sound/").status_code == 200
    for act in ("rename", "delete", "restore"):
        assert client.post(f"{URL}recordings/{row.pk}/{act}/").status_code == 403


def test_it_hides_recordings_of_other_teams(as_editor, other_team):
    row = make_recording(other_team, name="Theirs")
    assert "Theirs" not in as_editor.get(URL).text
    for act in ("", "sound/"):
        assert as_editor.get(f"{URL}recordings/{row.pk}/{act}").status_code == 404
    for act in ("rename", "delete", "restore", "finish"):
        assert as_editor.post(f"{URL}recordings/{row.pk}/{act}/").status_code == 404


def test_it_hides_what_was_there_when_everything_was_deleted(as_editor, team):
    row = make_recording(team, name="Talk", days=1)
    team.erase_before = timezone.now()
    team.save()
    assert "data-recording=" not in as_editor.get(URL).text
    assert as_editor.get(f"{URL}recordings/{row.pk}/sound/").status_code == 404


# --- Listening ---------------------------------------------------------------------------------
def test_it_plays_from_the_middle(as_editor, team):
    row = make_recording(team, name="Talk", file=bytes(range(200)))
    answer = as_editor.get(f"{URL}recordings/{row.pk}/sound/", headers={"Range": "bytes=50-59"})
    assert (answer.status_code, answer["Content-Range"], answer["Content-Type"]) == (206, "bytes 50-59/200", "audio/mpeg")
    assert answer.getvalue() == bytes(range(50, 60))
    assert answer["Content-Disposition"].startswith('inline; filename="Talk.mp3"') and "sandbox" in answer["Content-Security-Policy"]
    head = as_editor.head(f"{URL}recordings/{row.pk}/sound/")
    assert (head.status_code, head["Content-Length"], head["Accept-Ranges"]) == (200, "200", "bytes")


def test_it_plays_the_copy_and_keeps_the_original(as_editor, team):
    row = make_recording(team, name="Film", content_type="video/quicktime", file=b"film")
    row.listen.save("listen-1", ContentFile(b"copy"), save=False)
    row.listen_type = "audio/mpeg"
    row.save()
    copy = as_editor.get(f"{URL}recordings/{row.pk}/sound/")
    assert (copy.getvalue(), copy["Content-Type"]) == (b"copy", "audio/mpeg")
    original = as_editor.get(f"{URL}recordings/{row.pk}/sound/?original")
    assert (original.getvalue(), original["Content-Type"]) == (b"film", "application/octet-stream")
    assert original["Content-Disposition"].startswith('attachment; filename="Film"')


def test_it_has_no_sound_while_it_is_coming(as_editor, team):
    row = Recording.objects.create(team=team, kind="uploaded", key="k", expected=5)
    assert as_editor.get(f"{URL}recordings/{row.pk}/sound/").status_code == 204


def test_it_needs_the_token_of_a_form_for_pieces(editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor.user)
    row = Recording.objects.create(team=editor.team, kind="recorded", key="k")
    answer = client.generic("POST", f"{URL}recordings/{row.pk}/pieces/0/", b"sound", content_type="application/octet-stream")
    assert answer.status_code == 403 and Recording.objects.get().pieces == 0
