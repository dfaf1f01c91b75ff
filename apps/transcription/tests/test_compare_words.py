"""Word by word: what two models heard differently."""

import random
import time

import pytest

from apps.transcription.differences import difference


def told(first: str, second: str) -> list[tuple[str, str, str]]:
    return [(each.kind, each.first, each.second) for each in difference(first, second).stretches]


def test_case_and_punctuation_are_no_difference():
    assert difference("Good morning, everybody!", "good morning everybody").mistakes == 0
    assert difference("don’t", "don't").mistakes == 0


def test_it_tells_what_was_replaced_added_and_left_out():
    found = difference("the quick brown fox jumps", "the quick black fox happily jumps over")
    assert (found.replaced, found.added, found.left_out, found.words) == (1, 2, 0, 5)
    assert found.rate == pytest.approx(3 / 5)


def test_it_tells_words_that_stand_for_each_other():
    assert told("a b d", "a x d") == [("same", "a", "a"), ("replaced", "b", "x"), ("same", "d", "d")]
    assert told("a b c d", "a c d e") == [("same", "a", "a"), ("left_out", "b", ""), ("same", "c d", "c d"), ("added", "", "e")]


def test_all_words_are_told_once_and_in_order():
    chance = random.Random(1)
    first = [chance.choice(["one", "two", "three", "four", "five", "six"]) for _word in range(300)]
    second = [word for word in first if chance.random() > 0.1] + ["end"]
    stretches = difference(" ".join(first), " ".join(second)).stretches
    assert " ".join(each.first for each in stretches if each.first).split() == first
    assert " ".join(each.second for each in stretches if each.second).split() == second


def test_writing_without_blanks_is_compared_letter_by_letter():
    found = difference("今日は晴れです", "今日は雨です")
    assert (found.words, found.mistakes) == (7, 2)
    assert found.stretches[0].first == "今日は"


def test_nothing_is_nothing():
    assert difference("", "").rate == 0
    assert difference("", "word").rate == 1
    assert difference("word", "").rate == 1


def test_three_hours_are_compared_at_once():
    chance = random.Random(2)
    words = [f"w{chance.randrange(3000)}" for _word in range(30_000)]
    other = [word if chance.random() > 0.08 else "x" for word in words]
    begun = time.process_time()
    assert difference(" ".join(words), " ".join(other)).replaced > 1000
    assert time.process_time() - begun < 20
