"""The key of a page: the same click is the same speech, and something else under it is refused with a key for the next click."""

import re

import pytest
from django.urls import reverse

from apps.runs.models import Run
from apps.speech.models import Speech, Take
from apps.speech.tests.conftest import TEXT, words_of
from tests.loopback.sound_models import MANNERED, TTS

OTHERWISE = [
    {"text": "Something else altogether."},
    {"voices": ("ash",)},
    {"voices": ("alloy", "ash")},
    {"model": MANNERED},
    {"speed": "1.5", "shown.speed": "1"},
]


@pytest.mark.parametrize("other", OTHERWISE)
def test_it_refuses_something_else_under_the_same_key(say, other):
    say()
    answer = say(**other)
    assert answer.status_code == 409
    assert "This page has sent another text already." in words_of(answer.content.decode())
    (speech,) = Speech.objects.all()
    assert Take.objects.count() == 1 and speech.text == TEXT and not Run.objects.exists()


def test_it_leads_to_the_same_speech_for_the_same_content(say, as_editor):
    wish = {"voices": ("alloy", "ash"), "speed": "1.5", "shown.speed": "1"}
    first = say(**wish)
    speech = Speech.objects.get()
    as_editor.post(reverse("speech:add_voice", args=[speech.pk]), {"voice": "nova", "count": "2"})
    assert say(**wish).url == first.url == reverse("speech:speech", args=[speech.pk])
    assert [take.voice for take in speech.takes.all()] == ["alloy", "ash", "nova"]


def test_it_refuses_the_key_of_a_deleted_speech(say, as_editor):
    say()
    as_editor.post(reverse("speech:delete", args=[Speech.objects.get().pk]))
    answer = say()
    assert answer.status_code == 409 and "Press Speak again" in answer.content.decode()
    assert Speech.objects.count() == 1


def test_it_gives_the_page_a_key_for_the_next_click(as_editor, speaking):
    model = speaking.models.get(name=TTS)
    body = {"voice": "alloy", "model": str(model.pk), "shown.model": "", "text": "First text", "key": "k1"}
    as_part = {"HX-Request": "true"}
    assert as_editor.post("/speech/", body, headers=as_part)["HX-Redirect"]
    refusal = as_editor.post("/speech/", {**body, "text": "Second text"}, headers=as_part)
    assert (refusal.status_code, refusal["HX-Retarget"]) == (409, "#speech-error")
    (field,) = re.findall(r'<input[^>]*id="speak-key"[^>]*>', refusal.content.decode())
    key = re.search(r'value="(\w+)"', field)[1]
    assert 'name="key"' in field and "hx-swap-oob" in field and key != "k1"
    assert as_editor.post("/speech/", {**body, "text": "Second text", "key": key}, headers=as_part)["HX-Redirect"]
    assert [row.text for row in Speech.objects.order_by("pk")] == ["First text", "Second text"]
