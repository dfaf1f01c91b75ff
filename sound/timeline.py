"""Where in its file a frame of sound belongs. Frames may be missing, and then the rest would be heard too early."""

from typing import Any, Final

# Their times are written into the file; elsewhere FFmpeg counts them itself, or guesses.
TIMED: Final = frozenset({"matroska", "mov", "flv", "mpegts", "asf"})
SMALLEST_GAP: Final = 0.1  # seconds: times are rounded, and a player plays on over less
LARGEST_GAP: Final = 3600.0  # more is no gap but a clock that jumped


class Timeline:
    """Counts what has come, and tells what is missing before the next frame."""

    def __init__(self, container: str) -> None:
        self.is_timed = container in TIMED
        self.expected: float | None = None  # seconds, by the times of the file

    def gap_before(self, frame: Any) -> float:
        """Seconds of silence that belong before this frame. Call it for each frame, in order."""
        length = frame.samples / frame.sample_rate
        if not self.is_timed or frame.time is None:
            return 0.0
        gap = 0.0 if self.expected is None else frame.time - self.expected
        if gap > LARGEST_GAP or self.expected is None:
            self.expected = frame.time + length
            return 0.0
        gap = gap if gap >= SMALLEST_GAP else 0.0
        self.expected += gap + length
        return gap
