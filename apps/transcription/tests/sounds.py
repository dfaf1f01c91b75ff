"""Sound files for tests, made here: tones and silence as WAV."""

import io
import wave

import numpy as np

RATE = 16_000


def tone(seconds: float = 2.0, pitch: float = 330.0, loud: float = 0.4) -> np.ndarray:
    moments = np.arange(round(seconds * RATE)) / RATE
    return (loud * np.sin(2 * np.pi * pitch * moments)).astype(np.float32)


def silence(seconds: float = 2.0) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.float32)


def wav(samples: np.ndarray, rate: int = RATE) -> bytes:
    """One channel, 16 bits."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return file.getvalue()
