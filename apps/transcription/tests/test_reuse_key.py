"""The key of a page: the same click is the same transcript or translation, and something else under it is refused."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.providers.models import Model
from apps.runs.models import Run
from apps.transcription.models import Transcript, Translation
from apps.transcription.tests import test_hear_recording as hear
from apps.transcription.tests.rows import keep_recording, keep_transcript
from tests.loopback.sound_models import FOUR_O, WHISPER

own_storage, hearing, start = hear.own_storage, hear.hearing, hear.start
OUT_OF_DATE = "This page is out of date. Reload it and try again."
GERMAN = {"language": "de", "shown.language": ""}


@pytest.fixture
def recording(transactional_db, editor):
    return keep_recording(editor)


@pytest.fixture
def translate(as_editor, editor, hearing):
    """Ask for a language, always for the same transcript, and follow where it leads."""
    Model.objects.create(provider=hearing, name="steady")
    row = keep_transcript(editor, hearing)

    def press(language, key="k"):
        return as_editor.post(reverse("transcription:translate", args=[row.pk]), {"language": language, "key": key}, follow=True)

    return press


# --- Transcripts -------------------------------------------------------------------------------
@pytest.mark.parametrize("other", [{"model": FOUR_O}, GERMAN])
def test_it_refuses_another_transcript_under_the_same_key(recording, start, as_editor, other):
    start(recording, key="same")
    (first,) = Transcript.objects.all()
    assert start(recording, key="same", **other).url == reverse("transcription:new")
    assert OUT_OF_DATE in as_editor.get(reverse("transcription:new")).content.decode()
    first.refresh_from_db()
    assert (first.model, first.settings, Transcript.objects.count()) == (WHISPER, {}, 1) and not Run.objects.exists()


def test_it_says_so_on_the_page_that_asked(recording, as_editor, hearing):
    body = {"recordings": [str(recording.pk)], "key": "same", "shown.model": ""}
    names = [WHISPER, FOUR_O]
    first, second = (
        as_editor.post(
            reverse("transcription:start"),
            body | {"model": str(Model.objects.get(provider=hearing, name=name).pk)},
            headers={"HX-Request": "true"},
        )
        for name in names
    )
    assert first["HX-Redirect"] == reverse("transcription:transcript", args=[Transcript.objects.get().pk])
    assert second.status_code == 409 and OUT_OF_DATE in second.content.decode() and "HX-Redirect" not in second


def test_it_leads_to_the_same_transcript_for_the_same_content(recording, start):
    first, second = (start(recording, key="same", **GERMAN) for _click in range(2))
    assert first.url == second.url == reverse("transcription:transcript", args=[Transcript.objects.get().pk])
    assert Transcript.objects.get().settings == {"language": "de"}


def test_it_refuses_the_key_of_a_deleted_transcript(recording, start):
    start(recording, key="same")
    Transcript.objects.update(deleted_at=timezone.now())
    assert start(recording, key="same").url == reverse("transcription:new")
    assert Transcript.objects.count() == 1


# --- Translations ------------------------------------------------------------------------------
def test_it_refuses_another_language_under_the_same_key(translate):
    translate("de")
    assert OUT_OF_DATE in translate("fr").content.decode()
    assert [row.language for row in Translation.objects.all()] == ["de"] and not Run.objects.exists()


def test_it_starts_nothing_for_english_under_the_key_of_another_language(translate):
    translate("de")
    assert OUT_OF_DATE in translate("en").content.decode()
    assert Translation.objects.count() == 1 and not Transcript.objects.filter(task="translate").exists()


@pytest.mark.parametrize("language", ["de", "en"])
def test_it_leads_to_the_same_translation_for_the_same_language(translate, language):
    first, second = translate(language), translate(language)
    (row,) = Translation.objects.all()
    assert first.redirect_chain == second.redirect_chain
    assert f"in={row.pk}" in first.redirect_chain[0][0] and OUT_OF_DATE not in second.content.decode()
    assert Transcript.objects.filter(task="translate").count() == (1 if language == "en" else 0)
