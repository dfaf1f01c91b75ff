"""The work of the child that hears. A job and its answer are plain JSON; the recording is a file.

    {"file": path, "prompt", "temperature", "words": whether each word gets its times}

Told on the way: each segment, as `listening.describe` has it. In the end: {"seconds"}.
"""

import pathlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.audio.limits import HEARING_RATE as RATE
from engines.audio.limits import LEAST_SECONDS, MOST_SECONDS
from engines.child import Tell
from engines.errors import ApiError, invalid
from engines.weights import HEARING_FOLDER
from sound.errors import Unusable
from sound.reading import decode

SIZE = 4
TOLD = {
    "empty": "'file' is empty.",
    "not_sound": "'file' is no recording that can be read here: send flac, m4a, mp3, mp4, ogg, wav or webm.",
    "no_track": "'file' has no sound in it.",
    "no_rate": "'file' says that its sound has 0 samples a second, so it cannot be read.",
    "broken": "'file' is damaged: its sound cannot be read.",
    "too_long": f"'file' is longer than {MOST_SECONDS // 60} minutes: send it in parts.",
}


class Worker:
    """Hears recordings, one after the other. The model is loaded for the first one in which somebody speaks."""

    def __init__(self, weights: pathlib.Path, threads: int) -> None:
        self.weights = weights
        self.threads = threads
        self.model: Any = None

    def do(self, job: dict[str, Any], tell: Tell) -> dict[str, Any]:
        samples = read(pathlib.Path(job["file"]))
        # Large libraries are loaded only now, so that a file that is refused is refused at once.
        from engines.audio.hearing.listening import listen, load

        if self.model is None:
            self.model = load(self.weights / HEARING_FOLDER, self.threads)
        for segment in listen(self.model, samples, job):
            tell(segment)
        return {"seconds": round(len(samples) / RATE, 3)}


def read(path: pathlib.Path) -> NDArray[np.float32]:
    """All of the recording, 16 kHz, one channel; ApiError says in a sentence why it cannot be had."""
    samples = bytearray()
    try:
        for part in decode(path, RATE):
            samples += part.astype(np.float32, copy=False).tobytes()
            if len(samples) > MOST_SECONDS * RATE * SIZE:
                raise unusable("too_long")
    except Unusable as error:
        raise unusable(error.kind) from error
    if len(samples) < LEAST_SECONDS * RATE * SIZE:
        raise invalid(f"'file' is shorter than {LEAST_SECONDS:g} seconds.", "file", "audio_too_short")
    return np.frombuffer(samples, np.float32)


def unusable(kind: str) -> ApiError:
    return invalid(TOLD[kind], "file", "audio_too_long" if kind == "too_long" else "invalid_audio_file")
