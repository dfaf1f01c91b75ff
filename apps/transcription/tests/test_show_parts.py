"""What a page tells of the parts of a transcript: those that are done, that go on, that wait, that failed; and what was heard, as it is."""

import re

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.runs.models import Run
from apps.transcription.models import Transcript
from apps.transcription.tests.rows import keep_recording, keep_transcript
from apps.transcription.working import FOLDED

pytestmark = pytest.mark.django_db
TEN_MINUTES = 600.0


@pytest.fixture
def begun(editor, provider):
    """A transcript with so many parts of ten minutes that are done, silent, waiting, and that were not sent."""

    def make(done=0, silent=0, waiting=0, unsent=0, state="working"):
        count = done + silent + waiting + unsent
        recording = keep_recording(editor, seconds=TEN_MINUTES * count)
        row = keep_transcript(editor, provider, recording=recording, state=state, finished_at=None)
        kinds = ["done"] * done + ["silent"] * silent + ["waiting"] * waiting + ["unsent"] * unsent
        for number, kind in enumerate(kinds, 1):
            run = run_of(row, number) if kind == "done" else None
            place = {"number": number, "start": TEN_MINUTES * (number - 1), "end": TEN_MINUTES * number}
            row.parts.create(run=run, is_wanted=kind == "waiting", is_taken=kind in ("done", "silent"), **place)
        return row

    return make


def run_of(row, number, text="Words.", **fields):
    facts = {"team": row.team, "person": row.person, "provider": row.provider, "model": row.model, "key": f"{row.pk}-{number}"}
    told = {"operation": "transcription.transcribe", "status": "completed", "text": text, "parent_kind": "transcript", "parent_id": row.pk}
    told["queued_at"] = timezone.now()
    return Run.objects.create(**facts, **told, **fields)


def page_of(client, row):
    return client.get(reverse("transcription:transcript", args=[row.pk])).text


def hearing_of(client, row):
    answer = client.get(reverse("transcription:working", args=[row.pk]), headers={"HX-Request": "true"})
    return answer.text


def told(html):
    """The words of each line of a part."""
    return [" ".join(re.sub("<[^>]+>", " ", line).split()) for line in re.findall(r"<li[^>]*>(.*?)</li>", html, re.DOTALL)]


def test_every_part_has_a_line_while_it_works(as_editor, begun):
    html = hearing_of(as_editor, begun(done=2, silent=1, waiting=1))
    assert told(html) == [
        "0:00 – 10:00 done Receipt",
        "10:00 – 20:00 done Receipt",
        "20:00 – 30:00 silent, not sent",
        "30:00 – 40:00 Waits for its turn",
    ]
    assert "3 of 4 parts" in html and "<details" not in html
    for run in Run.objects.all():
        assert reverse("runs:receipt", args=[run.pk]) in html


def test_an_incomplete_one_shows_what_is_there_and_what_is_not(as_editor, begun):
    lines = told(page_of(as_editor, begun(done=1, unsent=1, state="partial")).split('id="hearing"')[1].split('id="view"')[0])
    assert lines == ["0:00 – 10:00 done Receipt", "10:00 – 20:00 Was not sent Try this part again"]


def test_hundreds_are_told_in_few_lines(as_editor, begun):
    html = hearing_of(as_editor, begun(done=FOLDED + 2, waiting=200, unsent=1))
    folded, rest = html.split("</details>")
    assert f"{FOLDED + 2} parts done" in folded and len(told(folded)) == FOLDED + 2
    assert len(told(rest)) == 1 and "200 parts wait for their turn" in rest


def test_many_ask_the_database_as_often_as_few(as_editor, begun):
    few, many = begun(done=2), begun(done=40, waiting=40)
    hearing_of(as_editor, few)
    with CaptureQueriesContext(connection) as first:
        hearing_of(as_editor, few)
    with CaptureQueriesContext(connection) as second:
        hearing_of(as_editor, many)
    assert len(second) == len(first)


def test_one_that_is_ready_says_in_how_many_parts_it_was_heard(as_editor, begun):
    row = begun(done=3, state="ready")
    page = page_of(as_editor, row)
    assert "<dt>Heard in</dt><dd>3 parts</dd>" in page and "part-done" not in page
    assert "Heard in" not in page_of(as_editor, begun(done=1, state="ready"))
    assert "part-done" not in hearing_of(as_editor, row), "nothing more is to be said of them"


def test_what_was_heard_is_no_markup(begun):
    row = begun(done=1)
    run = run_of(row, 99, "1. First *of all*\n# not a heading\n<b>bold</b>")
    html = render_to_string("transcription/_part_words.html", {"run": run})
    assert "1. First *of all*<br># not a heading<br>&lt;b&gt;bold&lt;/b&gt;" in html
    assert not re.search("<(li|em|h1|h3|b)>", html)


def test_unsure_words_tell_how_sure_the_model_was(as_editor, editor, provider):
    row = keep_transcript(editor, provider, has_likelihoods=True)
    first = row.segments.first()
    first.words[4][3], first.words[5][3] = 0.43, 0.001
    first.save()
    page = page_of(as_editor, row)
    assert '<u class="unsure" title="43 % sure">set</u>' in page and '<u class="unsure" title="under 1 % sure">of</u>' in page
    assert page.count("words are those that the model was unsure of") == 1
    found = as_editor.get(reverse("transcription:transcript", args=[row.pk]), {"q": "set"}).text
    assert '<mark class="hit"><u class="unsure" title="43 % sure">set</u></mark>' in found
    assert "the model was unsure of" not in page_of(as_editor, keep_transcript(editor, provider)), "it told no likelihoods"


def test_states_without_parts_say_nothing_of_them(as_editor, editor, provider):
    row = keep_transcript(editor, provider, state="ready")
    assert "Heard in" not in page_of(as_editor, row) and Transcript.objects.get().parts.count() == 0
