"""A text becomes sentences, in a time that nobody can make long by what he writes."""

import time

import pytest

from apps.core.sentences import sentences

TEXT = "He said “Go.” Then 3.5 m! 今日は。 元気？\nEnd"


def test_it_cuts_behind_marks_and_lines() -> None:
    assert list(sentences(TEXT, longest=240)) == ["He said “Go.”", "Then 3.5 m!", "今日は。", "元気？", "End"]
    assert list(sentences("One\nline.\n\nNext", longest=240, line_breaks=2)) == ["One\nline.", "Next"]


@pytest.mark.parametrize("text", ["word " * 100, "x" * 1000, "a, " * 300, "字" * 700])
def test_long_ones_are_cut_and_nothing_is_lost(text: str) -> None:
    pieces = list(sentences(text, longest=240))
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert max(map(len, pieces)) <= 240


@pytest.mark.parametrize("text", [".", "..x", '."', "?!", "\n", "x", "(.)", "。"])
def test_it_takes_twenty_times_as_long_for_twenty_times_as_much(text: str) -> None:
    """Where each mark was tried again from each of those before it, this took hours."""
    begun = time.monotonic()
    list(sentences(text * (1_000_000 // len(text)) + "x", longest=240))
    assert time.monotonic() - begun < 20
