"""A browser with a microphone that plays a file, and what is heard in a recording of it: words are pitches that nobody mistakes."""

import pathlib

import numpy as np
from playwright.sync_api import Browser

from apps.transcription.tests.sounds import RATE, silence, tone, wav
from sound.reading import decode
from tests.browser.seat import FLAGS

EVERY, LONG = 1.0, 0.6  # seconds from word to word, and of one
LOWEST, STEP = 300, 80  # Hz
WORDS = 24
FRAME = 800  # samples: 50 ms


def melody(words: int = WORDS) -> bytes:
    """Word k begins at second k."""
    return wav(np.concatenate([np.concatenate([tone(LONG, LOWEST + STEP * k), silence(EVERY - LONG)]) for k in range(words)]))


def hear(path: pathlib.Path) -> list[tuple[int, float]]:
    """The words of a recording, in order, with the second at which each begins."""
    samples = np.concatenate(list(decode(path, RATE)))
    found: list[tuple[int, float]] = []
    for at in range(0, len(samples) - FRAME, FRAME):
        word = _word_in(samples[at : at + FRAME])
        if word is not None and (not found or found[-1][0] != word):
            found.append((word, at / RATE))
    return found


def _word_in(frame: np.ndarray) -> int | None:
    if np.abs(frame).max() < 0.02:
        return None
    loudness = np.abs(np.fft.rfft(frame * np.hanning(len(frame)), 8 * len(frame)))
    pitch = float(np.argmax(loudness)) * RATE / (8 * len(frame))
    word = round((pitch - LOWEST) / STEP)
    return word if 0 <= word < WORDS and abs(pitch - LOWEST - STEP * word) < STEP / 4 else None


def launch_with_microphone(browser: Browser, executable: str, file: pathlib.Path) -> Browser:
    """Another process of the same browser, whose microphone is allowed and plays the file once, from when it is opened."""
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={file}%noloop")
    return browser.browser_type.launch(executable_path=executable, args=[*FLAGS, *fake])
