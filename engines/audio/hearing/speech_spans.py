"""Where in a recording somebody speaks. Whisper invents words where nobody does, and takes its time for it."""

from collections.abc import Iterator

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from engines.audio.limits import HEARING_RATE as RATE

Samples = NDArray[np.float32]
Span = tuple[float, float]

# The detector looks at stretches of this length, and keeps what it knows over a block of them.
STEP = 512
BLOCK = 60 * RATE // STEP * STEP
# Noise, hum, music of plain tones stay below 0.2; speech in noise twice as loud still comes near 1.
LEAST_CERTAINTY = 0.3
MARGIN = 0.5
# Shorter gaps are left to Whisper, which then knows better where a sentence ends.
SHORTEST_GAP = 5.0
# What is heard at once takes memory: a span as long as this ends at its next pause, or at last where it may not be longer.
LONG, LONGEST, PAUSE = 90.0, 150.0, 0.4
# Below this there is nothing but the noise of 16 bits.
LEAST_PEAK = 1e-4
GOOD_PEAK = 0.5


class Speech:
    """When somebody speaks in a recording. `moments`: the seconds at which the stretches begin that are speech, in order."""

    def __init__(self, moments: NDArray[np.float64], seconds: float) -> None:
        self.moments = moments
        self.seconds = seconds

    def spans(self) -> Iterator[Span]:
        """What to listen to: apart and in order, no word cut where there is any pause, with half a second of silence around."""
        start: float | None = None
        last = 0.0
        for moment in self.moments.tolist():
            if start is None:
                start = max(0.0, moment - MARGIN)
            elif moment - last > SHORTEST_GAP:
                yield start, last + MARGIN
                start = moment - MARGIN
            elif moment - start > LONGEST or (moment - start > LONG and moment - last > PAUSE):
                yield start, (moment + last) / 2
                start = (moment + last) / 2
            last = moment + STEP / RATE
        if start is not None:
            yield start, min(self.seconds, last + MARGIN)

    def share(self, start: float, end: float) -> float:
        """How much of that time is speech, 0 to 1."""
        first, after = np.searchsorted(self.moments, (start, end))
        return float(after - first) * STEP / RATE / max(end - start, STEP / RATE)


def find_speech(samples: Samples) -> Speech:
    peak = float(np.abs(samples).max(initial=0.0))
    likely = certainty(samples, GOOD_PEAK / peak) if peak > LEAST_PEAK else np.zeros(0, np.float32)
    return Speech(np.flatnonzero(likely > LEAST_CERTAINTY) * STEP / RATE, len(samples) / RATE)


def certainty(samples: Samples, gain: float) -> Samples:
    """How likely each stretch of `STEP` samples is speech, 0 to 1."""
    detector = get_vad_model()
    blocks = (samples[start : start + BLOCK] * np.float32(gain) for start in range(0, len(samples), BLOCK))
    return np.concatenate([detector(np.pad(block, (0, -len(block) % STEP))).ravel() for block in blocks])
