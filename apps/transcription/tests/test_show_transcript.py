"""The page of a transcript: who sees it, what is on it, with thousands of segments too."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import Role
from apps.transcription.models import Recording, Segment, Transcript
from apps.transcription.tests.rows import CAFE, keep_recording, keep_transcript, keep_translation

pytestmark = pytest.mark.django_db


def url_of(row, name="transcript", *more):
    return reverse(f"transcription:{name}", args=[row.pk, *more])


def texts_on(page):
    return [re.sub("<[^>]+>", "", text) for text in re.findall(r'<p class="tx" dir="auto">(.*?)</p>', page.text)]


@pytest.fixture
def row(editor, provider):
    return keep_transcript(editor, provider)


def test_it_shows_every_segment_with_time_and_speaker(as_editor, row):
    page = as_editor.get(url_of(row))
    assert page.status_code == 200 and texts_on(page) == [text for *_rest, text in CAFE]
    assert re.findall(r'<button class="ts"[^>]*>([^<]+)<', page.text) == ["0:00", "0:05", "0:15", "0:22", "0:30", "0:34"]
    assert page.text.count("Speaker A</span></span><p") == 2 and "Café owner interview" in page.text and "Ready" in page.text


def test_only_what_the_model_told_is_there(as_editor, editor, provider):
    """No lanes without speakers, no times of words without them, no doubts without likelihoods, a hint where times are guessed."""
    bare = keep_transcript(editor, provider, [(s, e, "", t) for s, e, _a, t in CAFE], with_words=False, is_guessed=True)
    page = as_editor.get(url_of(bare)).text
    assert "data-w=" not in page and 'class="unsure"' not in page and "they are estimated" in page
    assert '<g class="l-' not in page and "sp sp-" not in page and 'height="0"' in page
    full = keep_transcript(editor, provider, has_likelihoods=True)
    first = full.segments.first()
    first.words[4][3] = 0.2
    first.save()
    page = as_editor.get(url_of(full)).text
    assert '<u class="unsure" title="20 % sure">set</u>' in page and page.count('<g class="l-') == 2 and "they are estimated" not in page


def test_talk_times_make_a_hundred_percent(as_editor, editor, provider):
    row = keep_transcript(editor, provider, [(n, n + 1, label, "Words") for n, label in enumerate("ABC")])
    page = as_editor.get(url_of(row)).text
    shares = [int(share) for share in re.findall(r"(\d+) %</span>", page)]
    assert sum(shares) == 100 and len(shares) == 3


def test_it_finds_words_without_scripts(as_editor, row):
    page = as_editor.get(url_of(row), {"q": "DELIVERY"}).text
    assert page.count('<mark class="hit">delivery</mark>') == 2 and "2 hits" in page
    assert "Not found" in as_editor.get(url_of(row), {"q": "<script>"}).text


def test_words_of_strangers_are_only_words(as_editor, editor, provider):
    evil = '<img src=x onerror="alert(1)"> & {{ x }}'
    row = keep_transcript(editor, provider, [(0, 2, "<b>Eve</b> of doom", evil)], has_likelihoods=True)
    for query in ({}, {"q": "onerror"}, {"view": "text"}, {"view": "subtitles"}):
        page = as_editor.get(url_of(row), query).text
        assert "<img src=x" not in page and "<b>Eve" not in page


def test_plain_text_has_a_paragraph_for_each_turn(as_editor, row):
    page = as_editor.get(url_of(row), {"view": "text"}).text
    assert page.count("<b>Speaker") == 4 and "We lost maybe four out of sixty" in page


def test_subtitles_tell_what_is_hard_to_read(as_editor, editor, provider):
    row = keep_transcript(editor, provider, [(0, 1, "", "So many words in so short a time that nobody at all can read them.")])
    page = as_editor.get(url_of(row), {"view": "subtitles"}).text
    assert "too fast" in page and "few people can read that" in page


def test_a_translation_is_a_second_column(as_editor, editor, row):
    other = keep_translation(row, editor)
    page = as_editor.get(url_of(row), {"in": other.pk}).text
    assert page.count('lang="de"') == len(CAFE) and "de: How did the first set" in page and "data-older" not in page


@pytest.mark.parametrize("state", Transcript.State.values)
def test_every_state_has_a_page(as_editor, editor, provider, state):
    row = keep_transcript(editor, provider, [], state=state, sentence="It could not begin.", language="", finished_at=None)
    assert as_editor.get(url_of(row)).status_code == 200


@pytest.mark.parametrize("state", Recording.State.values)
def test_a_recording_that_nobody_measured_has_a_page(as_editor, editor, provider, state):
    row = keep_transcript(editor, provider, recording=keep_recording(editor, seconds=None, peaks=None, state=state))
    assert as_editor.get(url_of(row)).status_code == 200


def test_another_team_does_not_see_it(client, row, other_team, make_member):
    client.force_login(make_member(other_team, Role.OWNER).user)
    for name in ("transcript", "preview", "choose_export"):
        assert client.get(url_of(row, name)).status_code == 404
    assert client.get(url_of(row, "export", "vtt")).status_code == 404


def test_a_viewer_reads_and_has_no_buttons(client, viewer, row):
    client.force_login(viewer.user)
    page = client.get(url_of(row)).text
    assert (
        texts_on(client.get(url_of(row)))
        and "data-edit" not in page
        and "correcting.js" not in page
        and "Delete this transcript" not in page
    )


def test_it_is_renamed_deleted_and_brought_back(as_editor, row):
    page = as_editor.post(url_of(row, "rename"), {"name": " New\nname "}, follow=True)
    assert "New name" in page.text
    page = as_editor.post(url_of(row, "delete"), follow=True)
    assert "The transcript of New name and its recording were deleted" in page.text
    assert not Transcript.objects.alive().exists() and not Recording.objects.alive().exists()
    page = as_editor.get(url_of(row))
    assert "This transcript was deleted." in page.text and "data-edit" not in page.text
    segment = row.segments.first()
    assert as_editor.post(url_of(row, "segment", segment.pk), {"text": "x", "was": segment.text}).status_code == 404
    assert as_editor.post(url_of(row, "restore"), follow=True).status_code == 200
    assert Transcript.objects.alive().exists() and Recording.objects.alive().exists()


def test_the_recording_stays_while_another_transcript_of_it_lives(as_editor, editor, provider, row):
    keep_transcript(editor, provider, recording=row.recording)
    page = as_editor.post(url_of(row, "delete"), follow=True)
    assert f"The transcript of {row.recording} was deleted" in page.text and Recording.objects.alive().exists()


def test_three_thousand_segments_take_few_questions_and_lean_lines(as_editor, editor, provider):
    row = keep_transcript(editor, provider)
    with CaptureQueriesContext(connection) as few:
        small = as_editor.get(url_of(row))
    many = [(4 * n, 4 * n + 3.5, "AB"[n % 2], "How did the first set of plates hold up, after a full season of work?") for n in range(3000)]
    big = keep_transcript(editor, provider, many, recording=keep_recording(editor, seconds=12_000))
    with CaptureQueriesContext(connection) as asked:
        page = as_editor.get(url_of(big))
    assert len(asked) <= len(few) and len(texts_on(page)) == 3000
    assert len(page.content) - len(small.content) < 3000 * 700
    assert len(re.search(r'<path d="(M[^"]+)"/></g>', page.text)[1]) < 20_000


def test_it_answers_head_without_a_body(as_editor, row):
    for url in (url_of(row), url_of(row, "preview"), url_of(row, "export", "srt")):
        answer = as_editor.head(url)
        assert answer.status_code == 200 and not answer.content


def test_a_part_of_the_page_is_the_view_alone(as_editor, row):
    answer = as_editor.get(url_of(row), {"view": "text"}, headers={"HX-Request": "true", "HX-Target": "view"})
    assert "<html" not in answer.text and 'id="view"' in answer.text and "plain-text" in answer.text
    assert Segment.objects.count() == len(CAFE)
