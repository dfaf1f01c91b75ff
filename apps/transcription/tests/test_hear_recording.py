"""From a recording to segments, through the loopback provider: every word once, at its time, however it was cut."""

import io
import itertools

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from apps.providers.models import Model, ModelFact
from apps.runs.executor import execute
from apps.runs.followups import work_now
from apps.runs.models import Run
from apps.transcription import parting
from apps.transcription.editing import correct
from apps.transcription.models import CUTTING, PARENT, PREPARING, Recording, Segment, Transcript
from apps.transcription.services import try_again
from sound.formats import TO_SEND
from sound.writing import write
from tests.loopback.sound_models import DIARIZE, FOUR_O, HEARING_MODELS, NOTHING, PAGE, PLAIN_TEXT, WHISPER
from tests.loopback.tones import tone_words

RATE = 16_000
keys = itertools.count(1)


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def hearing(transactional_db, provider):
    """The provider, with models that hear."""
    Model.objects.bulk_create(Model(provider=provider, name=name) for name in HEARING_MODELS)
    return provider


@pytest.fixture
def bring(editor, tmp_path):
    """A recording of tone words, prepared as a worker does it."""

    def one(count=12, first=1, every=2.0, samples=None):
        path = tmp_path / f"{next(keys)}.mp3"
        write([tone_words(range(first, first + count), every=every) if samples is None else samples], RATE, path, TO_SEND)
        body = path.read_bytes()
        row = Recording(team=editor.team, person=editor.user, kind="uploaded", state="checking", key=path.name, size=len(body), name="Talk")
        row.file.save("whole-x", ContentFile(body), save=False)
        row.save(force_insert=True)
        work_now(PREPARING, row.pk)
        row.refresh_from_db()
        assert row.state == "ready", row.sentence
        return row

    return one


@pytest.fixture
def start(as_editor, hearing):
    """Press Transcribe."""

    def press(*recordings, model=WHISPER, key=None, **more):
        chosen, _made = Model.objects.get_or_create(provider=hearing, name=model)
        body = {
            "recordings": [str(row.pk) for row in recordings],
            "key": key or f"k{next(keys)}",
            "model": str(chosen.pk),
            "shown.model": "",
        }
        return as_editor.post(reverse("transcription:start"), body | more)

    return press


def work_at(pk):
    """What workers do at a transcript: take what came, start what is to be started."""
    for kind in (PARENT, CUTTING):
        work_now(kind, pk)


def carry_out():
    """Do what workers do until nothing is left to do."""
    for _round in range(20):
        for pk in Transcript.objects.filter(state__in=("waiting", "working")).values_list("pk", flat=True):
            work_at(pk)
        waiting = list(Run.objects.filter(status="queued").values_list("pk", flat=True))
        if not waiting:
            return
        execute(waiting)


def words_of(transcript):
    """[(number, start)] of all words that have times."""
    rows = Segment.objects.filter(transcript=transcript)
    return [(int(word.strip(" ,.").lstrip("w")), start) for row in rows for word, start, _end, _likelihood in row.words]


def right(words, count, every=2.0):
    return [number for number, _at in words] == list(range(1, count + 1)) and all(
        abs(at - ((number - 1) * every + 0.5)) < 0.2 for number, at in words
    )


def transcript_url(transcript):
    return reverse("transcription:transcript", args=[transcript.pk])


def test_a_short_recording_goes_as_it_is(bring, start, loopback):
    recording = bring()
    response = start(recording)
    transcript = Transcript.objects.get()
    assert response.status_code == 303 and response.url == reverse("transcription:transcript", args=[transcript.pk])
    carry_out()
    transcript.refresh_from_db()
    assert transcript.state == "ready" and transcript.has_words
    assert right(words_of(transcript), 12)
    sent = Run.objects.get().files.filter(role="input").first() if Run.objects.get().files.exists() else None
    assert sent is None or sent.size == recording.size


def test_a_long_recording_is_cut_and_joined_with_right_times(bring, start, monkeypatch):
    monkeypatch.setattr(parting, "LONGEST_OWN", 20.0)
    recording = bring(60)
    start(recording)
    carry_out()
    transcript = Transcript.objects.get()
    assert transcript.state == "ready" and transcript.parts.count() >= 6
    assert right(words_of(transcript), 60)


