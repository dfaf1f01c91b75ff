"""Sound of any file that FFmpeg reads, as blocks of numbers. Nothing but the file itself is opened, whatever stands in it."""

import contextlib
import pathlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import av
import numpy as np
import numpy.typing as npt

from sound.errors import Unusable

Samples = npt.NDArray[np.float32]
Source = pathlib.Path | BinaryIO
# Containers of sound and video. Playlists, manifests and pictures are none: they would name other files.
CONTAINERS: Final = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,g722,gsm,loas,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,"
    "mp3,mpeg,mpegts,mxf,nut,ogg,rm,tak,tta,voc,w64,wav,wv"
)
OPTIONS: Final = {"format_whitelist": CONTAINERS, "protocol_whitelist": "none"}
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

    def _choose(self) -> Any:
        tracks = list(self.container.streams.audio)
        if not tracks:
            raise Unusable("no_track" if self.container.streams.video else "not_sound")
        stream = self.container.streams.best("audio") or tracks[0]
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
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate)
        is_empty = True
        if late := round(self.late_seconds * rate):
            yield from _silence(late, rate)
        for frame in self._frames():
            frame.pts = None
            for block in resampler.resample(frame):
                is_empty = False
                yield _clean(block.to_ndarray().reshape(-1))
        if is_empty:
            raise Unusable("broken")
        with contextlib.suppress(av.FFmpegError):
            for block in resampler.resample(None):
                yield _clean(block.to_ndarray().reshape(-1))

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
            try:
                yield from packet.decode()
            except av.FFmpegError:
                self.bad_packets += 1
                if self.bad_packets > MOST_BAD_PACKETS:
                    self.is_cut_off = True
                    return


@contextlib.contextmanager
def opened(source: Source) -> Iterator[Reading]:
    """Raises Unusable: "empty", "not_sound", "no_track", "no_rate"."""
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(source.open("rb")) if isinstance(source, pathlib.Path) else source
        if not file.read(1):
            raise Unusable("empty")
        file.seek(0)
        try:
            container = stack.enter_context(av.open(file, "r", options=dict(OPTIONS), metadata_errors="replace"))
        except av.FFmpegError:
            raise Unusable("not_sound") from None
        yield Reading(container)


def decode(source: Source, rate: int) -> Iterator[Samples]:
    """The sound of a file, one channel. Raises Unusable."""
    with opened(source) as reading:
        yield from reading.blocks(rate)


def _silence(samples: int, rate: int) -> Iterator[Samples]:
    while samples > 0:
        yield np.zeros(min(samples, rate), dtype=np.float32)
        samples -= rate


def _clean(block: npt.NDArray[Any]) -> Samples:
    """Files of floating numbers may hold some that are none."""
    return np.nan_to_num(block.astype(np.float32, copy=False), nan=0.0, posinf=1.0, neginf=-1.0)


def _is_cover(video: Any) -> bool:
    return bool(video.disposition & av.stream.Disposition.attached_pic)
