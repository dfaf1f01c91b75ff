"""Recordings for the tests of the provider, made of numbers."""

import io
import wave

import numpy as np
from numpy.typing import NDArray

RATE = 16_000


def packed(samples: NDArray[np.floating], rate: int = RATE) -> bytes:
    """A WAV file, 16 bit, one channel."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return target.getvalue()


def silence(seconds: float) -> NDArray[np.floating]:
    return np.zeros(round(seconds * RATE))


def hum(seconds: float, pitch: float = 50.0) -> NDArray[np.floating]:
    return 0.3 * np.sin(2 * np.pi * pitch * np.arange(round(seconds * RATE)) / RATE)


def noise(seconds: float) -> NDArray[np.floating]:
    return np.random.default_rng(1).normal(0, 0.1, round(seconds * RATE))


def samples_of(content: bytes) -> NDArray[np.floating]:
    with wave.open(io.BytesIO(content)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767
