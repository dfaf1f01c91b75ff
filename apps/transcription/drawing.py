"""The waveform and the lanes of the speakers, as paths of an SVG that is 1,000 wide, bounded however long the recording is."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

WIDE: Final = 1000
HIGH: Final = 100  # of the waveform
BARS: Final = 240
BAR: Final = 2.6  # how wide one is, of 1000 / 240
LEAST: Final = 3  # how high a bar of silence is


def wave_path(peaks: bytes | memoryview | None) -> str:
    """Bars around the middle; "" where nobody measured."""
    values = bytes(peaks or b"")
    if not values:
        return ""
    bars = min(BARS, len(values))
    loudest = [
        max(values[index * len(values) // bars : max((index + 1) * len(values) // bars, index * len(values) // bars + 1)])
        for index in range(bars)
    ]
    return "".join(_bar(index * WIDE / bars, max(LEAST, loud * HIGH / 255)) for index, loud in enumerate(loudest))


def _bar(left: float, high: float) -> str:
    return f"M{left:.1f} {(HIGH - high) / 2:.1f}h{BAR}v{high:.1f}h-{BAR}z"


def lane_path(rows: Iterable[Any], seconds: float) -> str:
    """Strokes where somebody speaks. What cannot be told apart at this size is one stroke."""
    if seconds <= 0:
        return ""
    strokes: list[list[float]] = []
    for row in rows:
        begin, end = row.start * WIDE / seconds, min(row.end, seconds) * WIDE / seconds
        if strokes and begin - strokes[-1][1] < 1:
            strokes[-1][1] = max(strokes[-1][1], end)
        elif end > begin or not strokes:
            strokes.append([begin, max(begin, end)])
    return "".join(f"M{begin:.1f} 0h{max(end - begin, 1):.1f}" for begin, end in strokes)


def ticks(seconds: float) -> Sequence[float]:
    """Five times from the beginning to the end."""
    return [seconds * share / 4 for share in range(5)]
