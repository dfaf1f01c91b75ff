"""Files of a transcript: each as it is asked for, with its name, for whoever may read it."""

import io
import json
import time

import pytest
import webvtt
from django.urls import reverse

from apps.transcription.subtitles.tests.test_write_subtitles import read
from apps.transcription.tests.rows import CAFE, keep_recording, keep_transcript, keep_translation

pytestmark = pytest.mark.django_db


def export(client, row, kind, **query):
    answer = client.get(reverse("transcription:export", args=[row.pk, kind]), query)
    assert answer.status_code == 200
    return answer


@pytest.fixture
def row(editor, provider):
    recording = keep_recording(editor, name="Gespräch “Café”.final.m4a")
    return keep_transcript(editor, provider, recording=recording, speakers={"A": "Anna", "B": "Owner & <son>"})


@pytest.mark.parametrize(
    ("kind", "content_type"), [("srt", "application/x-subrip"), ("vtt", "text/vtt"), ("txt", "text/plain"), ("json", "application/json")]
)
def test_it_is_a_download_with_the_name_of_the_recording(as_editor, row, kind, content_type):
    answer = export(as_editor, row, kind)
    assert answer["Content-Type"] == f"{content_type}; charset=utf-8" and answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Disposition"].endswith(f"final.{kind}") and "Caf%C3%A9" in answer["Content-Disposition"]
    assert answer["Content-Security-Policy"].startswith("default-src 'none'") and answer["X-Content-Type-Options"] == "nosniff"


def test_subtitles_are_strict_and_have_the_wanted_width(as_editor, row):
    told = read(export(as_editor, row, "vtt", width=30).text, "vtt")
    assert told[0][2] == "Anna" and {voice for _start, _end, voice, _lines in told} == {"Anna", "Owner & <son>"}
    assert all(len(line) <= 30 for *_rest, lines in told for line in lines)
    assert " ".join(line for *_rest, lines in told for line in lines) == " ".join(text for *_rest, text in CAFE)
    bare = read(export(as_editor, row, "vtt", width=80, names="off").text, "vtt")
    assert {voice for _start, _end, voice, _lines in bare} == {""} and len(bare) < len(told)
    srt = read(export(as_editor, row, "srt").text, "srt")
    assert srt[0][3][0].startswith("Anna: ") and webvtt.from_buffer(io.StringIO(export(as_editor, row, "vtt").text))


@pytest.mark.parametrize("width", ["", "abc", "1", "999999999999", "-4", "٣"])
def test_a_width_that_cannot_be_is_as_near_as_possible(as_editor, row, width):
    assert read(export(as_editor, row, "vtt", width=width).text, "vtt")


def test_json_has_the_documented_shape(as_editor, row):
    told = export(as_editor, row, "json").json()
    assert list(told) == ["name", "model", "language", "seconds", "are_times_estimated", "speakers", "segments"]
    assert told["speakers"][0] == {"name": "Anna", "seconds": 7.7} and told["segments"][0]["words"][0] == {
        "word": "How",
        "start": 0.0,
        "end": 0.258,
    }


def test_text_has_names_or_not(as_editor, row):
    assert export(as_editor, row, "txt").text.startswith("Anna: How did")
    assert export(as_editor, row, "txt", names="off").text.startswith("How did")


def test_a_translation_is_exported_too(as_editor, editor, row, provider):
    other = keep_translation(row, editor)
    assert "de: How did" in export(as_editor, row, "vtt", **{"in": other.pk}).text
    told = json.loads(export(as_editor, row, "json", **{"in": other.pk}).text)
    assert told["translated_to"] == "de" and told["segments"][0]["translation"].startswith("de: ")
    stranger = keep_translation(keep_transcript(editor, provider), editor, "fr")
    assert "fr: " not in export(as_editor, row, "vtt", **{"in": stranger.pk}).text


def test_the_form_without_scripts_leads_to_the_file(as_editor, row):
    answer = as_editor.get(reverse("transcription:choose_export", args=[row.pk]), {"asked": "yes", "format": "srt", "width": "33"})
    assert answer.status_code == 303 and answer["Location"].endswith("/export.srt?width=33&names=off")


@pytest.mark.parametrize(("query", "told"), [
    ({"format": "vtt", "at": "23"}, "00:00:22.400 --&gt;"),
    ({"format": "srt", "at": "0", "names": "on"}, "Anna: How did"),
    ({"format": "txt", "at": "30.6"}, "Anna: That is easy"),
    ({"format": "json", "at": "5.2"}, "Better than the ones"),
    ({"format": "nothing", "at": "x"}, "WEBVTT"),
])  # fmt: skip
def test_the_preview_shows_the_file_from_the_place_on(as_editor, row, query, told):
    answer = as_editor.get(reverse("transcription:preview", args=[row.pk]), query)
    assert told in answer.text and "export." in answer.text and "<html" not in answer.text


def test_the_preview_is_part_of_the_file(as_editor, row):
    file = export(as_editor, row, "vtt").text
    preview = as_editor.get(reverse("transcription:preview", args=[row.pk]), {"format": "vtt", "at": "16", "names": "on"}).text
    times = [line for line in file.splitlines() if " --> " in line]
    assert sum(line.replace(">", "&gt;") in preview for line in times) == 2


def test_three_thousand_segments_are_exported_in_a_moment(as_editor, editor, provider):
    many = [
        (3.6 * n, 3.6 * n + 3.4, "AB"[n % 2], "How did the first set of plates hold up, after a full season of work?") for n in range(3000)
    ]
    row = keep_transcript(editor, provider, many, recording=keep_recording(editor, seconds=10_800))
    begun = time.process_time()
    assert len(read(export(as_editor, row, "vtt").text, "vtt")) == 3000
    assert time.process_time() - begun < 4
