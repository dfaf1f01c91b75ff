"""What is worth knowing of a recording before it is sent: its length, how loud it is where, and where nobody speaks."""

import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sound.errors import Unusable
from sound.formats import PLAYABLE
from sound.reading import Reading, Samples, opened

RATE: Final = 16_000
FRAME_SECONDS: Final = 0.02
FRAME: Final = int(RATE * FRAME_SECONDS)
PEAKS: Final = 1_000
SHORTEST_PAUSE: Final = 0.3
SILENT: Final = 0.002  # of full scale: quieter than the hiss of a microphone that is switched off
ABOVE_FLOOR: Final = 3.0  # times as loud as the quiet parts: somebody speaks
LOUDEST_FLOOR: Final = 0.02
LOUD: Final = 95  # percentile of loudness that stands for speech
LEAST_BYTES: Final = 100  # a second, of sound that can be understood: a smaller file that says it is long is read to see
MISSING: Final = 0.02  # so much of the told length may be missing: lengths are often rounded
MISSING_SECONDS: Final = 1.0
GUESSED: Final = frozenset({"aac", "amr", "mpeg", "mpegts"})  # these have no length: FFmpeg guesses one from the first packets


@dataclass(frozen=True, slots=True)
class Measured:
    """Times in seconds. `peaks`: PEAKS values from 0 to 255. `pauses`: from and to, in order.

    `content_type`: for a browser, where it plays the file as it is and goes to a moment of it exactly; then `is_playable`.
    """

    seconds: float
    peaks: bytes
    pauses: list[tuple[float, float]]
    container: str
    codec: str
    rate: int
    channels: int
    has_video: bool
    is_silent: bool
    ends_early: bool
    told_seconds: float | None
    content_type: str
    is_playable: bool


def measure(path: pathlib.Path, most_seconds: float) -> Measured:
    """Reads all of it once. Raises Unusable."""
    with opened(path) as reading:
        if path.stat().st_size > LEAST_BYTES * most_seconds and (reading.told_seconds or 0) > most_seconds:
            raise Unusable("too_long")
        frames = _loudness(reading, most_seconds)
        seconds = frames.samples / RATE
        return Measured(
            seconds=seconds,
            peaks=peaks_of(frames.loudest),
            pauses=pauses_of(frames.power),
            is_silent=bool(frames.loudest.max(initial=0.0) < SILENT),
            ends_early=_ends_early(reading, seconds, path),
            **_told(reading),
        )


def glance(path: pathlib.Path) -> dict[str, Any]:
    """What the file says of itself, without reading its sound; `told_seconds` is None where it says nothing. Raises Unusable."""
    with opened(path) as reading:
        told = _told(reading)
        return {**told, "told_seconds": None if _is_guessed(reading, path) else told["told_seconds"]}


@dataclass(frozen=True, slots=True)
class Frames:
    """Of each 20 ms: the loudest sample and the mean power, as roots. `samples`: how many there were in all."""

    loudest: npt.NDArray[np.float32]
    power: npt.NDArray[np.float32]
    samples: int


def _loudness(reading: Reading, most_seconds: float) -> Frames:
    loudest, power, samples = [], [], 0
    for block in _whole_frames(reading.blocks(RATE)):
        samples += len(block)
        if samples > most_seconds * RATE:
            raise Unusable("too_long")
        rows = np.pad(block, (0, -len(block) % FRAME)).reshape(-1, FRAME)
        loudest.append(np.abs(rows).max(axis=1))
        power.append(np.sqrt(np.mean(np.square(rows), axis=1)))
    if not samples:
        raise Unusable("broken")
    return Frames(np.concatenate(loudest), np.concatenate(power), samples)


def _whole_frames(blocks: Iterator[Samples]) -> Iterator[Samples]:
    """Blocks of about a second whose lengths are whole frames; the last one is what is left."""
    waiting: list[Samples] = []
    length = 0
    for block in blocks:
        waiting.append(block)
        length += len(block)
        if length >= RATE:
            joined = np.concatenate(waiting)
            whole = length - length % FRAME
            yield joined[:whole]
            waiting, length = [joined[whole:]], length - whole
    if length:
        yield np.concatenate(waiting)


def peaks_of(loudest: npt.NDArray[np.float32]) -> bytes:
    """The loudest of each of PEAKS equal slices; a loud recording and a quiet one both fill the height."""
    if not len(loudest):
        return bytes(PEAKS)
    edges = np.linspace(0, len(loudest), PEAKS + 1).astype(int)
    starts = np.minimum(edges[:-1], len(loudest) - 1)
    values = np.maximum.reduceat(loudest, starts)
    top = max(float(values.max()), SILENT)
    return bytes((np.clip(values / top, 0, 1) * 255).round().astype(np.uint8))


def pauses_of(power: npt.NDArray[np.float32]) -> list[tuple[float, float]]:
    """Stretches of at least SHORTEST_PAUSE in which it is not much louder than where it is quiet."""
    if not len(power):
        return []
    floor = min(float(np.percentile(power, 10)), LOUDEST_FLOOR)
    limit = max(floor * ABOVE_FLOOR, float(np.percentile(power, LOUD)) * 0.05, SILENT / 2)
    quiet = np.concatenate(([False], power < limit, [False]))
    turns = np.flatnonzero(quiet[1:] != quiet[:-1]).reshape(-1, 2) * FRAME_SECONDS
    return [(round(float(start), 2), round(float(end), 2)) for start, end in turns if end - start >= SHORTEST_PAUSE]


def _ends_early(reading: Reading, seconds: float, path: pathlib.Path) -> bool:
    told = None if _is_guessed(reading, path) else reading.told_seconds
    is_short = told is not None and told - seconds > max(MISSING_SECONDS, told * MISSING)
    return reading.is_cut_off or is_short


def _is_guessed(reading: Reading, path: pathlib.Path) -> bool:
    """Whether FFmpeg makes up the length from the first packets. An MP3 may begin with a count of its frames, behind tags and cover."""
    if reading.container_name != "mp3" or reading.has_even_packets:
        return reading.container_name in GUESSED
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3":
            file.seek(10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)))
        return re.search(rb"Xing|Info|VBRI", file.read(4096)) is None


def _told(reading: Reading) -> dict[str, Any]:
    context = reading.stream.codec_context
    container, codec = reading.container_name, str(context.codec.canonical_name)
    is_exact = container != "mp3" or reading.has_even_packets  # Chromium estimates where a moment of an uneven one is, and is a second off
    kind = PLAYABLE.get((container, codec), "") if is_exact and not reading.has_video else ""
    return {
        "container": container,
        "codec": codec,
        "rate": int(context.rate),
        "channels": int(context.channels),
        "has_video": reading.has_video,
        "told_seconds": reading.told_seconds,
        "content_type": kind,
        "is_playable": bool(kind),
    }
