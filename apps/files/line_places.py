"""Where the lines of a long text begin: few places are kept, and from the nearest one it is read on."""

import io
from typing import Any, Final

import numpy as np

MOST_PLACES: Final = 256
BLOCK: Final = 256 * 1024
LONGEST_LINE: Final = 2 * 1024 * 1024  # bytes that are read of one, for a page
LF: Final = 10


class Places:
    """Counts lines while blocks of bytes go by. `each`: so many lines apart; `at`: where line 1, 1 + each, 1 + 2 * each … begin."""

    def __init__(self) -> None:
        self.each, self.at = 1, [0]
        self._breaks = self._size = 0
        self._ends_with_break = True

    def add(self, block: bytes) -> None:
        if not block:
            return
        found = np.flatnonzero(np.frombuffer(block, np.uint8) == LF)
        while len(found):
            first = -(-(self._breaks + 1) // self.each) * self.each - self._breaks - 1  # which of these breaks ends a line that counts
            room = (MOST_PLACES - len(self.at)) * self.each
            taken, found = found[:room], found[room:]
            self.at += [self._size + int(place) + 1 for place in taken[first :: self.each]]
            self._breaks += len(taken)
            if len(self.at) >= MOST_PLACES:
                self.at, self.each = self.at[::2], self.each * 2
        self._size += len(block)
        self._ends_with_break = block[-1] == LF

    @property
    def lines(self) -> int:
        """A break at the end begins no line."""
        return self._breaks + (not self._ends_with_break)


def begin_of(source: io.BufferedReader, number: int, kept: Any, most: int = 2**62) -> int | None:
    """The first byte of a line, counted from 1; None behind the last one, and where more than `most` bytes are to be read to find it.

    `kept`: {"each", "at"} as `Places` found them.
    """
    each, at = kept["each"], kept["at"]
    near = min((number - 1) // each, len(at) - 1)
    left = number - 1 - near * each
    place = at[near]
    source.seek(place)
    while left:
        block = source.read(BLOCK)
        most -= len(block)
        if not block or most < 0:
            return None
        breaks = block.count(b"\n")
        if breaks < left:
            left, place = left - breaks, place + len(block)
            continue
        found = np.flatnonzero(np.frombuffer(block, np.uint8) == LF)
        place, left = place + int(found[left - 1]) + 1, 0
    source.seek(place)
    return place if source.read(1) else None


def line_at(source: io.BufferedReader, place: int, most: int = LONGEST_LINE) -> tuple[bytes, bool]:
    """The line that begins there without its end, and whether it is all of it."""
    source.seek(place)
    line = source.readline(most + 1)
    return line[:most].rstrip(b"\r\n"), len(line) <= most or line.endswith(b"\n")
