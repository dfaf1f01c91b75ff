"""From the form to the file: one voice, four voices, long texts, and everything that can go wrong."""

import io
import threading

import numpy as np
import pytest
from django.db import connection
from django.urls import reverse

from apps.runs.models import Run
from apps.speech.models import Piece, Speech, Take
from apps.speech.tests.conftest import TEXT, words_of
from sound.reading import decode
from tests.loopback.sound_models import (
    MANNERED,
    TTS,
    TTS_BUSY,
    TTS_FAILING,
    TTS_NOTHING,
    TTS_PAGE,
    TTS_TEXT,
)
from tests.loopback.tones import hear_tones


def heard(take: Take) -> list[int]:
    """The numbers of the words in the file of a take."""
    with take.file.open("rb") as file:
        samples = np.concatenate(list(decode(io.BytesIO(file.read()), 16_000)))
    return [word[0] for word in hear_tones(samples, 16_000)]


def test_a_text_becomes_a_sound(say, as_editor, carry_out):
    response = say()
    speech = Speech.objects.get()
    assert response.status_code == 303 and response.url == reverse("speech:speech", args=[speech.pk])
    (take,) = carry_out(speech)
    assert take.state == "ready" and take.format == "mp3" and take.seconds > 3
    assert heard(take) == [1, 2, 3, 4, 5, 6, 7]
    page = as_editor.get(response.url).content.decode()
    assert "say that the voice is made by AI" in page and reverse("speech:file", args=[take.pk]) in page


def test_only_what_a_person_set_is_sent(say, carry_out, loopback):
    say(text="Hello #t-5a01", speed="1.5", **{"shown.speed": "1"})
    carry_out()
    (asked,) = loopback.requests("#t-5a01", body=True)
    assert asked.body == {"model": TTS, "input": "Hello #t-5a01", "voice": "alloy", "speed": 1.5}


def test_four_voices_speak_side_by_side(say, carry_out):
    say(voices=("alloy", "ash", "nova", "onyx"))
    takes = carry_out()
    assert [take.voice for take in takes] == ["alloy", "ash", "nova", "onyx"]
    assert {take.state for take in takes} == {"ready"}


def test_a_double_click_is_one_speech(say, carry_out):
    first, second = say(), say()
    assert first.url == second.url
    carry_out()
    assert Run.objects.count() == 1


def test_a_long_text_is_spoken_in_pieces_and_joined(short_pieces, say, carry_out, loopback):
    text = " ".join(f"This is sentence number {number} of the text." for number in range(30))
    say(text=text, response_format="opus", **{"shown.response_format": "mp3"})
    (take,) = carry_out()
    pieces = list(take.pieces.all())
    assert len(pieces) == 3 and take.state == "ready" and take.format == "opus"
    assert heard(take) == [number for piece in pieces for number in range(1, len(piece.text.split()) + 1)]
    assert {piece.run.params["response_format"] for piece in pieces} == {"flac"}


def test_work_that_is_done_twice_asks_once(say, carry_out):
    from apps.runs import followups

    say()
    take = Take.objects.get()
    for _time in range(3):
        followups.work_now("take", take.pk)
    carry_out()
    followups.work_now("take", take.pk)
    assert Run.objects.count() == 1


def test_a_piece_that_failed_is_spoken_again_alone(short_pieces, say, carry_out, as_editor):
    text = " ".join(f"This is sentence number {number} of the text." for number in range(30))
    say(text=text, model=TTS_FAILING)
    (take,) = carry_out()
    assert take.state == "failed" and "error" in take.sentence.lower()
    as_editor.post(reverse("speech:again", args=[take.pk]))
    as_editor.post(reverse("speech:again", args=[take.pk]))
    (take,) = carry_out()
    assert take.state == "ready"
    assert Run.objects.count() == 6


@pytest.mark.parametrize("model", [TTS_TEXT, TTS_NOTHING, TTS_PAGE])
def test_what_is_no_sound_is_told(say, carry_out, model, as_editor):
    say(model=model)
    (take,) = carry_out()
    assert take.state == "failed" and take.sentence
    page = words_of(as_editor.get(reverse("speech:speech", args=[take.speech_id])).content.decode())
    assert take.sentence in page and "Try again" in page


def test_a_busy_provider_is_asked_again_by_itself(say, carry_out, settings):
    say(model=f"{TTS_BUSY}")
    carry_out()
    run = Run.objects.get()
    assert run.status in {"queued", "completed"}


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"text": "  "}, "Type the text first."),
        ({"text": "🎉🎉 !!"}, "There is nothing in this text that can be spoken."),
        ({"text": "word " * 25_000}, "at most 100,000 are spoken at once"),
        ({"voices": ()}, "Choose a voice first."),
        ({"voices": ("marin",)}, "The model has no voice “marin”."),
        ({"voices": ("alloy", "ash", "coral", "echo", "fable")}, "At most 4 voices at once."),
        ({"speed": "9", "shown.speed": "1"}, "The largest value is 4."),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_is_asked(say, wish, sentence):
    response = say(**wish)
    assert response.status_code == 422
    assert sentence in words_of(response.content.decode())
    assert not Speech.objects.exists() and not Run.objects.exists()


