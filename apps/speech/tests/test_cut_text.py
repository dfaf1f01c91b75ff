"""Long texts in pieces: nothing lost, nothing doubled, cut where one would breathe."""

import random

import pytest

from apps.speech.cutting import pieces_of, seconds_of

LINES = ["The boat came in.", "Was it late? Nobody knew!", "It rained… and then it stopped.", "今日は晴れです。", "A word"]


def test_a_short_text_stays_whole():
    assert pieces_of("One sentence. And another one.", 100) == ["One sentence. And another one."]


def test_it_is_cut_between_sentences():
    assert pieces_of("One sentence. And another one. A third.", 32) == ["One sentence. And another one.", "A third."]


def test_a_sentence_that_is_too_long_is_cut_between_words():
    pieces = pieces_of("word " * 100, 60)
    assert all(len(piece) <= 60 and not piece.startswith("ord") for piece in pieces)
    assert " ".join(pieces).split() == ["word"] * 100


def test_a_text_without_blanks_is_cut_somewhere():
    assert "".join(pieces_of("x" * 250, 100)) == "x" * 250


@pytest.mark.parametrize("seed", range(50))
def test_nothing_is_lost_or_too_long(seed):
    chance = random.Random(seed)
    text = chance.choice([" ", "\n", "\n\n"]).join(chance.choice(LINES) for _line in range(chance.randrange(1, 60)))
    most = chance.randrange(20, 300)
    pieces = pieces_of(text, most)
    assert all(0 < len(piece) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_faster_is_shorter():
    assert seconds_of(1500) == 100
    assert seconds_of(1500, 2.0) == 50
