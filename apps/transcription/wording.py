"""Words with times and the text that they stand in: which belongs to which segment, and where a long one is cut. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from apps.transcription.answers import number

if TYPE_CHECKING:
    from apps.transcription.heard import Heard

Words = Sequence[list[Any]]  # [word, start, end, likelihood or None] each
LONGEST: Final = 12.0  # seconds; a longer segment is cut where words have times
SHORTEST_SIDE: Final = 1.5
NEAR: Final = 40  # characters within which the next word has to be found
SENTENCE_ENDS: Final = frozenset(".!?…。！？")
CLAUSE_ENDS: Final = frozenset(",;:，、；：")
MARKS: Final = ".,;:!?…\"'“”‘’()[]«»。，！？、；："


def joined_to(segments: Sequence["Heard"], words: Words) -> list["Heard"]:
    """Words that were told beside the segments, each put into the one in whose text it stands, else into that of its time."""
    held: list[list[list[Any]]] = [[] for _segment in segments]
    current, at = 0, 0
    for word in words:
        for place in range(current, min(current + 3, len(segments))):
            found = _find(segments[place].text, str(word[0]), at if place == current else 0)
            if found is not None:
                current, at = place, found
                break
        else:
            current, at = _by_time(segments, word, current, at)
        held[current].append(word)
    return [replace(segment, words=segment.words or own) for segment, own in zip(segments, held, strict=True)]


def _by_time(segments: Sequence["Heard"], word: list[Any], current: int, at: int) -> tuple[int, int]:
    middle = (word[1] + word[2]) / 2
    place = current
    while place + 1 < len(segments) and middle >= segments[place + 1].start:
        place += 1
    return place, at if place == current else 0


def _find(text: str, word: str, at: int) -> int | None:
    """Where the text goes on behind this word; None if it is not among the next ones."""
    bare = word.strip(MARKS).lower() or word.lower()
    window = text[at : at + NEAR + len(bare)].lower()
    found = window.find(bare)
    return None if found < 0 else at + found + len(bare)


def cut_long(segment: "Heard") -> Iterator["Heard"]:
    """A segment whose words have times, in pieces of at most about twelve seconds, cut where a sentence ends or somebody pauses."""
    starts = places_of(segment) if segment.end - segment.start > LONGEST and len(segment.words) > 1 else None
    at = _best_cut(segment, starts) if starts else None
    if starts is None or at is None:
        yield segment
        return
    words = list(segment.words)
    head = replace(segment, end=words[at - 1][2], text=segment.text[: starts[at]].strip(), words=words[:at])
    tail = replace(segment, start=words[at][1], text=segment.text[starts[at] :].strip(), words=words[at:])
    yield from cut_long(head)
    yield from cut_long(tail)


def places_of(segment: "Heard") -> list[int] | None:
    """Where each word begins in the text; None where one of them does not stand in it."""
    places, at = [], 0
    for word in segment.words:
        end = _find(segment.text, str(word[0]), at)
        if end is None:
            return None
        begin = end - len(str(word[0]).strip(MARKS) or str(word[0]))
        places.append(_with_marks_before(segment.text, begin, at))
        at = end
    return places


def _with_marks_before(text: str, begin: int, least: int) -> int:
    """An opening quotation mark belongs to the word behind it."""
    while begin > least and not text[begin - 1].isspace() and text[begin - 1] not in SENTENCE_ENDS | CLAUSE_ENDS:
        begin -= 1
    return begin


def _best_cut(segment: "Heard", starts: Sequence[int]) -> int | None:
    """The word before which to cut; None where no side would be long enough."""
    words = segment.words
    middle, length = (segment.start + segment.end) / 2, segment.end - segment.start
    sides = [at for at in range(1, len(words)) if min(words[at][1] - segment.start, segment.end - words[at - 1][2]) >= SHORTEST_SIDE]

    def worth(at: int) -> float:
        before = segment.text[: starts[at]].rstrip()[-1:]
        mark = 2.0 if before in SENTENCE_ENDS else 0.7 if before in CLAUSE_ENDS else 0.0
        pause = float(min(max(words[at][1] - words[at - 1][2], 0.0), 2.0))
        return mark + pause - 2 * float(abs(words[at][1] - middle)) / length

    return max((at for at in sides if segment.text[: starts[at]].strip() and segment.text[starts[at] :].strip()), key=worth, default=None)


def words_of_tokens(tokens: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """Words with their likelihoods, from pieces of words with theirs: a piece that begins with a blank begins a word."""
    found: list[tuple[str, list[float]]] = []
    for token in tokens:
        piece, logprob = token.get("token"), number(token.get("logprob"))
        if not isinstance(piece, str) or logprob is None:
            continue
        if not found or piece[:1].isspace():
            found.append((piece.strip(), [logprob]))
        else:
            found[-1] = (found[-1][0] + piece.rstrip(), [*found[-1][1], logprob])
    return [(word, round(math.exp(min(sum(logs) / len(logs), 0.0)), 4)) for word, logs in found if word]