def test_one_too_large_for_its_service_is_cut(bring, start):
    recording = bring(60)
    ModelFact.objects.create(team=recording.team, model_pattern="whisper-tones-limited*", limits={"bytes": 300 * 1024})
    start(recording, model="whisper-tones-limited-kb300")
    carry_out()
    transcript = Transcript.objects.get()
    assert transcript.state == "ready" and transcript.parts.count() > 2
    assert right(words_of(transcript), 60)


def test_one_part_that_fails_is_tried_again_alone(bring, start, as_editor, monkeypatch):
    monkeypatch.setattr(parting, "LONGEST_OWN", 20.0)
    start(bring(40), model="whisper-tones-fails-word25")
    carry_out()
    transcript = Transcript.objects.get()
    calls = Run.objects.count()
    assert transcript.state == "partial" and calls == transcript.parts.count()
    failed = transcript.parts.get(is_taken=False)
    again = reverse("transcription:part_again", args=[transcript.pk, failed.number])
    for _click in range(2):
        as_editor.post(again, {"tries": str(failed.tries)})
    carry_out()
    transcript.refresh_from_db()
    assert transcript.state == "ready" and Run.objects.count() == calls + 1
    assert right(words_of(transcript), 40)


def test_a_double_click_is_one_transcript(bring, start):
    recording = bring()
    first, second = start(recording, key="same"), start(recording, key="same")
    assert first.url == second.url
    carry_out()
    assert Transcript.objects.count() == Run.objects.count() == 1


def test_several_are_started_at_once(bring, start):
    start(bring(), bring(6))
    carry_out()
    assert Transcript.objects.filter(state="ready").count() == 2


def test_work_that_is_done_twice_asks_once(bring, start):
    start(bring())
    transcript = Transcript.objects.get()
    for _time in range(3):
        work_at(transcript.pk)
    carry_out()
    for _time in range(2):
        work_at(transcript.pk)
    assert Run.objects.count() == 1 and right(words_of(transcript), 12)


def test_speakers_are_told_apart_where_the_model_can(bring, start):
    start(bring(20), model=DIARIZE)
    carry_out()
    transcript = Transcript.objects.get()
    assert transcript.has_speakers
    assert [row.speaker for row in transcript.segments.all()] == ["A", "B", "A", "B"]


@pytest.mark.parametrize("model", [FOUR_O, PLAIN_TEXT])
def test_a_model_without_times_gets_guessed_ones_in_its_part(bring, start, model):
    start(bring(20), model=model)
    carry_out()
    transcript = Transcript.objects.get()
    rows = list(transcript.segments.all())
    assert transcript.state == "ready" and transcript.is_guessed
    assert " ".join(row.text for row in rows).split() == [f"w{number:05d}" for number in range(1, 21)]
    assert all(0 <= row.start < row.end <= 40.1 for row in rows)


def test_a_silent_recording_is_never_sent(start, bring):
    import numpy as np

    start(bring(samples=np.zeros(RATE * 5, dtype=np.float32)))
    carry_out()
    transcript = Transcript.objects.get()
    assert transcript.state == "failed" and "silent" in transcript.sentence
    assert not Run.objects.exists()


def test_nothing_heard_is_no_failure(bring, start):
    start(bring(), model=NOTHING)
    carry_out()
    assert Transcript.objects.get().state == "ready"
    assert not Segment.objects.exists()


