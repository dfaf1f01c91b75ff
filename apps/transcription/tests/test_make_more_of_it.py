"""What is made of a transcript: another model's version, a comparison, a second column."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.providers.facts import Prices
from apps.providers.models import Model
from apps.runs.executor import execute
from apps.runs.followups import work_now
from apps.runs.models import Run
from apps.transcription.lines import TranslateText, blocks_of, lines_of, messages_of
from apps.transcription.models import CUTTING, PARENT, TRANSLATING, Segment, Transcript, Translation
from apps.transcription.tests.rows import keep_transcript, keep_translation
from gateway import Lost
from gateway.types import ApiResponse


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def transcript(transactional_db, editor, provider):
    row = keep_transcript(editor, provider)
    assert row.segments.count() > 1
    return row


def answer_of(text):
    return ApiResponse(200, {}, json={"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}})


# --- Lines: pure -------------------------------------------------------------------------------
def test_lines_come_back_by_their_numbers():
    assert lines_of("1: Guten Tag\n2. Wie geht es?\n[3] Gut", 3) == {1: "Guten Tag", 2: "Wie geht es?", 3: "Gut"}


def test_what_is_missing_or_strange_is_left_out():
    assert lines_of("Here you are:\n```\n2: Ja\nund nein\n```", 3) == {2: "Ja und nein"}
    assert lines_of("", 2) == {}
    assert lines_of("Guten Tag", 1) == {1: "Guten Tag"}


@pytest.mark.parametrize("line", ["**3:** Ja", "3) Ja", "(3) Ja", "[3]: Ja", "3 - Ja", "3 | Ja", "3：Ja", "  3.  Ja"])
def test_numbers_are_read_as_models_write_them(line):
    assert lines_of(line, 5) == {3: "Ja"}


@pytest.mark.parametrize("line", ["3.5 Millionen", "3:15 Uhr", "3 Hunde", "3-mal", "7: Nie", "2: Noch einmal"])
def test_numbers_that_belong_to_the_words_stay_in_them(line):
    assert lines_of(f"2: Es waren\n{line}", 3) == {2: f"Es waren {line}"}


def test_lines_without_numbers_are_taken_in_order():
    assert lines_of("Guten Tag\n\nWie geht es?", 2) == {1: "Guten Tag", 2: "Wie geht es?"}
    assert lines_of("Guten Tag\nWie geht es?", 3) == {}


def test_thoughts_are_no_lines():
    thought = [{"type": "text", "text": "<think>1: hm\n2: ah</think>\n1: Ja"}]
    assert TranslateText().parse_response(answer_of(thought)).text == "1: Ja"
    assert TranslateText().parse_response(answer_of("<think>1: hm</think>1: Ja")).text == "1: Ja"


def test_the_price_is_that_of_about_twice_the_words():
    prices = Prices(input=Decimal(1), output=Decimal(3))
    params = {"messages": messages_of(["x" * 4000], "German")}
    assert TranslateText().estimate(params, (), prices).cost == pytest.approx(Decimal("0.0043"), abs=Decimal("0.0003"))
    assert TranslateText().estimate(params, (), Prices()).cost is None


def test_blocks_are_small_and_cover_all():
    lines = ["x" * 100] * 95
    blocks = blocks_of(lines)
    assert [number for block in blocks for number in block] == list(range(95))
    assert all(len(block) <= 40 for block in blocks)
    assert blocks_of(["x" * 9000, "y"]) == [range(0, 1), range(1, 2)]
    assert blocks_of([]) == []


def test_what_is_asked_has_one_line_for_each():
    _system, user = messages_of(["One\ntwo", "Three"], "German")
    assert user["content"] == "1: One two\n2: Three"


def test_an_answer_without_words_is_lost():
    assert TranslateText().parse_response(answer_of("1: Ja")).text == "1: Ja"
    for odd in ({}, {"choices": []}, {"choices": [{"message": {"content": None}}]}, {"choices": "no"}, []):
        with pytest.raises(Lost):
            TranslateText().parse_response(ApiResponse(200, {}, json=odd))


# --- A second column ---------------------------------------------------------------------------
@pytest.fixture
def translated(as_editor, transcript, provider):
    """Ask for German, with a chat model of the loopback provider."""
    Model.objects.create(provider=provider, name="steady")
    as_editor.post(reverse("transcription:translate", args=[transcript.pk]), {"language": "de", "key": "k"})
    return Translation.objects.get()


def finish(translation, text):
    """Every call under way brings this."""
    for run in Run.objects.filter(parent_kind=TRANSLATING, status="queued"):
        Run.objects.filter(pk=run.pk).update(status="completed", text=text)
    work_now(TRANSLATING, translation.pk)
    translation.refresh_from_db()


def test_blocks_are_asked_for_once_and_their_lines_put_beside(translated, transcript, as_editor):
    as_editor.post(reverse("transcription:translate", args=[transcript.pk]), {"language": "de", "key": "k"})
    for _time in range(3):
        work_now(TRANSLATING, translated.pk)
    assert Run.objects.count() == 1
    rows = list(transcript.segments.all())
    finish(translated, "\n".join(f"{number}: Satz {number}" for number in range(1, len(rows) + 1)))
    assert translated.state == "ready"
    assert translated.texts == {str(row.pk): f"Satz {number}" for number, row in enumerate(rows, 1)}
    page = as_editor.get(f"{reverse('transcription:transcript', args=[transcript.pk])}?in={translated.pk}").content.decode()
    assert "Satz 1" in page


def test_what_is_missing_is_translated_alone(translated, transcript, as_editor):
    work_now(TRANSLATING, translated.pk)
    finish(translated, "1: Satz 1")
    assert translated.state == "partial"
    for _click in range(2):
        as_editor.post(reverse("transcription:translate_again", args=[translated.pk]))
    work_now(TRANSLATING, translated.pk)
    assert Run.objects.count() == 2
    missing = list(transcript.segments.all())[1:]
    asked = Run.objects.get(status="queued").params["messages"][1]["content"]
    assert asked == "\n".join(f"{number}: {row.text}" for number, row in enumerate(missing, 1))
    finish(translated, "\n".join(f"{number}: Neu {number}" for number in range(1, 40)))
    assert translated.state == "ready"
    assert translated.texts[str(transcript.segments.first().pk)] == "Satz 1"
    assert translated.texts[str(missing[0].pk)] == "Neu 1"


def test_only_lines_that_were_changed_are_translated_again(translated, transcript, as_editor):
    work_now(TRANSLATING, translated.pk)
    rows = list(transcript.segments.all())
    finish(translated, "\n".join(f"{number}: Satz {number}" for number in range(1, len(rows) + 1)))
    Segment.objects.filter(pk=rows[1].pk).update(text="Something else")
    page = as_editor.get(f"{reverse('transcription:transcript', args=[transcript.pk])}?in={translated.pk}").content.decode()
    assert "1 line was changed since it was translated." in page and page.count("data-older") == 1
    for _click in range(2):
        as_editor.post(reverse("transcription:translate_again", args=[translated.pk]))
    work_now(TRANSLATING, translated.pk)
    assert Run.objects.get(status="queued").params["messages"][1]["content"] == "1: Something else"
    finish(translated, "1: Etwas anderes")
    assert translated.state == "ready" and translated.texts[str(rows[1].pk)] == "Etwas anderes"
    assert translated.texts[str(rows[0].pk)] == "Satz 1"


def test_it_tells_how_far_it_is_and_why_it_failed(translated, transcript, as_editor):
    work_now(TRANSLATING, translated.pk)
    address = reverse("transcription:translation", args=[translated.pk])
    waiting = as_editor.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Being translated into German" in waiting and "every 1500ms" in waiting
    Run.objects.update(status="failed", error={"kind": "key", "sentence": "The key was refused."})
    work_now(TRANSLATING, translated.pk)
    ended = as_editor.get(f"{address}?done=0", headers={"HX-Request": "true"})
    assert ended["HX-Trigger-After-Swap"] == "translated"
    assert "The key was refused." in ended.content.decode() and "every" not in ended.content.decode()


def test_stop_sends_nothing_more_and_keeps_what_came(translated, as_editor):
    work_now(TRANSLATING, translated.pk)
    as_editor.post(reverse("transcription:translate_stop", args=[translated.pk]))
    work_now(TRANSLATING, translated.pk)
    translated.refresh_from_db()
    assert (translated.state, translated.sentence) == ("failed", "Stopped.")
    assert Run.objects.get().status == "cancelled"


def test_the_call_for_english_knows_no_other_language(as_editor, transcript, provider):
    model = Model.objects.create(provider=provider, name="whisper-tones")
    body = {"language": "de", "model": str(model.pk), "key": "k"}
    page = as_editor.post(reverse("transcription:translate", args=[transcript.pk]), body, follow=True)
    assert "This model translates into English only." in page.content.decode() and not Translation.objects.exists()


def test_nothing_is_translated_before_all_was_heard(as_editor, transcript, provider):
    Model.objects.create(provider=provider, name="steady")
    Transcript.objects.update(state="working")
    page = as_editor.post(reverse("transcription:translate", args=[transcript.pk]), {"language": "de", "key": "k"}, follow=True)
    assert "Wait until all of it was heard" in page.content.decode() and not Translation.objects.exists()


def test_a_real_call_goes_out(translated, loopback):
    work_now(TRANSLATING, translated.pk)
    execute(list(Run.objects.values_list("pk", flat=True)))
    run = Run.objects.get()
    assert run.status == "completed"
    assert json.dumps(run.params).count("1: ") == 1


def test_english_comes_from_the_call_for_it_where_there_is_one(as_editor, transcript, provider):
    Model.objects.create(provider=provider, name="whisper-tones")
    as_editor.post(reverse("transcription:translate", args=[transcript.pk]), {"language": "en", "key": "k"})
    row = Translation.objects.get()
    assert row.heard is not None and row.heard.task == "translate" and not row.blocks.exists()
    first = transcript.segments.first()
    Segment.objects.create(transcript=row.heard, start=first.start, end=first.end, text="Good day")
    Transcript.objects.filter(pk=row.heard_id).update(state="ready")
    work_now(TRANSLATING, row.pk)
    row.refresh_from_db()
    assert row.state == "ready" and row.texts == {str(first.pk): "Good day"}


def test_english_that_was_heard_in_part_is_completed_there(as_editor, transcript, provider):
    Model.objects.create(provider=provider, name="whisper-tones")
    as_editor.post(reverse("transcription:translate", args=[transcript.pk]), {"language": "en", "key": "k"})
    row = Translation.objects.get()
    first, second = transcript.segments.all()[:2]
    Segment.objects.create(transcript=row.heard, start=first.start, end=first.end, text="Good day")
    Transcript.objects.filter(pk=row.heard_id).update(state="partial")
    part = row.heard.parts.create(number=1, start=0, end=1, is_wanted=False)
    work_now(TRANSLATING, row.pk)
    row.refresh_from_db()
    assert row.state == "partial"
    as_editor.post(reverse("transcription:translate_again", args=[row.pk]))
    part.refresh_from_db()
    assert part.is_wanted and part.tries == 1
    Segment.objects.create(transcript=row.heard, start=second.start, end=second.end, text="And you?")
    row.heard.parts.update(is_taken=True, is_wanted=False)
    work_now(CUTTING, row.heard_id)
    work_now(PARENT, row.heard_id)
    work_now(TRANSLATING, row.pk)
    row.refresh_from_db()
    assert row.state == "ready" and row.texts == {str(first.pk): "Good day", str(second.pk): "And you?"}


def test_a_language_that_is_none_is_told(as_editor, transcript):
    page = as_editor.post(reverse("transcription:translate", args=[transcript.pk]), {"language": "xx", "key": "k"}, follow=True)
    assert "Choose a language first." in page.content.decode() and not Translation.objects.exists()


# --- Versions ----------------------------------------------------------------------------------
def test_the_same_recording_is_heard_again_with_other_settings(as_editor, transcript, provider):
    other = Model.objects.create(provider=provider, name="gpt-4o-transcribe-tones")
    page = as_editor.get(reverse("transcription:again", args=[transcript.pk])).content.decode()
    assert f'name="recordings" value="{transcript.recording_id}"' in page and "Transcribe again" in page
    body = {"recordings": str(transcript.recording_id), "again": "yes", "key": "k", "model": str(other.pk), "shown.model": ""}
    first, second = (as_editor.post(reverse("transcription:start"), body) for _click in range(2))
    assert first.url == second.url
    made = Transcript.objects.exclude(pk=transcript.pk).get()
    assert made.recording_id == transcript.recording_id and made.model == other.name


def test_two_versions_are_compared_word_by_word(as_editor, transcript, editor, provider):
    other = keep_transcript(editor, provider, recording=transcript.recording)
    row = other.segments.first()
    row.text = f"{row.text} indeed"
    row.save()
    page = as_editor.get(reverse("transcription:compare", args=[transcript.pk, other.pk])).content.decode()
    assert "<ins>indeed</ins>" in page and "1 added" in page


def test_recordings_of_their_own_are_not_compared(as_editor, transcript, editor, provider):
    other = keep_transcript(editor, provider)
    assert as_editor.get(reverse("transcription:compare", args=[transcript.pk, other.pk])).status_code == 404


def test_viewers_and_other_teams_make_nothing(client, transcript, viewer, other_team, make_member, editor):
    kept = keep_translation(transcript, editor)
    names = (("translate", transcript.pk), ("ask", transcript.pk), ("translate_again", kept.pk), ("translate_stop", kept.pk))
    client.force_login(viewer.user)
    assert {client.post(reverse(f"transcription:{name}", args=[pk])).status_code for name, pk in names} == {403}
    client.force_login(make_member(other_team, Role.EDITOR).user)
    assert {client.post(reverse(f"transcription:{name}", args=[pk])).status_code for name, pk in names} == {404}
