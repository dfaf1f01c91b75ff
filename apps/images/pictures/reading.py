"""What is kept from Pillow.

Pillow walks through chunks, blocks and tags in Python. A file of 50 MB that consists of nothing but tiny ones keeps a thread
busy for minutes, and one with 50 MB of position data takes a gigabyte, before a single pixel is known. A JPEG can ask to be gone
through once for every ten bytes of it.
"""

import io
import re
from typing import IO

from apps.images.pictures.unusable import damaged, too_intricate

# An animated GIF of 50 MB has about 400,000 blocks, a PNG of 50 MB has a few ten thousand reads.
MOST_READS = 500_000
MOST_EXIF = 256 * 1024  # bytes; a camera writes at most 64 KB
MOST_SEGMENTS = 4_000  # a JPEG whose colour profile is cut into 255 pieces has a few hundred
MOST_SCANS = 100  # a progressive JPEG has about ten
_EXIF = 0xE1, b"Exif\0\0"
_START_OF_SCAN, _FILL = 0xDA, 0xFF
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_BARE = {0x00, 0x01, *range(0xD0, 0xDA)}  # bytes and marks that cannot stand before the picture; Pillow would step over them
_NEXT_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_END = b"\xff\xd9"


class CountedReads(io.RawIOBase):
    """`file`, of which only `most` pieces are given. Raises Unusable at the next."""

    def __init__(self, file: IO[bytes], most: int = MOST_READS) -> None:
        super().__init__()
        self._file = file
        self._left = most

    def read(self, size: int | None = -1, /) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise too_intricate()
        return self._file.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def check_segments(file: IO[bytes]) -> None:
    """Raises Unusable for a JPEG with far more segments, scans or position data than a camera writes. Leaves the file anywhere."""
    at, exif, layers, is_progressive = 2, 0, 0, False
    for _step in range(MOST_SEGMENTS):
        file.seek(at)
        head = file.read(10)
        if len(head) < 10 or head[0] != 0xFF or head[1] in _BARE:
            raise damaged("JPEG")
        if head[1] == _START_OF_SCAN:
            if is_progressive or head[4] < layers:
                _check_scans(file, at)
            return
        if head[1] == _FILL:
            at += 1
            continue
        length = int.from_bytes(head[2:4], "big")
        at += 2 + length
        if head[1] in _FRAMES:
            is_progressive, layers = head[1] in _PROGRESSIVE, head[9]
        exif += length if (head[1], head[4:]) == _EXIF else 0
        if exif > MOST_EXIF:
            raise too_intricate()
    raise too_intricate()


def _check_scans(file: IO[bytes], at: int) -> None:
    """A scan of a few bytes goes once through the whole picture, however large that says to be."""
    file.seek(at)
    body, at, scans = file.read(), 0, 0
    for _step in range(MOST_SEGMENTS):
        found = _NEXT_MARK.search(body, at)
        if found is None or found[0] == _END:
            return
        scans += found[0][1] == _START_OF_SCAN
        if scans > MOST_SCANS:
            break
        at = found.end() + max(2, int.from_bytes(body[found.end() : found.end() + 2], "big"))
    raise too_intricate()
