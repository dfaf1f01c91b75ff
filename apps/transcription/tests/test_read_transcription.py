"""Reading answers and streams of transcriptions: every form that the API has, and odd ones. Pure."""

import pytest

from apps.providers.facts import Prices
from apps.runs.operations import InputFile, StreamState
from apps.transcription.answers import read_body, read_object, usage_of
from apps.transcription.operations import Transcribe, TranslateSound, cost_of_sound, part_words
from apps.transcription.streams import put_together
from gateway.types import ApiEvent, ApiResponse

SRT = (
    "1\r\n00:00:01,500 --> 00:00:03,250\r\nGood <i>morning</i> &amp; welcome.\r\n\r\n2\r\n01:00:04,000 --> 01:00:05,000\r\nSit\r\ndown.\r\n"
)
VTT = "WEBVTT\n\n00:01.500 --> 00:03.250 align:start\n<v Anna>Good morning.</v>\n\nNOTE nothing\n\n00:04.000 --> 00:05.000\nSit down.\n"


def answered(body, content_type="text/plain"):
    return ApiResponse(200, {}, body=body.encode(), content_type=content_type)


def folded(*events):
    state = StreamState()
    for event in events:
        Transcribe().fold(ApiEvent(event), state)
    return state


def test_it_reads_a_plain_text():
    assert read_body(answered("  Good morning.\n")) == {"text": "Good morning."}


def test_it_reads_srt_with_hours_marks_and_lines():
    answer = read_body(answered(SRT))
    assert answer["text"] == "Good morning & welcome. Sit down."
    assert [(cue["start"], cue["end"]) for cue in answer["segments"]] == [(1.5, 3.25), (3604.0, 3605.0)]


def test_it_reads_webvtt_with_voices():
    first, second = read_body(answered(VTT))["segments"]
    assert (first["speaker"], first["text"], first["start"]) == ("Anna", "Good morning.", 1.5)
    assert "speaker" not in second


def test_it_reads_subtitles_inside_of_json():
    assert read_object({"text": SRT})["segments"][0]["start"] == 1.5


def test_it_takes_the_words_of_segments_where_no_text_was_told():
    assert read_object({"segments": [{"text": " Good "}, {"text": "morning."}, {"no": "text"}, 7]})["text"] == "Good morning."


@pytest.mark.parametrize("odd", [{}, {"text": None}, {"text": 7, "segments": "no"}, {"segments": [None, {"text": 5}]}])
def test_it_takes_odd_objects_as_silence(odd):
    assert read_object(odd)["text"] == ""


def test_it_counts_tokens_or_seconds():
    assert usage_of({"usage": {"type": "tokens", "input_tokens": 14, "output_tokens": 101}}) == {"input": 14, "output": 101}
    assert usage_of({"usage": {"type": "duration", "seconds": 8.4}}) == {"seconds": 9}
    assert usage_of({"duration": "8.47"}) == {"seconds": 9}
    assert usage_of({"usage": {"input_tokens": True, "seconds": float("nan")}}) == {}


def test_it_reads_a_stream_of_words():
    done = {"type": "transcript.text.done", "text": "Good morning.", "usage": {"input_tokens": 14, "output_tokens": 2}}
    state = folded(
        {"type": "transcript.text.delta", "delta": "Good", "logprobs": [{"token": "Good", "logprob": -0.1}]},
        {"type": "transcript.text.delta", "delta": " morning."},
        done,
    )
    result = Transcribe().finish(state)
    assert (result.text, result.finish_reason, result.usage) == ("Good morning.", "stop", {"input": 14, "output": 2})
    assert result.response["logprobs"] == [{"token": "Good", "logprob": -0.1}]


def test_it_reads_a_stream_of_speakers_whose_words_come_twice():
    state = folded(
        {"type": "transcript.text.delta", "delta": "Hello."},
        {"type": "transcript.text.segment", "id": "1", "start": 0, "end": 1.5, "speaker": "A", "text": "Hello."},
        {"type": "transcript.text.done", "text": "Hello."},
    )
    assert state.text == "Hello."
    assert put_together(state)["segments"] == [{"id": "1", "start": 0, "end": 1.5, "speaker": "A", "text": "Hello."}]


