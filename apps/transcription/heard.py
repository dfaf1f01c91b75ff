"""From an answer to segments with times, in seconds from the beginning of what was sent. Pure.

A model that tells times is believed, within the length of the sound. One that tells words alone gets sentences, spread over
the speech by their characters. One that tells likelihoods of pieces of words gets likelihoods of words.
"""

import bisect
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf.locale import LANG_INFO

from apps.core.sentences import sentences
from apps.transcription.answers import mappings, number, segments_of
from apps.transcription.wording import Words, cut_long, joined_to, places_of, words_of_tokens

Span = tuple[float, float]
LONGEST: Final = 240  # characters of a segment whose times are guessed
SHORTEST: Final = 0.01  # seconds of a segment
SNAP: Final = 1.0  # seconds of speech within which the end of a sentence goes to a pause
CODES: Final = {info["name"].lower(): code for code, info in LANG_INFO.items() if "name" in info}


@dataclass(frozen=True, slots=True)
class Heard:
    """Some words that belong together. `words`: [word, start, end, likelihood or None] each."""

    start: float
    end: float
    text: str
    speaker: str = ""
    words: Words = ()
    likelihood: float | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard in one call. `is_guessed`: the times are ours."""

    segments: Sequence[Heard]
    language: str = ""
    is_guessed: bool = False
    has_words: bool = False

    @property
    def has_speakers(self) -> bool:
        return any(segment.speaker for segment in self.segments)

    @property
    def has_likelihoods(self) -> bool:
        return any(segment.likelihood is not None or any(word[3] is not None for word in segment.words) for segment in self.segments)


def hearing_of(answer: Any, text: str, seconds: float, speech: Sequence[Span] = ()) -> Hearing:
    """What an answer says was heard in `seconds` of sound. `speech`: where somebody speaks in it, for guessed times."""
    told = answer if isinstance(answer, Mapping) else {}
    text = str(told.get("text") or text or "").strip()
    language = language_of(told)
    words = _timed_words(told.get("words"))
    timed = _timed_segments(told)
    if not timed and words:
        timed = [_of_words(words, text)]
    if not timed:
        return Hearing(_guessed(told, text, seconds, speech), language, is_guessed=bool(text))
    whole = joined_to(timed, words) if words else timed
    found = [_within(piece, seconds) for segment in whole for piece in cut_long(segment)]
    return Hearing(sorted(found, key=lambda each: each.start), language, has_words=any(each.words for each in found))


def _of_words(words: Words, text: str) -> Heard:
    """Words without segments are one, with the text that was told if they all stand in it."""
    segment = Heard(words[0][1], words[-1][2], text, words=words)
    return segment if text and places_of(segment) else replace(segment, text=" ".join(word[0] for word in words))


def language_of(answer: Mapping[str, Any]) -> str:
    """The code of the language, which some servers write as a word; empty where none was told."""
    told: Any = answer.get("language") or next((entry.get("code") for entry in mappings(answer.get("languages"))), "")
    if not isinstance(told, str):
        return ""
    name = told.strip().lower()
    return CODES.get(name, name)[:20]


def _timed_segments(answer: Mapping[str, Any]) -> list[Heard]:
    """Segments with their times. One without a time of its own begins where the one before it ended; none where no time is told."""
    told = segments_of(answer)
    if not any(number(entry.get("start")) is not None for entry in told):
        return []
    found: list[Heard] = []
    for entry, following in zip(told, [*told[1:], {}], strict=True):
        start = number(entry.get("start"))
        start = start if start is not None else found[-1].end if found else 0.0
        end = number(entry.get("end"))
        end = end if end is not None else number(following.get("start"))
        found.append(_segment(entry, start, end if end is not None else start))
    return found


def _segment(entry: Mapping[str, Any], start: float, end: float) -> Heard:
    words = _timed_words(entry.get("words"))
    return Heard(start, max(start, end), entry["text"].strip(), _speaker(entry.get("speaker")), words, _likelihood(entry))


def _speaker(told: Any) -> str:
    return str(told).strip()[:80] if isinstance(told, str | int) and not isinstance(told, bool) else ""


def _likelihood(entry: Mapping[str, Any]) -> float | None:
    mean = number(entry.get("avg_logprob"))
    return None if mean is None else round(math.exp(min(mean, 0.0)), 4)


def _timed_words(told: Any) -> Words:
    """Words with times, in order; those without are left out."""
    found = []
    for entry in mappings(told):
        word, start, end = entry.get("word", entry.get("text")), number(entry.get("start")), number(entry.get("end"))
        if isinstance(word, str) and word.strip() and start is not None:
            found.append([word.strip(), start, max(start, end if end is not None else start), _probability(entry)])
    return sorted(found, key=lambda each: each[1])


def _probability(entry: Mapping[str, Any]) -> float | None:
    told = number(entry.get("probability"))
    if told is None and (logprob := number(entry.get("logprob"))) is not None:
        told = math.exp(min(logprob, 0.0))
    return None if told is None else round(min(max(told, 0.0), 1.0), 4)


def _within(segment: Heard, seconds: float) -> Heard:
    """The segment within the length of the sound: models tell of times after its end."""
    start = min(max(segment.start, 0.0), max(0.0, seconds - SHORTEST))
    end = min(max(segment.end, start + SHORTEST), max(seconds, SHORTEST))
    words = [[word, *(min(max(time, start), end) for time in times), likelihood] for word, *times, likelihood in segment.words]
    return replace(segment, start=start, end=end, words=words)


def _guessed(answer: Mapping[str, Any], text: str, seconds: float, speech: Sequence[Span]) -> list[Heard]:
    """Sentences at the times at which they were probably said."""
    said = list(sentences(text, longest=LONGEST))
    spoken = [(max(0.0, start), min(end, seconds)) for start, end in speech if start < seconds and end > start] or [(0.0, seconds)]
    likely: Sequence[tuple[str, float]] = words_of_tokens(mappings(answer.get("logprobs")))
    found: list[Heard] = []
    for sentence, (start, end) in zip(said, _spread([len(sentence) for sentence in said], spoken), strict=True):
        words, likely = _words_in(sentence, start, end, likely)
        found.append(_within(Heard(start, end, sentence, words=words, likelihood=_mean(words)), seconds))
    return found


def _spread(lengths: Sequence[int], speech: Sequence[Span]) -> list[Span]:
    """Times for texts of these lengths, one after the other over the speech. An end that falls near a pause goes to it."""
    ends = list(itertools.accumulate(end - start for start, end in speech))
    total, spoken = sum(lengths) or 1, ends[-1]
    joints = [0.0]
    for length in itertools.accumulate(lengths):
        at = spoken * length / total
        place = bisect.bisect(ends, at)
        nearest = min(ends[max(0, place - 1) : place + 1], key=lambda end: abs(end - at))
        joints.append(nearest if abs(nearest - at) <= SNAP and nearest > joints[-1] else max(at, joints[-1]))
    return [(_moment(a, speech, ends, is_end=False), _moment(b, speech, ends, is_end=True)) for a, b in itertools.pairwise(joints)]


def _moment(at: float, speech: Sequence[Span], ends: Sequence[float], *, is_end: bool) -> float:
    """Seconds of the sound at which so many seconds of speech are over. Between two of them: the end of one, or the start of the next."""
    for (_start, end), over in zip(speech, ends, strict=True):
        if at < over - 1e-9 or (is_end and at <= over + 1e-9):
            return end - (over - at)
    return speech[-1][1]


def _words_in(sentence: str, start: float, end: float, likely: Sequence[tuple[str, float]]) -> tuple[Words, Sequence[tuple[str, float]]]:
    """The words of a sentence with their likelihoods, at times by their characters; and what is left for the next one."""
    words: list[list[Any]] = []
    at, count = 0, 0
    for word, likelihood in likely:
        found = sentence.find(word, at)
        if found < 0:
            break
        at, count = found + len(word), count + 1
        each = [start + (end - start) * place / max(len(sentence), 1) for place in (found, at)]
        words.append([word, *each, likelihood])
    return words, likely[count:]


def _mean(words: Words) -> float | None:
    told = [word[3] for word in words if word[3]]
    return round(math.exp(sum(math.log(each) for each in told) / len(told)), 4) if told else None
