"""Speech for tests: a person's, under a free licence and fetched like weights, and our own voice's, made when it is wanted.

Nothing of it is in the repository. Fixtures of all tests: `speech_sample`, `say`. What cannot be had skips the test.
"""

import functools
import os
import pathlib
import re
import subprocess
import sys
import wave
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from rapidfuzz.distance import Levenshtein

from engines.weights import SPEECH_SAMPLE, fetch_command, is_there

ROOT = pathlib.Path(__file__).resolve().parents[1]
# About a hundred words that a small model can hear: no names, no numbers that can be written in two ways.
LONG_TEXT = (
    "The lighthouse keeper climbed the narrow stairs every evening before the sun went down. From the top he could see the whole bay, "
    "the fishing boats coming home, and the long grey line of the hills behind the town. He cleaned the glass, filled the lamp with oil, "
    "and waited until the first stars appeared above the water. Then he lit the flame and turned the great lens slowly toward the sea. "
    "Far away, a captain saw the light, smiled, and changed his course. Nobody on the ship would ever learn his name, but all of them "
    "slept well that night."
)


@dataclass(frozen=True, slots=True)
class SpeechSample:
    """A recording of a person: `words` is what is said in it."""

    path: pathlib.Path
    words: str
    seconds: float
    licence: str


def weights_folder() -> pathlib.Path:
    return pathlib.Path(os.environ.get("PLAYGROUND_WEIGHTS", ROOT / "data" / "models"))


def needed(set_name: str) -> pathlib.Path:
    """The folder of the weights, with that set in it; fetches it, or skips the test."""
    folder = weights_folder()
    if not is_there(folder, set_name):
        subprocess.run([sys.executable, "-m", "engines.fetch", "--dest", str(folder), set_name], cwd=ROOT, check=False)
    if not is_there(folder, set_name):
        pytest.skip(f"Not here, and could not be fetched: {fetch_command(folder, set_name)}")
    return folder


def person() -> SpeechSample:
    """Ten seconds, 16 kHz, one channel, WAV: a man who reads slowly, with pauses of about a second."""
    path = needed("test-speech") / SPEECH_SAMPLE
    words = "Ever tried. Ever failed. No matter. Try again. Fail again. Fail better."
    return SpeechSample(path, words, 9.963, "MIT (useful-moonshine-onnx, Useful Sensors)")


def speak(text: str, target: pathlib.Path, *, speed: float = 1.0) -> pathlib.Path:
    """`text` in our own voice as a WAV file, 24 kHz, 16 bit, one channel; the same text gives the same bytes."""
    samples = (voice()(text, speed=speed, seed=1).clip(-1, 1) * 32767).astype("<i2")
    with wave.open(str(target), "wb") as file:
        file.setparams((1, 2, 24_000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return target


@functools.cache
def voice() -> Any:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    return pytest.importorskip("hibari").Hibari(threads=1)


def words_of(text: str) -> list[str]:
    """Words as they are compared: in small letters, without marks."""
    return re.sub(r"[^a-z0-9' ]", " ", text.lower().replace("-", " ")).split()


def kept(spoken: str, heard: str) -> float:
    """How much of the words was kept, 1.0 for all: one minus the word error rate."""
    wanted = words_of(spoken)
    return 1 - Levenshtein.distance(wanted, words_of(heard)) / len(wanted)


@pytest.fixture(scope="session")
def speech_sample() -> SpeechSample:
    return person()


@pytest.fixture
def say(tmp_path: pathlib.Path) -> Callable[..., pathlib.Path]:
    """`say(text, name="spoken.wav", speed=1.0)` → the path of a WAV file."""
    return lambda text, name="spoken.wav", speed=1.0: speak(text, tmp_path / name, speed=speed)
