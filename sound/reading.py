"""Sound of any file that FFmpeg reads, as blocks of numbers. Nothing but the file itself is opened, whatever stands in it."""

import contextlib
import pathlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import av
import numpy as np
import numpy.typing as npt

from sound.errors import Unusable
from sound.timeline import Timeline

Samples = npt.NDArray[np.float32]
Source = pathlib.Path | BinaryIO
# Containers of sound and video. Playlists, manifests and pictures are none: they would name other files.
CONTAINERS: Final = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,g722,gsm,loas,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,"
    "mp3,mpeg,mpegts,mxf,nut,ogg,rm,tak,tta,voc,w64,wav,wv"
)
OPTIONS: Final = {"format_whitelist": CONTAINERS, "protocol_whitelist": "none"}
MP4: Final = b"ftyp"  # of a video or recording whose end is missing, and with it where everything stands
MOST_BAD_PACKETS: Final = 1_000  # of a damaged file, before the rest is given up
MOST_LATE_SECONDS: Final = 3600.0  # silence before the sound of a video begins


class Reading:
    """A file that is open: what it says of itself, and its sound from the beginning.

    Times count from where a player begins: a track that starts later than its video begins with silence.
    """

    def __init__(self, container: Any) -> None:
        self.container = container
        self.stream = self._choose()
        self.bad_packets = 0
        self.is_cut_off = False
        self.smallest, self.largest = 0, 0  # packet, in bytes

    def _choose(self) -> Any:
        tracks = list(self.container.streams.audio)
        if not tracks:
            raise Unusable("no_track" if self.container.streams.video else "not_sound")
        stream = next((track for track in tracks if track.disposition & av.stream.Disposition.default), tracks[0])
        context = stream.codec_context
        if context is None or not context.rate or context.rate <= 0 or not context.channels:
            raise Unusable("no_rate")
        return stream

    @property
    def container_name(self) -> str:
        return str(self.container.format.name).split(",")[0]

    @property
    def has_video(self) -> bool:
        """A moving one: the picture on a cover is none."""
        return any(not _is_cover(video) for video in self.container.streams.video)

    @property
    def has_even_packets(self) -> bool:
        """Whether all that was read of it took the same room: then a moment can be found without reading what is before it."""
        return self.largest - self.smallest <= 1

    @property
    def told_seconds(self) -> float | None:
        """How long the file says it is."""
        if self.stream.duration and self.stream.time_base:
            return float(self.stream.duration * self.stream.time_base)
        return self.container.duration / av.time_base if self.container.duration else None

    @property
    def late_seconds(self) -> float:
        """How much later than the rest of the file its sound begins."""
        if self.stream.start_time is None or self.container.start_time is None:
            return 0.0
        late = float(self.stream.start_time * self.stream.time_base) - self.container.start_time / av.time_base
        return late if 0.02 < late <= MOST_LATE_SECONDS and self.has_video else 0.0

    def blocks(self, rate: int) -> Iterator[Samples]:
        """One channel, between -1 and 1, in blocks of any length. Damaged places are left out. Raises Unusable for a file without any."""
        timeline = Timeline(self.container_name)
        resampler, shape = _resampler(rate), None
        if late := round(self.late_seconds * rate):
            yield from _silence(late, rate)
        for frame in self._frames():
            gap = timeline.gap_before(frame)
            now = (frame.format.name, frame.layout.name, frame.sample_rate)
            if gap or now != shape:
                yield from _rest(resampler, shape)
                yield from _silence(round(gap * rate), rate)
                resampler, shape = _resampler(rate), now
            frame.pts = None
            yield from _resampled(resampler, frame)
        if shape is None:
            raise Unusable("broken")
        yield from _rest(resampler, shape)

    def _frames(self) -> Iterator[Any]:
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                self.is_cut_off = True
                return
            if packet is None:
                return
            self._weigh(packet.size)
            try:
                yield from packet.decode()
            except av.FFmpegError:
                self.bad_packets += 1
                if self.bad_packets > MOST_BAD_PACKETS:
                    self.is_cut_off = True
                    return

    def _weigh(self, size: int) -> None:
        if size:
            self.smallest, self.largest = min(self.smallest or size, size), max(self.largest, size)


@contextlib.contextmanager
def opened(source: Source) -> Iterator[Reading]:
    """Raises Unusable: "empty", "not_sound", "broken", "no_track", "no_rate"."""
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(source.open("rb")) if isinstance(source, pathlib.Path) else source
        head = file.read(16)
        if not head:
            raise Unusable("empty")
        file.seek(0)
        try:
            container = stack.enter_context(av.open(file, "r", options=dict(OPTIONS), metadata_errors="replace"))
        except av.FFmpegError:
            raise Unusable("broken" if head[4:8] == MP4 else "not_sound") from None
        yield Reading(container)


def decode(source: Source, rate: int) -> Iterator[Samples]:
    """The sound of a file, one channel. Raises Unusable."""
    with opened(source) as reading:
        yield from reading.blocks(rate)


def _resampler(rate: int) -> Any:
    return av.AudioResampler(format="fltp", layout="mono", rate=rate)


def _resampled(resampler: Any, frame: Any) -> Iterator[Samples]:
    for block in resampler.resample(frame):
        yield _clean(block.to_ndarray().reshape(-1))


def _rest(resampler: Any, shape: object) -> Iterator[Samples]:
    """What it still holds, where it was given anything."""
    if shape is not None:
        yield from _resampled(resampler, None)


def _silence(samples: int, rate: int) -> Iterator[Samples]:
    while samples > 0:
        yield np.zeros(min(samples, rate), dtype=np.float32)
        samples -= rate


def _clean(block: npt.NDArray[Any]) -> Samples:
    """Files of floating numbers may hold some that are none."""
    return np.nan_to_num(block.astype(np.float32, copy=False), nan=0.0, posinf=1.0, neginf=-1.0)


def _is_cover(video: Any) -> bool:
    return bool(video.disposition & av.stream.Disposition.attached_pic)
