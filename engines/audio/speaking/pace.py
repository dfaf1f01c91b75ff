"""Sound made longer or shorter at the same pitch, for paces at which the voice does not speak by itself."""

from collections.abc import Iterable, Iterator

import av
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


def stretch(parts: Iterable[Samples], factor: float, rate: int) -> Iterator[Samples]:
    """The same sound `factor` times as fast, 0.5 to 2; at 1 as it is."""
    if factor == 1:
        yield from parts
        return
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=rate, format="flt", layout="mono")
    tempo, sink = graph.add("atempo", str(factor)), graph.add("abuffersink")
    source.link_to(tempo)
    tempo.link_to(sink)
    graph.configure()
    at = 0
    for part in parts:
        frame = av.AudioFrame.from_ndarray(part.reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate, frame.pts = rate, at
        at += len(part)
        source.push(frame)
        yield from pull(sink)
    source.push(None)
    yield from pull(sink)


def pull(sink: av.filter.context.FilterContext) -> Iterator[Samples]:
    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        if isinstance(frame, av.AudioFrame):
            yield frame.to_ndarray().ravel().astype(np.float32, copy=False)
