"""The errors that belong to other pages than Chat: pictures, recordings, lines of a file."""

import html
import re

import pytest
from django.urls import reverse

from apps.files.tests.brought import looked_at
from apps.files.tests.test_check_lines import BROKEN
from apps.providers.keys import encrypt
from apps.providers.models import Model, ModelFact
from apps.runs.executor import execute
from apps.runs.models import Run
from apps.transcription.tests.rows import keep_recording
from gateway import origin_of
from tests.errors.reading import follow, note_on, page_at, words
from tests.loopback.picture_models import BLOCKED
from tests.loopback.sound_models import WHISPER

pytestmark = pytest.mark.django_db(transaction=True)
WISH = "A very long wish. " * 300
MEGABYTE = 1024 * 1024


@pytest.fixture
def paid(provider):
    """With a key, as a provider that is paid has."""
    provider.dialect, provider.key, provider.key_origin = "openai", encrypt("sk-loop"), origin_of(provider.base_url)
    provider.endpoints = {name: {"state": "works"} for name in ("chat", "images.generate", "transcription")}
    provider.save()
    return provider


def test_image_refused(as_editor, paid):
    model = Model.objects.create(provider=paid, name=BLOCKED)
    asked = as_editor.post(reverse("images:new"), {"prompt": WISH, "key": "wish", "model": str(model.pk), "shown.model": ""})
    assert asked.status_code == 303
    execute([Run.objects.get().pk])
    note = note_on(page_at(as_editor, asked.url))
    assert (note.level, list(note.acts)) == ("bad", ["Change the wording"])
    assert note.sentence.startswith("The safety system stopped this picture. Nothing was charged.")
    run = Run.objects.get()
    assert "400 policy, moderation_blocked" in note.details and f"request {run.request_id}" in note.details
    field = re.search(r'<textarea[^>]* name="prompt"[^>]*>(.*?)</textarea>', follow(as_editor, note.acts["Change the wording"]), re.DOTALL)
    assert field and html.unescape(field[1]).strip() == WISH.strip()


def test_image_refused_is_nobody_elses(as_editor, client, paid, make_member, other_team):
    model = Model.objects.create(provider=paid, name=BLOCKED)
    as_editor.post(reverse("images:new"), {"prompt": "A boat", "key": "boat", "model": str(model.pk), "shown.model": ""})
    page = f"{reverse('images:new')}?wording={Run.objects.get().pk}"
    client.force_login(make_member(other_team).user)
    assert client.get(page).status_code == 404
    assert client.get(f"{reverse('images:new')}?wording=nonsense").status_code == 404


@pytest.mark.parametrize(
    ("seconds", "then"), [(7_200.0, "It is cut at pauses, sent in parallel, and joined again."), (200.0, "It is made smaller")]
)
def test_file_too_big(as_editor, editor, paid, team, seconds, then):
    model = Model.objects.create(provider=paid, name=WHISPER, label="Whisper")
    ModelFact.objects.create(team=team, model_pattern=WHISPER, limits={"bytes": 25 * MEGABYTE})
    recording = keep_recording(editor, seconds=seconds)
    type(recording).objects.filter(pk=recording.pk).update(size=31 * MEGABYTE)
    asked = {"recordings": str(recording.pk), "model": str(model.pk), "shown.model": ""}
    foot = as_editor.get(reverse("transcription:settings"), asked, headers={"HX-Request": "true"}).text
    assert f"This file has 31 MB. Whisper takes 25 MB. {then}" in words(foot)
    type(recording).objects.filter(pk=recording.pk).update(size=24 * MEGABYTE)
    assert "This file has" not in as_editor.get(reverse("transcription:settings"), asked, headers={"HX-Request": "true"}).text


def test_jsonl_line(as_editor, team):
    file = looked_at(team, "replies.jsonl", BROKEN, purpose="fine-tune")
    page = page_at(as_editor, reverse("files:check", args=[file.pk]))
    assert "Line 18 is not valid: a quote is missing near “" in page and "bowl" in page
    act = re.search(r'<a class="link" id="show-line" href="([^"]*)"[^>]*>(.*?)</a>', page)
    assert act and words(act[2]) == "Show line 18"
    assert "Line 18 of 30" in words(page_at(as_editor, act[1]))