def test_what_was_typed_stays_when_it_is_refused(say):
    assert TEXT in say(voices=()).content.decode()


def test_without_a_model_it_says_what_to_do(as_editor, provider):
    assert "No model can do this yet" in as_editor.get("/speech/").content.decode()
    response = as_editor.post("/speech/", {"text": TEXT, "voice": "alloy", "key": "k"})
    assert response.status_code == 409 and not Speech.objects.exists()


def test_manner_goes_only_to_models_that_take_it(say, carry_out, loopback):
    say(text="Calm #t-5a02", model=MANNERED, instructions="Slow and calm", **{"shown.instructions": ""})
    say(text="Calm #t-5a03", model=TTS, instructions="Slow and calm", key="k2", **{"shown.instructions": ""})
    carry_out()
    assert loopback.requests("#t-5a02", body=True)[0].body["instructions"] == "Slow and calm"
    assert "instructions" not in loopback.requests("#t-5a03", body=True)[0].body


def test_stop_sends_nothing_more(short_pieces, say, carry_out, as_editor):
    text = " ".join(f"This is sentence number {number} of the text." for number in range(90))
    say(text=text)
    take = Take.objects.get()
    from apps.runs import followups

    followups.work_now("take", take.pk)
    as_editor.post(reverse("speech:stop", args=[take.pk]))
    (take,) = carry_out()
    assert take.state == "failed" and take.sentence == "Stopped."
    assert not Run.objects.exclude(status="cancelled").exists()
    assert Piece.objects.filter(run=None).exists()


def test_a_sample_is_made_once(as_editor, speaking, carry_out):
    model = speaking.models.get(name=TTS)
    wish = {"sample": "ash", "model": str(model.pk), "shown.model": ""}
    first = as_editor.post("/speech/sample/", wish, headers={"HX-Request": "true"})
    assert "every 700ms" in first.content.decode()
    carry_out()
    second = as_editor.post("/speech/sample/", wish, headers={"HX-Request": "true"})
    assert "data-hear" in second.content.decode()
    assert Run.objects.count() == 1 and "harbour" not in words_of(as_editor.get("/speech/").content.decode()).split("Spoken before")[1]


def test_another_voice_is_added_once(say, carry_out, as_editor):
    say()
    speech = Speech.objects.get()
    for _click in range(2):
        as_editor.post(reverse("speech:add_voice", args=[speech.pk]), {"voice": "nova", "count": "1"})
    assert [take.voice for take in carry_out(speech)] == ["alloy", "nova"]


def test_the_file_is_served_in_parts_and_by_a_readable_name(say, carry_out, as_editor):
    say()
    (take,) = carry_out()
    url = reverse("speech:file", args=[take.pk])
    whole = as_editor.get(url)
    assert 'filename="Good-morning-everybody-The-boats-are-in-alloy.mp3"' in whole["Content-Disposition"]
    part = as_editor.get(f"{url}?inline", headers={"Range": "bytes=0-99"})
    assert part.status_code == 206 and part["Content-Type"] == "audio/mpeg" and len(b"".join(part.streaming_content)) == 100


def test_a_viewer_hears_and_does_not_make(say, carry_out, client, viewer, speaking):
    say()
    (take,) = carry_out()
    client.force_login(viewer.user)
    assert client.get(reverse("speech:file", args=[take.pk])).status_code == 200
    assert client.post("/speech/", {"text": TEXT, "voice": "alloy", "key": "x"}).status_code == 403
    assert client.post("/speech/sample/", {"sample": "alloy"}).status_code == 403


def test_a_deleted_text_comes_back(say, carry_out, as_editor):
    say()
    (take,) = carry_out()
    page = reverse("speech:speech", args=[take.speech_id])
    as_editor.post(reverse("speech:delete", args=[take.speech_id]))
    assert as_editor.get(page).status_code == 404
    as_editor.post(reverse("speech:restore", args=[take.speech_id]))
    assert as_editor.get(page).status_code == 200


def test_the_first_page_asks_little_of_the_database(say, as_editor, django_assert_max_num_queries):
    for number in range(4):
        say(key=f"k{number}", voices=("alloy", "ash"))
    as_editor.get("/speech/")
    with django_assert_max_num_queries(17):
        as_editor.get("/speech/")


def test_two_workers_at_once_make_one_file(say, carry_out):
    from apps.runs import followups
    from apps.runs.executor import execute

    if connection.vendor != "postgresql":
        pytest.skip("two writers at once are for PostgreSQL")
    say()
    take = Take.objects.get()
    followups.work_now("take", take.pk)
    execute(list(Run.objects.values_list("pk", flat=True)))
    threads = [threading.Thread(target=followups.work_now, args=("joining", take.pk)) for _worker in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    take.refresh_from_db()
    assert take.state == "ready"
