"""Files of sound, made for a test."""

import io
import pathlib
import wave
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

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


def tracks(path: pathlib.Path, *sounds: Samples, container: str = "matroska", default: int = 0) -> pathlib.Path:
    """Several tracks of sound in one file, of which one is meant to be heard."""
    with av.open(str(path), "w", format=container) as file:
        streams = [file.add_stream("libopus", rate=48_000, layout="mono") for _sound in sounds]
        for number, stream in enumerate(streams):
            stream.disposition = av.stream.Disposition.default if number == default else av.stream.Disposition(0)
        for stream, samples in zip(streams, sounds, strict=True):
            _feed(file, stream, samples)
    return path


def with_gap(path: pathlib.Path, samples: Samples, *, at: float, gap: float) -> pathlib.Path:
    """As a browser's recorder writes it, without a length, and with nothing for `gap` seconds."""
    with path.open("wb") as target, av.open(NoWayBack(target), "w", format="webm") as file:
        stream = file.add_stream("libopus", rate=48_000, layout="mono")
        _feed(file, stream, samples, lambda seconds: seconds + gap if seconds >= at else seconds)
    return path


class NoWayBack(io.RawIOBase):
    """A target that is only written to in order."""

    def __init__(self, target: Any) -> None:
        super().__init__()
        self.target = target

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.target.write(bytes(data))
        return len(data)


def uneven_mp3(path: pathlib.Path, samples: Samples, *, has_count: bool) -> pathlib.Path:
    """An MP3 whose parts take more or less room as they need it."""
    options = {"write_xing": "1" if has_count else "0"}
    with av.open(str(path), "w", format="mp3", options=options) as file:
        _feed(
            file, file.add_stream("libmp3lame", rate=44_100, layout="mono", options={"flags": "+qscale", "global_quality": "472"}), samples
        )
    return path


def _feed(file: Any, stream: Any, samples: Samples, moved: Callable[[float], float] = float) -> None:
    context = stream.codec_context
    if not context.is_open:
        context.open()
    resampler = av.AudioResampler(format=context.format, layout="mono", rate=context.rate, frame_size=context.frame_size)
    frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16).reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    for ready in [*resampler.resample(frame), *resampler.resample(None)]:
        _mux(file, stream.encode(ready), moved)
    _mux(file, stream.encode(None), moved)


def _mux(file: Any, packets: Iterable[Any], moved: Callable[[float], float]) -> None:
    for packet in packets:
        at = moved(float(packet.pts * packet.time_base))
        packet.pts = packet.dts = round(at / packet.time_base)
        file.mux(packet)
