"""Files of sound, made for a test."""

import pathlib
import wave
from collections.abc import Sequence

import av
import numpy as np

from sound.formats import FORMATS
from sound.reading import Samples, decode
from sound.writing import write

RATE = 16_000
FIRST = 0.7  # seconds: where the first burst begins


def bursts(count: int, *, every: float = 2.0, long: float = 0.5) -> Samples:
    """A tone of `long` seconds every `every` seconds, the first at FIRST."""
    samples = np.zeros(round(count * every * RATE), dtype=np.float32)
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(long * RATE)) / RATE)
    for number in range(count):
        start = round((number * every + FIRST) * RATE)
        samples[start : start + len(tone)] = tone
    return samples


def file_of(path: pathlib.Path, samples: Samples, format: str) -> pathlib.Path:
    write([samples], RATE, path, FORMATS[format])
    return path


def beginnings(path: pathlib.Path) -> list[float]:
    """Where the bursts of a file begin, in seconds."""
    samples = np.concatenate(list(decode(path, RATE)))
    loud = np.convolve(np.abs(samples) > 0.1, np.ones(160), "same") > 0
    return [float(at) / RATE for at in np.flatnonzero(loud[1:] & ~loud[:-1])]


def wav(path: pathlib.Path, *, rate: int = 16_000, channels: int = 1, width: int = 2, seconds: float = 2.0) -> pathlib.Path:
    """A plain WAV of one tone in every channel, by the standard library."""
    tone = np.sin(2 * np.pi * 300 * np.arange(round(rate * seconds)) / rate)
    values = np.repeat((tone * (2 ** (8 * width - 1) - 1) * 0.5).astype("<i4"), channels)
    raw = b"".join(int(value + (128 if width == 1 else 0)).to_bytes(width, "little", signed=width > 1) for value in values)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(raw)
    return path


def video(path: pathlib.Path, samples: Samples | None, *, late: float = 0.0) -> pathlib.Path:
    """A few grey pictures, with a track of sound that begins `late` seconds after them."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("mpeg4", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        sound = container.add_stream("aac", rate=RATE, layout="mono") if samples is not None else None
        for number in range(20):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), number * 10, dtype=np.uint8), format="rgb24")
            frame.pts = number
            container.mux(pictures.encode(frame))
        container.mux(pictures.encode(None))
        if sound is not None and samples is not None:
            for start in range(0, len(samples), 1024):
                block = (samples[start : start + 1024] * 32767).astype(np.int16).reshape(1, -1)
                heard = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
                heard.sample_rate, heard.pts = RATE, start + round(late * RATE)
                container.mux(sound.encode(heard))
            container.mux(sound.encode(None))
    return path


def near(found: Sequence[float], wanted: Sequence[float], within: float) -> bool:
    return len(found) == len(wanted) and all(abs(one - other) <= within for one, other in zip(found, wanted, strict=True))
