"""Texts in parts that are judged one by one: a bad sentence among many good ones is heard too. Needs no package."""

import re
from collections.abc import Iterator

# Shorter ones say too little by themselves, longer ones too much at once.
LEAST_WORDS, MOST_WORDS = 4, 40
LONGEST_WORD = 100
SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+|[\r\n]+")


def passages_of(text: str) -> list[str]:
    """The sentences of a text, very short ones together with the next, very long ones in parts; at least one."""
    passages: list[list[str]] = [[]]
    for words in parts_of(text):
        if len(passages[-1]) >= LEAST_WORDS:
            passages.append([])
        passages[-1] += words
    return [" ".join(words) for words in passages]


def parts_of(text: str) -> Iterator[list[str]]:
    """The words of each sentence, those of a long one in several lists."""
    for sentence in SENTENCE_ENDS.split(text):
        words = [word[at : at + LONGEST_WORD] for word in sentence.split() for at in range(0, len(word), LONGEST_WORD)]
        for at in range(0, len(words), MOST_WORDS):
            yield words[at : at + MOST_WORDS]
