"""Long texts in parts that are judged one by one: one bad sentence among many good ones is heard too. Needs no package."""

import re
from collections.abc import Iterator

MOST_WORDS = 40
LONGEST_WORD = 100
SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+|[\r\n]+")


def passages_of(text: str) -> list[str]:
    """The text in parts of at most 40 words, cut between sentences where that is possible; a short text as it is."""
    if len(text.split(maxsplit=MOST_WORDS)) <= MOST_WORDS and len(text) <= MOST_WORDS * LONGEST_WORD:
        return [text]
    passages: list[list[str]] = [[]]
    for words in parts_of(text):
        if passages[-1] and len(passages[-1]) + len(words) > MOST_WORDS:
            passages.append([])
        passages[-1] += words
    return [" ".join(words) for words in passages if words]


def parts_of(text: str) -> Iterator[list[str]]:
    """The words of each sentence, those of a long one in several lists."""
    for sentence in SENTENCE_ENDS.split(text):
        words = [word[at : at + LONGEST_WORD] for word in sentence.split() for at in range(0, len(word), LONGEST_WORD)]
        for at in range(0, len(words), MOST_WORDS):
            yield words[at : at + MOST_WORDS]
