"""Files of sound, written from blocks of numbers."""

import io
import pathlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

import av
import numpy as np

from sound.formats import FORMATS, Format
from sound.reading import Samples

BLOCK: Final = 24_000  # samples that are handed on at once


class Writer:
    """Takes blocks of one rate and writes a file of a format. `target` is a path, or anything that is written to in order."""

    def __init__(self, target: Any, rate: int, format: Format) -> None:
        self.rate = rate
        self.container = av.open(target, "w", format=format.container, options=_options(format, target))
        speed = {"compression_level": "7"} if format.is_quick else {}
        self.stream: Any = self.container.add_stream(format.codec, rate=format.rate, layout="mono", options=speed)
        context: Any = self.stream.codec_context
        context.format = format.sample_format
        if format.bit_rate:
            context.bit_rate = format.bit_rate
        context.open()
        self.resampler = av.AudioResampler(
            format=format.sample_format, layout="mono", rate=format.rate, frame_size=context.frame_size or None
        )
        self.written = 0

    def write(self, samples: Samples) -> None:
        for start in range(0, len(samples), BLOCK):
            block = np.clip(samples[start : start + BLOCK], -1.0, 1.0)
            frame = av.AudioFrame.from_ndarray((block * 32767).astype(np.int16).reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = self.rate
            frame.pts = None
            self._mux(frame)
        self.written += len(samples)

    def close(self) -> float:
        """Seconds that were written."""
        self._mux(None)
        for packet in self.stream.encode(None):
            self.container.mux(packet)
        self.container.close()
        return self.written / self.rate

    def _mux(self, frame: Any) -> None:
        for ready in self.resampler.resample(frame):
            for packet in self.stream.encode(ready):
                self.container.mux(packet)


def write(blocks: Iterable[Samples], rate: int, target: pathlib.Path, format: Format) -> float:
    """A whole file. Seconds."""
    with target.open("wb") as file:
        writer = Writer(file, rate, format)
        for block in blocks:
            writer.write(block)
        return writer.close()


class Outbox(io.RawIOBase):
    """What was written and not taken yet: nobody goes back in it, so headers have no lengths."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)


def encode(samples: Iterable[Samples], rate: int, format: str) -> Iterator[bytes]:
    """Pieces of a file as they are ready, for a format by its name in the API."""
    outbox = Outbox()
    writer = Writer(outbox, rate, FORMATS[format])
    for block in samples:
        writer.write(block)
        if ready := outbox.take():
            yield ready
    writer.close()
    if ready := outbox.take():
        yield ready


def _options(format: Format, target: Any) -> dict[str, str]:
    """An MP3 begins with a count of its frames, so that players seek exactly, where one can go back to write it."""
    return {"write_xing": "1" if _goes_back(target) else "0", "id3v2_version": "3"} if format.container == "mp3" else {}


def _goes_back(target: Any) -> bool:
    seekable = getattr(target, "seekable", None)
    return isinstance(target, str | pathlib.Path) or bool(seekable and seekable())
