"""Words that are tones: a sound from which everybody can tell which words are where, whatever was cut, joined or encoded.

A word is a burst of five tones of 0.1 s, one for each decimal digit of its number; between words it is silent. Only a whole
burst is a word, so one that was cut in two is lost, and a test sees that.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
Word = tuple[int, float, float]  # its number, from and to in seconds
DIGITS: Final = 5
DIGIT_SECONDS: Final = 0.1
LONG: Final = DIGITS * DIGIT_SECONDS
BEFORE: Final = 0.5  # seconds of silence before the first word; less where words come faster
FREQUENCIES: Final = np.array([600 + 250 * digit for digit in range(10)], dtype=np.float64)
LOUDNESS: Final = 0.4
HEARD: Final = 0.05  # of full scale: louder is a tone
FRAME_SECONDS: Final = 0.01
CLEAR: Final = 2.0  # times as much of one tone as of the next


def tone_words(numbers: Iterable[int], *, every: float = 2.0, rate: int = 16_000) -> Samples:
    """Word k begins at k * every + BEFORE, or where there is as much silence before as behind it."""
    before = min(BEFORE, (every - LONG) / 2)
    listed = list(numbers)
    samples = np.zeros(round(len(listed) * every * rate), dtype=np.float32)
    for place, number in enumerate(listed):
        start = round((place * every + before) * rate)
        burst = burst_of(number, rate)
        samples[start : start + len(burst)] = burst
    return samples


def burst_of(number: int, rate: int) -> Samples:
    time = np.arange(round(DIGIT_SECONDS * rate)) / rate
    tones = [np.sin(2 * np.pi * FREQUENCIES[int(digit)] * time) for digit in f"{number:0{DIGITS}d}"]
    return (LOUDNESS * np.concatenate(tones)).astype(np.float32)


def hear_tones(samples: Samples, rate: int) -> list[Word]:
    """The words of a sound, with their times."""
    frame = max(1, round(FRAME_SECONDS * rate))
    whole = samples[: len(samples) - len(samples) % frame]
    if not len(whole):
        return []
    loud = np.abs(whole.reshape(-1, frame)).max(axis=1) > HEARD
    edges = np.flatnonzero(np.diff(np.concatenate(([False], loud, [False])).astype(np.int8)))
    words = [_word(samples, rate, int(start) * frame, int(end) * frame) for start, end in edges.reshape(-1, 2)]
    return [word for word in words if word is not None]


def _word(samples: Samples, rate: int, start: int, end: int) -> Word | None:
    """The word between two places, if a whole one is there."""
    start = _edge(samples, start, end, 1)
    end = _edge(samples, end - 1, start, -1) + 1
    if abs((end - start) / rate - LONG) > 0.03:
        return None
    step = (end - start) / DIGITS
    digits = [_digit(samples[round(start + (place + 0.2) * step) : round(start + (place + 0.8) * step)], rate) for place in range(DIGITS)]
    if None in digits:
        return None
    return int("".join(str(digit) for digit in digits)), start / rate, end / rate


def _edge(samples: Samples, start: int, end: int, step: int) -> int:
    """The first loud sample from here on."""
    part: Any = samples[start:end] if step > 0 else samples[end : start + 1][::-1]
    found = np.flatnonzero(np.abs(part) > HEARD)
    return start + step * int(found[0]) if len(found) else start


def _digit(part: Samples, rate: int) -> int | None:
    strength = np.abs((_waves(len(part), rate) * part).sum(axis=1))  # no product of matrices: its threads cost more than the work
    best, second = np.sort(strength)[::-1][:2]
    return int(strength.argmax()) if best > CLEAR * second else None


@lru_cache(maxsize=16)
def _waves(length: int, rate: int) -> npt.NDArray[np.complex64]:
    """Each tone in its row."""
    waves: npt.NDArray[np.complex128] = np.exp(-2j * np.pi * FREQUENCIES[:, None] * np.arange(length) / rate)
    return waves.astype(np.complex64)


def named(words: Sequence[Word]) -> list[str]:
    """As a model would write them: w00001 w00002."""
    return [f"w{number:05d}" for number, _start, _end in words]
