"""The work of the child that speaks. A job and its answer are plain JSON; the sound is a file that grows.

    {"text", "format", "speed", "file": where the sound goes}

Told on the way: {"size"}, how many bytes of the file are ready. In the end: {"size", "read", "made"}, where `read` counts
the sounds of speech that the text was taken apart into, and `made` the stretches of 12.5 ms that were made of them.
"""

import pathlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.audio.limits import OWN_SPEEDS
from engines.audio.speaking.pace import stretch
from engines.child import Tell
from engines.errors import invalid
from sound.formats import FORMATS
from sound.writing import encode, write

RATE = 24_000
FRAME = 300
# Smaller pieces wait for the next one.
LEAST_TOLD = 2048

Samples = NDArray[np.float32]


class Worker:
    """Speaks texts, one after the other."""

    def __init__(self, weights: pathlib.Path, threads: int) -> None:
        from hibari import Hibari

        self.voice: Any = Hibari(threads=threads)

    def do(self, job: dict[str, Any], tell: Tell) -> dict[str, Any]:
        sentences = [self.voice.ids(sounds) for sounds in self.voice.phonemize(job["text"]) if any(map(str.isalpha, sounds))]
        if not sentences:
            raise invalid("There is nothing in 'input' that can be spoken.", "input")
        spoken = Spoken(self.voice, sentences, job["speed"])
        path = pathlib.Path(job["file"])
        if job["format"] == "wav":
            # It says at its beginning how long it is, so it is ready when all of it is.
            write(spoken.samples(), RATE, path, FORMATS["wav"])
        else:
            write_stream(encode(spoken.samples(), RATE, job["format"]), path, tell)
        return {"size": path.stat().st_size, "read": sum(map(len, sentences)), "made": spoken.count // FRAME}


class Spoken:
    """Sentences that are made while they are taken; `count` samples were."""

    def __init__(self, voice: Any, sentences: list[list[int]], speed: float) -> None:
        self.voice = voice
        self.sentences = sentences
        self.speed = speed
        self.count = 0

    def samples(self) -> Iterator[Samples]:
        low, high = OWN_SPEEDS
        own = min(high, max(low, self.speed))
        for part in stretch(self.make(own), self.speed / own, RATE):
            self.count += len(part)
            yield part

    def make(self, speed: float) -> Iterator[Samples]:
        # The same words sound the same each time.
        chance = np.random.default_rng(0)
        for sentence in self.sentences:
            yield self.voice.from_ids(sentence, speed, chance)


def write_stream(pieces: Iterable[bytes], path: pathlib.Path, tell: Tell) -> None:
    told = 0
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
            if file.tell() - told >= LEAST_TOLD:
                file.flush()
                told = file.tell()
                tell({"size": told})