def test_it_shows_the_words_of_segments_where_no_others_come():
    state = folded(
        {"type": "transcript.text.segment", "start": 0, "end": 1, "text": "One."},
        {"type": "transcript.text.segment", "start": 1, "end": 2, "text": "Two."},
    )
    assert state.text == "One.\nTwo."
    assert not Transcribe().finish(state).finish_reason


def test_it_keeps_what_came_of_a_stream_that_broke_off():
    state = folded({"type": "transcript.text.segment", "start": 0, "end": 1, "text": "One."})
    assert Transcribe().finish(state).response["segments"][0]["end"] == 1


def test_it_reads_a_whole_answer_to_a_stream():
    state = folded({"text": "Hello.", "segments": [{"start": 0, "end": 1, "text": "Hello."}], "duration": 1.0})
    result = Transcribe().finish(state)
    assert (result.text, result.finish_reason) == ("Hello.", "stop")
    assert len(result.response["segments"]) == 1


def test_it_reads_several_whole_answers_and_pieces_of_chat():
    state = folded({"text": "One.", "segments": [{"start": 0, "end": 1, "text": "One."}]}, {"text": "Two."})
    assert Transcribe().finish(state).text == "One. Two."
    chat = folded({"choices": [{"delta": {"content": "One"}}]}, {"choices": [{"delta": {"content": "."}, "finish_reason": "stop"}]})
    assert (Transcribe().finish(chat).text, chat.finish_reason) == ("One.", "stop")


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "transcript.text.delta"},
        {"type": "transcript.text.delta", "delta": 7, "logprobs": 3},
        {"type": "transcript.text.segment", "text": None},
        {"type": "transcript.text.done", "text": None, "usage": 5},
        {"choices": [None, 4]},
        {"choices": [{"delta": None}]},
        {"type": ["no"]},
        {"text": None},
        {},
    ],
)
def test_it_takes_odd_events_without_raising(odd):
    assert Transcribe().finish(folded(odd)).text == ""


def test_it_sends_lists_as_repeated_fields(tmp_path):
    file = tmp_path / "sound"
    file.write_bytes(b"12345678" * 1000)
    params = {
        "language": "en",
        "keywords": ["Arkwright", "kiln"],
        "timestamp_granularities": "word",
        "include": "logprobs",
        "stream": True,
        "ours": {"seconds": 1},
    }
    request = Transcribe().build_request("whisper-1", params, [InputFile("input", file, "recording-2", "audio/mpeg")])
    assert request.path == "/audio/transcriptions"
    assert request.stream
    assert request.fields == (
        ("model", "whisper-1"),
        ("language", "en"),
        ("keywords[]", "Arkwright"),
        ("keywords[]", "kiln"),
        ("timestamp_granularities[]", "word"),
        ("timestamp_granularities[]", "segment"),
        ("include[]", "logprobs"),
    )
    assert [(part.field, part.name) for part in request.files] == [("file", "recording-2.mp3")]
    assert Transcribe().patience(request) == 121.0


def test_it_translates_by_the_other_call():
    assert TranslateSound().build_request("whisper-1", {}, []).path == "/audio/translations"


def test_it_knows_the_price_of_minutes():
    from decimal import Decimal

    prices = Prices(others={"minute": Decimal("0.006")})
    assert cost_of_sound(90, prices) == Decimal("0.009")
    assert cost_of_sound(90, Prices()) is None
    assert cost_of_sound(90, Prices(is_free=True)) == 0


def test_it_names_the_part():
    assert part_words({"part": 2, "parts": 3, "start": 1200.0, "end": 2400.9}) == "Part 2 of 3, 20:00 to 40:01."
    assert part_words({"part": 1, "parts": 1}) == ""
    assert part_words({}) == ""
