"""Several files one after the other as one, and files in another format."""

import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sound.formats import FORMATS, PCM_RATE, TO_LISTEN, Format
from sound.measuring import FRAME, RATE, peaks_of
from sound.reading import Samples, opened
from sound.writing import Writer


@dataclass(frozen=True, slots=True)
class Joined:
    """`peaks` as in Measured."""

    seconds: float
    peaks: bytes


def join(paths: Sequence[pathlib.Path], target: pathlib.Path, format: str, *, pause: float = 0.0) -> Joined:
    """All files as one, with `pause` seconds of silence between two. Raises Unusable.

    A path that ends in `.pcm` is headerless sound, as the API sends it.
    """
    return _written(paths, target, FORMATS[format], pause)


def convert(path: pathlib.Path, target: pathlib.Path, format: str) -> Joined:
    """The same sound in another format. Raises Unusable."""
    return _written([path], target, FORMATS[format], 0.0)


def make_listenable(path: pathlib.Path, target: pathlib.Path) -> str:
    """A copy that every browser plays; its content type. Raises Unusable."""
    _written([path], target, TO_LISTEN, 0.0)
    return TO_LISTEN.content_type


def _written(paths: Sequence[pathlib.Path], target: pathlib.Path, format: Format, pause: float) -> Joined:
    loudest: list[Samples] = []
    step = round(format.rate * FRAME / RATE)
    rest = np.zeros(0, dtype=np.float32)
    with target.open("wb") as file:
        writer = Writer(file, format.rate, format)
        for block in _blocks(paths, format.rate, pause):
            writer.write(block)
            rest = np.concatenate((rest, np.abs(block)))
            whole = len(rest) - len(rest) % step
            loudest.append(rest[:whole].reshape(-1, step).max(axis=1))
            rest = rest[whole:]
        seconds = writer.close()
    if len(rest):
        loudest.append(rest.max(keepdims=True))
    return Joined(seconds, peaks_of(np.concatenate(loudest)))


def _blocks(paths: Sequence[pathlib.Path], rate: int, pause: float) -> Iterator[Samples]:
    for number, path in enumerate(paths):
        if number and pause:
            yield np.zeros(round(pause * rate), dtype=np.float32)
        yield from _sound_of(path, rate)


def _sound_of(path: pathlib.Path, rate: int) -> Iterator[Samples]:
    if path.suffix == ".pcm":
        yield from _headerless(path, rate)
        return
    with opened(path) as reading:
        yield from reading.blocks(rate)


def _headerless(path: pathlib.Path, rate: int) -> Iterator[Samples]:
    """16-bit numbers without a word about them."""
    import av

    resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate)
    with path.open("rb") as file:
        while data := file.read(2 * PCM_RATE):
            values = np.frombuffer(data[: len(data) - len(data) % 2], dtype="<i2").reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(values), format="s16", layout="mono")
            frame.sample_rate = PCM_RATE
            frame.pts = None
            for block in resampler.resample(frame):
                yield block.to_ndarray().reshape(-1).astype(np.float32, copy=False)
    for block in resampler.resample(None):
        yield block.to_ndarray().reshape(-1).astype(np.float32, copy=False)
