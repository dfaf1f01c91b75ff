"""What two models heard differently, word by word, and how much that is. Pure.

Words are compared without case and punctuation: a comma that one model hears is no mistake of the other.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Levenshtein

# Writing without blanks between words is compared letter by letter.
TIGHT: Final = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORDS: Final = re.compile(rf"[{TIGHT}]|[^\s{TIGHT}]+")
SAME, REPLACED, ADDED, LEFT_OUT = "same", "replaced", "added", "left_out"
KINDS: Final = {"equal": SAME, "replace": REPLACED, "insert": ADDED, "delete": LEFT_OUT}
APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that are the same in both, or what stands for each other. Empty where one of them has nothing."""

    kind: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`replaced`, `added` and `left_out` count words; `words` are those of the first text."""

    stretches: Sequence[Stretch]
    words: int
    replaced: int
    added: int
    left_out: int

    @property
    def mistakes(self) -> int:
        return self.replaced + self.added + self.left_out

    @property
    def rate(self) -> float:
        """The word error rate of the second text, taking the first for right: 0 for the same, above 1 where much was added."""
        return self.mistakes / self.words if self.words else float(bool(self.mistakes))


def difference(first: str, second: str) -> Difference:
    ours, theirs = WORDS.findall(first), WORDS.findall(second)
    keys = [_key(word) for word in ours], [_key(word) for word in theirs]
    counts = {REPLACED: 0, ADDED: 0, LEFT_OUT: 0, SAME: 0}
    stretches = []
    for kind, here, there in _stretches(*keys):
        counts[kind] += max(here.stop - here.start, there.stop - there.start)
        stretches.append(Stretch(kind, _joined(ours[here]), _joined(theirs[there])))
    return Difference(stretches, len(ours), counts[REPLACED], counts[ADDED], counts[LEFT_OUT])


def _stretches(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[str, slice, slice]]:
    for step in Levenshtein.opcodes(*_numbered(ours, theirs)):
        yield KINDS[step.tag], slice(step.src_start, step.src_end), slice(step.dest_start, step.dest_end)


def _numbered(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[int], list[int]]:
    """Words as numbers: comparing those is quick."""
    numbers: dict[str, int] = {}
    first, second = ([numbers.setdefault(word, len(numbers)) for word in words] for words in (ours, theirs))
    return first, second


def _key(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word).translate(APOSTROPHES).casefold()
    kept = "".join(letter for letter in plain if letter.isalnum() or letter == "'").strip("'")
    return kept or plain


def _joined(words: Sequence[str]) -> str:
    """Letters of writing without blanks stay together."""
    text = ""
    for word in words:
        is_tight = text and len(word) == 1 and word > "\u3000" and text[-1] > "\u3000"
        text += word if not text or is_tight else f" {word}"
    return text
