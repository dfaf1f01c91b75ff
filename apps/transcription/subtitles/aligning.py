"""When which letter of a text is said: by the words that were heard where they still stand in it, by share of the letters between them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, Final

from apps.transcription.subtitles.letters import clean, is_unspaced
from apps.transcription.subtitles.spoken import Spoken, Words

Place = tuple[int, int]
_BARE: Final = re.compile(r"[^\w]+")


def places(text: str, words: Words) -> list[Place | None]:
    """Where each word stands in the text, from and up to; None for one that a person has changed or taken out."""
    exact = _as_it_is(text, [str(word[0]).strip() for word in words])
    if exact is not None:
        return list(exact)
    heard = [_bare(str(word[0])) for word in words]
    found = _in_a_row(text, heard)
    return list(found) if found is not None else _compared(text, heard)


def _as_it_is(text: str, heard: list[str]) -> list[Place] | None:
    """The quickest way: the text is its words with their marks."""
    found, at = [], 0
    for word in heard:
        begin = at + 1 if text.startswith(" ", at) else at
        if not word or not text.startswith(word, begin):
            return None
        at = begin + len(word)
        found.append((begin, at))
    return found if at == len(text) else None


def _bare(word: str) -> str:
    """A word without its marks, as it is compared."""
    return _BARE.sub("", word).casefold() or word.strip().casefold()


def _in_a_row(text: str, heard: list[str]) -> list[Place] | None:
    """The quick way: nothing but blanks and marks stands between the words. None where that is not so."""
    found, at = [], 0
    for word in heard:
        place = _next(text, word, at)
        if place is None:
            return None
        found.append(place)
        at = place[1]
    return found if not _BARE.sub("", text[at:]) else None


def _next(text: str, word: str, at: int) -> Place | None:
    """The word, letter by letter, beginning behind blanks and marks; marks inside of it are passed over, as in `don't`."""
    begin, matched = -1, 0
    for place in range(at, len(text)):
        letter = text[place].casefold()
        if matched < len(word) and word.startswith(letter, matched):
            begin = place if begin < 0 else begin
            matched += len(letter)
            if matched == len(word):
                return begin, place + 1
        elif text[place].isalnum() or (begin >= 0 and text[place].isspace()):
            return None
    return None


def _compared(text: str, heard: list[str]) -> list[Place | None]:
    """The words that are the same in both, by words; by letters where the writing has no blanks."""
    if any(is_unspaced(letter) for letter in text):
        return _by_letters(text, heard)
    tokens = list(re.finditer(r"\S+", text))
    found: list[Place | None] = [None] * len(heard)
    for a, b, size in SequenceMatcher(None, heard, [_bare(token.group()) for token in tokens], autojunk=False).get_matching_blocks():
        found[a : a + size] = [token.span() for token in tokens[b : b + size]]
    return found


def _by_letters(text: str, heard: list[str]) -> list[Place | None]:
    owners = [index for index, word in enumerate(heard) for _letter in word]
    spans: dict[int, list[int]] = {}
    for a, b, size in SequenceMatcher(None, "".join(heard), text.casefold(), autojunk=False).get_matching_blocks():
        for step in range(size):
            spans.setdefault(owners[a + step], []).append(min(b + step, len(text) - 1))
    whole = {index: (at[0], at[-1] + 1) for index, at in spans.items() if len(at) == len(heard[index])}
    return [whole.get(index) for index in range(len(heard))]


class TimeMap:
    """Seconds for places in the (cleaned) text of one stretch. Never goes back."""

    def __init__(self, spoken: Spoken, text: str | None = None) -> None:
        self.text = clean(spoken.text) if text is None else text
        self.start = spoken.start
        self.end = max(spoken.end, spoken.start)
        anchors = sorted(self._anchors(spoken.words))
        self.offsets = [0, *(offset for offset, _time in anchors), len(self.text)]
        self.times = [self.start]
        for _offset, time in anchors:
            self.times.append(min(max(time, self.times[-1]), self.end))
        self.times.append(self.end)

    def _anchors(self, words: Words) -> Iterator[tuple[int, float]]:
        if not words:
            return
        for place, word in zip(places(self.text, words), words, strict=True):
            if place is not None and _are_times(word):
                yield place[0], float(word[1])
                yield place[1], max(float(word[1]), float(word[2]))

    def begins(self, offset: int) -> float:
        """When what begins at this place begins to be said."""
        return self._at(bisect_right(self.offsets, offset) - 1, offset)

    def ends(self, offset: int) -> float:
        """When what ends at this place has been said."""
        index = bisect_left(self.offsets, offset)
        is_known = index < len(self.offsets) and self.offsets[index] == offset
        return self.times[index] if is_known else self._at(index - 1, offset)

    def _at(self, index: int, offset: int) -> float:
        if index >= len(self.offsets) - 1:
            return self.times[-1]
        length = self.offsets[index + 1] - self.offsets[index]
        share = (offset - self.offsets[index]) / length if length else 0.0
        return self.times[index] + share * (self.times[index + 1] - self.times[index])


def _are_times(word: Any) -> bool:
    return len(word) > 2 and all(isinstance(time, int | float) for time in word[1:3])
