"""A person has only so many calls under way: what has to wait for a place costs nothing, is not lost, and is not asked for twice."""

import pytest
from django.urls import reverse
from django.utils import timezone

import sound
from apps.providers.models import Model
from apps.runs import followups
from apps.runs.executor import execute
from apps.runs.followups import work_now
from apps.runs.models import Run
from apps.transcription import parting
from apps.transcription.models import CUTTING, TRANSLATING, Part, Transcript, Translation
from apps.transcription.taking import Cutting
from apps.transcription.tests import test_hear_recording as hear
from apps.transcription.tests.rows import keep_transcript
from apps.transcription.translating import TranslationFollowUp

own_storage, hearing, bring, start = hear.own_storage, hear.hearing, hear.bring, hear.start


@pytest.fixture
def one_place(settings):
    settings.RUN_MAX_ACTIVE = 1


@pytest.fixture
def cuts(monkeypatch):
    """The spans of each time that a recording was cut."""
    found, cut = [], sound.cut

    def counted(path, spans, targets):
        found.append(list(spans))
        cut(path, spans, targets)

    monkeypatch.setattr(sound, "cut", counted)
    return found


@pytest.fixture
def translated(as_editor, editor, hearing):
    """German is asked for, and nothing was sent yet."""
    Model.objects.create(provider=hearing, name="steady")
    row = keep_transcript(editor, hearing)
    as_editor.post(reverse("transcription:translate", args=[row.pk]), {"language": "de", "key": "k"})
    return Translation.objects.get()


def queued():
    return list(Run.objects.filter(status="queued").values_list("pk", flat=True))


# --- Parts -------------------------------------------------------------------------------------
def test_it_cuts_nothing_while_every_place_is_taken(bring, start, one_place, cuts, monkeypatch):
    monkeypatch.setattr(parting, "LONGEST_OWN", 20.0)
    short, long = bring(6), bring(40)
    start(short)
    hear.work_at(Transcript.objects.get().pk)
    start(long)
    waiting = Transcript.objects.get(recording=long)
    for _round in range(3):
        hear.work_at(waiting.pk)
    assert cuts == [] and Run.objects.count() == 1
    assert Cutting().due(9) == [waiting.pk], "it is not forgotten"
    execute(queued())
    work_now(CUTTING, waiting.pk)
    assert [len(spans) for spans in cuts] == [1] and len(queued()) == 1, "as many parts as there are places"
    hear.carry_out()
    waiting.refresh_from_db()
    assert waiting.state == "ready" and hear.right(hear.words_of(waiting), 40)
    assert len(cuts) == waiting.parts.count() > 2


@pytest.mark.parametrize("number", [1, 0])
def test_it_asks_not_again_for_what_has_come_and_is_not_taken_yet(bring, start, as_editor, monkeypatch, number):
    start(bring())
    transcript = Transcript.objects.get()
    hear.work_at(transcript.pk)
    with monkeypatch.context() as patched:
        patched.setattr(followups, "begin", lambda _kind, _pk: None)
        execute(queued())
    part = Part.objects.get()
    assert part.run.status == "completed" and not part.is_taken
    for body in ({}, {"tries": str(part.tries)}):
        as_editor.post(reverse("transcription:part_again", args=[transcript.pk, number]), body)
    part.refresh_from_db()
    assert (part.is_wanted, part.tries) == (False, 0)
    hear.carry_out()
    transcript.refresh_from_db()
    assert transcript.state == "ready" and Run.objects.count() == 1
    assert hear.right(hear.words_of(transcript), 12)


# --- A second column ---------------------------------------------------------------------------
def test_it_translates_when_a_place_is_free(translated, bring, start, one_place):
    start(bring(2))
    hear.work_at(Transcript.objects.order_by("pk").last().pk)
    busy = queued()
    for _round in range(3):
        work_now(TRANSLATING, translated.pk)
    translated.refresh_from_db()
    assert translated.state == "working" and queued() == busy
    assert TranslationFollowUp().due(9) == [translated.pk]
    execute(busy)
    work_now(TRANSLATING, translated.pk)
    (run,) = Run.objects.filter(parent_kind=TRANSLATING, status="queued")
    lines = translated.transcript.segments.count()
    Run.objects.filter(pk=run.pk).update(status="completed", text="\n".join(f"{number}: Satz" for number in range(1, lines + 1)))
    work_now(TRANSLATING, translated.pk)
    translated.refresh_from_db()
    assert translated.state == "ready" and len(translated.texts) == lines


def test_it_waits_for_no_place_where_the_provider_is_gone(translated, hearing):
    hearing.deleted_at = timezone.now()
    hearing.save()
    work_now(TRANSLATING, translated.pk)
    translated.refresh_from_db()
    assert translated.state == "failed" and not Run.objects.exists()
    assert TranslationFollowUp().due(9) == []
