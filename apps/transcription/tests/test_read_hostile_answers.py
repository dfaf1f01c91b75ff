"""An answer may be whatever a server sends: a million odd characters are read in the time that a million plain ones take."""

import time

import pytest

from apps.transcription.answers import read_body, read_cues, read_object
from apps.transcription.heard import hearing_of
from gateway.types import ApiResponse

CUE = "00:00:01,000 --> 00:00:02,000\n"
ROWS = ["<", "<v ", "<v.", "<v.a ", "<v a", "</", "&", ".", '."', "0:00.0", "00:00:01,000 --> ", " ", "\n", "\t\n"]
SECONDS = 20


@pytest.fixture
def clock():
    """It takes well under a second; where each place was tried again from each of those before it, it took hours."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < SECONDS


def many(row):
    return row * (1_000_000 // len(row))


@pytest.mark.parametrize("row", ROWS)
def test_it_reads_subtitles_in_straight_time(clock, row):
    (cue,) = read_cues(f"{CUE}Good morning.{many(row)}") or [None]
    assert cue["start"] == 1.0 and cue["text"].startswith("Good morning.")


@pytest.mark.parametrize("row", ROWS)
def test_it_reads_a_text_in_straight_time(clock, row):
    for text in (many(row), CUE + many(row)):
        assert isinstance(read_object({"text": text})["text"], str)
        assert isinstance(read_body(ApiResponse(200, {}, body=text.encode(), content_type="text/plain"))["text"], str)


@pytest.mark.parametrize("row", [".", '."', "?!", "some words of it. ", "x", "\n", "。", "w "])
def test_it_guesses_times_in_straight_time(clock, row):
    hearing = hearing_of({}, many(row), 60.0)
    assert "".join("".join(segment.text for segment in hearing.segments).split()) == "".join(many(row).split())
    assert all(0 <= segment.start < segment.end <= 60 for segment in hearing.segments)