def test_a_page_in_place_of_an_answer_is_told(bring, start, as_editor):
    start(bring(), model=PAGE)
    carry_out()
    transcript = Transcript.objects.get()
    assert transcript.state == "failed"
    shown = as_editor.get(reverse("transcription:working", args=[transcript.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "Try this part again" in shown


def test_stop_keeps_what_came_and_sends_no_more(bring, start, as_editor, monkeypatch):
    monkeypatch.setattr(parting, "LONGEST_OWN", 20.0)
    start(bring(40))
    transcript = Transcript.objects.get()
    work_at(transcript.pk)
    execute([Run.objects.filter(status="queued").order_by("pk").first().pk])
    as_editor.post(reverse("transcription:stop", args=[transcript.pk]))
    carry_out()
    transcript.refresh_from_db()
    assert transcript.state == "partial" and transcript.segments.exists()
    assert Run.objects.filter(status="completed").count() == 1
    assert not Run.objects.filter(status__in=("queued", "sending")).exists()


def test_one_stopped_before_it_was_cut_can_begin_anew(bring, start, as_editor):
    start(bring())
    transcript = Transcript.objects.get()
    as_editor.post(reverse("transcription:stop", args=[transcript.pk]))
    carry_out()
    transcript.refresh_from_db()
    assert transcript.state == "failed" and "Nothing was charged" in transcript.sentence and not Run.objects.exists()
    again = reverse("transcription:part_again", args=[transcript.pk, 0])
    assert "Start again" in as_editor.get(transcript_url(transcript)).content.decode()
    for _click in range(2):
        as_editor.post(again)
    carry_out()
    transcript.refresh_from_db()
    assert transcript.state == "ready" and not transcript.sentence and Run.objects.count() == 1


def test_all_parts_that_failed_are_tried_again_at_once(bring, start, as_editor, monkeypatch):
    monkeypatch.setattr(parting, "LONGEST_OWN", 20.0)
    start(bring(20), model="whisper-tones-fails")
    carry_out()
    transcript = Transcript.objects.get()
    calls = transcript.parts.count()
    assert transcript.state == "failed" and calls > 1
    assert f"Try all {calls} again" in as_editor.get(transcript_url(transcript)).content.decode()
    for _click in range(2):
        as_editor.post(reverse("transcription:part_again", args=[transcript.pk, 0]))
    carry_out()
    transcript.refresh_from_db()
    assert transcript.state == "ready" and Run.objects.count() == 2 * calls
    assert right(words_of(transcript), 20)


def test_what_was_corrected_of_an_unfinished_part_stays(bring, start, editor):
    start(bring(12))
    carry_out()
    transcript = Transcript.objects.get()
    segments = list(transcript.segments.all())
    correct(editor, transcript, segments[0].pk, "Corrected", segments[0].text)
    transcript.parts.update(is_taken=False)
    Run.objects.update(status="interrupted")
    assert try_again(transcript, 1)
    carry_out()
    found = [row.text for row in transcript.segments.all()]
    assert found == ["Corrected", *(row.text for row in segments[1:])]
    assert Run.objects.filter(status="completed").count() == 1


def test_a_provider_that_was_deleted_meanwhile_is_told(bring, start, hearing):
    start(bring())
    hearing.deleted_at = timezone.now()
    hearing.save()
    carry_out()
    transcript = Transcript.objects.get()
    assert transcript.state == "failed" and "was deleted" in transcript.sentence
    assert not Run.objects.exists()


def test_words_come_though_what_was_answered_is_not_kept(bring, start):
    """In a team that keeps numbers only the answer may be gone before it was taken: its text is there, the times are ours."""
    start(bring(6))
    transcript = Transcript.objects.get()
    work_at(transcript.pk)
    Run.objects.update(status="completed", text="w00001 w00002", response=None, params={})
    work_at(transcript.pk)
    transcript.refresh_from_db()
    assert transcript.state == "ready" and transcript.is_guessed
    assert [row.text for row in transcript.segments.all()] == ["w00001 w00002"]


def test_a_viewer_stops_and_repeats_nothing(bring, start, client, viewer):
    start(bring())
    transcript = Transcript.objects.get()
    client.force_login(viewer.user)
    for name, takes in (("stop", [transcript.pk]), ("part_again", [transcript.pk, 1])):
        assert client.post(reverse(f"transcription:{name}", args=takes)).status_code == 403
    transcript.refresh_from_db()
    assert transcript.state == "waiting"


def test_nothing_chosen_is_told(start):
    assert start().status_code in {303, 422}
    assert not Transcript.objects.exists()


def test_a_viewer_starts_nothing(bring, client, viewer, hearing):
    recording = bring()
    client.force_login(viewer.user)
    assert client.post(reverse("transcription:start"), {"recordings": [str(recording.pk)], "key": "k"}).status_code == 403
    assert not Transcript.objects.exists()


def test_it_says_before_what_it_will_do(bring, as_editor, hearing, monkeypatch):
    monkeypatch.setattr(parting, "LONGEST_OWN", 20.0)
    recording = bring(60)
    foot = as_editor.get(
        reverse("transcription:settings"), {"recordings": [str(recording.pk)]}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "2:00, " in foot and "parts" in foot and "cut at pauses" in foot


def test_the_sound_that_was_sent_is_what_the_person_hears(bring, as_editor):
    recording = bring()
    response = as_editor.get(reverse("transcription:sound", args=[recording.pk]))
    assert io.BytesIO(b"".join(response.streaming_content)).getbuffer().nbytes == recording.size
