"""From an answer to segments with times: those that were told, and those that have to be guessed. Pure."""

import pytest

from apps.transcription.heard import hearing_of
from apps.transcription.wording import words_of_tokens


def spans(hearing):
    return [(segment.start, segment.end, segment.text) for segment in hearing.segments]


def test_it_believes_times_that_were_told():
    answer = {"language": "english", "segments": [{"start": 0.5, "end": 2, "text": " Hello. ", "avg_logprob": -0.105}]}
    hearing = hearing_of(answer, "Hello.", 10)
    assert spans(hearing) == [(0.5, 2, "Hello.")]
    assert (hearing.language, hearing.segments[0].likelihood, hearing.is_guessed) == ("en", 0.9003, False)


def test_it_keeps_times_within_the_sound():
    answer = {
        "segments": [
            {"start": -1, "end": 3, "text": "One."},
            {"start": 9, "end": 30, "text": "Two."},
            {"start": 40, "end": 50, "text": "End."},
        ]
    }
    times = [(round(start, 2), round(end, 2)) for start, end, _text in spans(hearing_of(answer, "", 10))]
    assert times == [(0, 3), (9, 10), (9.99, 10)]


def test_it_fills_in_times_that_are_missing():
    answer = {"segments": [{"start": 1, "text": "One."}, {"start": "3", "end": None, "text": "Two."}, {"text": "Three."}]}
    assert spans(hearing_of(answer, "", 10)) == [(1, 3, "One."), (3, 3.01, "Two."), (3, 3.01, "Three.")]


def test_it_puts_words_into_the_segments_whose_text_has_them():
    answer = {
        "segments": [{"start": 0, "end": 2, "text": "Good morning, all."}, {"start": 2, "end": 4, "text": "All is well."}],
        "words": [
            {"word": word, "start": number / 2, "end": number / 2 + 0.4}
            for number, word in enumerate(["Good", "morning", "all", "All", "is", "well"])
        ],
    }
    hearing = hearing_of(answer, "", 4)
    assert [[word[0] for word in segment.words] for segment in hearing.segments] == [["Good", "morning", "all"], ["All", "is", "well"]]
    assert hearing.has_words


def test_it_cuts_a_long_segment_where_a_sentence_ends():
    text = "The first sentence has quite some words. The second one has some, too, and ends here."
    bare = text.replace(".", "").replace(",", "").split()
    words = [{"word": word, "start": number * 1.2, "end": number * 1.2 + 1} for number, word in enumerate(bare)]
    hearing = hearing_of({"text": text, "segments": [{"start": 0, "end": 20, "text": text}], "words": words}, "", 20)
    assert [segment.text for segment in hearing.segments] == [
        "The first sentence has quite some words.",
        "The second one has some, too, and ends here.",
    ]
    assert hearing.segments[1].start == pytest.approx(7 * 1.2)
    assert [word[0] for word in hearing.segments[1].words][:2] == ["The", "second"]


def test_it_makes_segments_of_words_alone():
    words = [{"word": f"w{number:04}", "start": number * 2.0, "end": number * 2.0 + 0.5} for number in range(20)]
    hearing = hearing_of({"text": " ".join(word["word"] for word in words), "words": words}, "", 40)
    assert len(hearing.segments) > 2
    assert all(segment.end - segment.start <= 12 for segment in hearing.segments)
    assert " ".join(segment.text for segment in hearing.segments) == " ".join(word["word"] for word in words)


def test_it_leaves_long_segments_without_words_as_they_are():
    assert len(hearing_of({"segments": [{"start": 0, "end": 28, "text": "One. Two. Three."}]}, "", 30).segments) == 1


def test_it_spreads_sentences_over_the_speech():
    text = "Twelve chars. Twelve chars."
    hearing = hearing_of({"text": text}, "", 20, [(2, 6), (10, 14)])
    assert spans(hearing) == [(2, 6, "Twelve chars."), (10, 14, "Twelve chars.")]
    assert hearing.is_guessed


def test_it_spreads_over_everything_where_no_pause_is_known():
    assert spans(hearing_of(None, "One. Two.", 8)) == [(0, 4, "One."), (4, 8, "Two.")]


def test_it_knows_how_sure_a_model_was_of_words():
    tokens = [
        {"token": "Good", "logprob": -0.1},
        {"token": " morn", "logprob": -1.0},
        {"token": "ing", "logprob": -1.0},
        {"token": ".", "logprob": 0},
    ]
    assert words_of_tokens(tokens) == [("Good", 0.9048), ("morning.", 0.5134)]
    hearing = hearing_of({"text": "Good morning.", "logprobs": tokens}, "", 2)
    assert [word[0] for word in hearing.segments[0].words] == ["Good", "morning."]
    assert (hearing.has_likelihoods, hearing.has_words) == (True, False)


def test_it_tells_speakers():
    answer = {"segments": [{"start": 0, "end": 1, "text": "Hi.", "speaker": "A"}, {"start": 1, "end": 2, "text": "Ho.", "speaker": None}]}
    hearing = hearing_of(answer, "", 2)
    assert [segment.speaker for segment in hearing.segments] == ["A", ""]
    assert hearing.has_speakers


@pytest.mark.parametrize(
    "odd", [None, [], "text", {"segments": [{"start": "x", "text": "One."}]}, {"words": [{"word": 5}]}, {"language": 7}]
)
def test_it_takes_odd_answers_as_text(odd):
    assert [segment.text for segment in hearing_of(odd, "One.", 3).segments] == ["One."]


def test_it_has_nothing_of_silence():
    assert not hearing_of({"text": ""}, "", 3).segments
