"""The file: a ZIP file with conversations in one part or many, or one such part alone."""

import contextlib
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final

from apps.chat.chatgpt.splitting import NotJson, split
from apps.chat.chatgpt.talks import read_talk
from apps.chat.chatgpt.values import MOST_BYTES, MOST_TALKS, Bad, Marks, Talk, Unreadable

BLOCK: Final = 256 * 1024
PART: Final = re.compile(r"(?:.*/)?conversations(?:[-_]\d{1,6})?\.json")
ZIPPED: Final = (b"PK\x03\x04", b"PK\x05\x06")
PLAIN_WAYS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LOCKED: Final = 0x1
MOST_CONTENTS: Final = 8 * 1024**2  # bytes of the list of files in a ZIP file, which is read as a whole: 170,000 of them at most
END: Final = b"PK\x05\x06"
END_BYTES: Final = 22 + 0xFFFF  # the end of a ZIP file with its comment
LOCATOR, END_64 = b"PK\x06\x07", b"PK\x06\x06"
BROKEN: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, struct.error, ValueError, RuntimeError)


class Archive:
    """`total`: bytes of all conversations, unpacked; `read`: those that were read so far."""

    def __init__(self, source: IO[bytes], parts: list[zipfile.ZipInfo], pack: zipfile.ZipFile | None, total: int) -> None:
        self.source, self.parts, self.pack = source, parts, pack
        self.total, self.read = total, 0

    def entries(self, marks: Marks | None = None, skip: int = 0) -> Iterator[Talk | Bad]:
        """All conversations in their order, without the first `skip`. Raises Unreadable where nothing further can be read."""
        number = 0
        for blocks in self._parts():
            try:
                for piece in split(blocks):
                    number += 1
                    if number > MOST_TALKS:
                        raise Unreadable("too_many")
                    if number > skip:
                        yield read_talk(number, piece, marks or Marks())
            except NotJson:
                raise Unreadable("not_export" if number == 0 else "damaged") from None
            except BROKEN as error:
                raise Unreadable("damaged") from error

    def _parts(self) -> Iterator[Iterator[bytes]]:
        if self.pack is None:
            yield self._blocks(self.source)
        for part in self.parts:
            with self._open(part) as opened_part:
                yield self._blocks(opened_part)

    def _open(self, part: zipfile.ZipInfo) -> IO[bytes]:
        assert self.pack is not None
        try:
            return self.pack.open(part)
        except BROKEN as error:
            raise Unreadable("damaged") from error

    def _blocks(self, source: IO[bytes]) -> Iterator[bytes]:
        while block := source.read(BLOCK):
            self.read += len(block)
            if self.read > MOST_BYTES:
                raise Unreadable("too_large")
            yield block


@contextlib.contextmanager
def opened(source: IO[bytes]) -> Iterator[Archive]:
    """Whatever it is. Raises Unreadable."""
    head = source.read(4)
    if not head:
        raise Unreadable("empty")
    size = source.seek(0, 2)
    source.seek(0)
    if head not in ZIPPED:
        if size > MOST_BYTES:
            raise Unreadable("too_large")
        yield Archive(source, [], None, size)
        return
    if _contents(source, size) > MOST_CONTENTS:
        raise Unreadable("damaged")
    try:
        pack = zipfile.ZipFile(source)
    except BROKEN as error:
        raise Unreadable("damaged") from error
    with pack:
        parts = _parts_of(pack)
        yield Archive(source, parts, pack, sum(part.file_size for part in parts))


def _parts_of(pack: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The conversations. Where there is one file of all and numbered ones, too, the same would be read twice."""
    found = {part.filename: part for part in pack.infolist() if PART.fullmatch(part.filename)}
    if not found:
        raise Unreadable("not_export")
    outermost = min(name.count("/") for name in found)
    parts = [part for name, part in sorted(found.items()) if name.count("/") == outermost]
    whole = [part for part in parts if part.filename.endswith("conversations.json")]
    parts = whole or parts
    if any(part.flag_bits & LOCKED for part in parts):
        raise Unreadable("locked")
    if any(part.compress_type not in PLAIN_WAYS for part in parts):
        raise Unreadable("damaged")
    if sum(part.file_size for part in parts) > MOST_BYTES:
        raise Unreadable("too_large")
    return parts


def _contents(source: IO[bytes], size: int) -> int:
    """Bytes of the list of files, as the end of the ZIP file tells: Python reads it before it looks at anything."""
    start = max(0, size - END_BYTES - 20)
    source.seek(start)
    tail = source.read(size - start)
    source.seek(0)
    last = len(tail) - 22
    has_no_comment = tail[last : last + 4] == END and tail[-2:] == b"\0\0"  # in the order in which Python looks
    place = last if has_no_comment else tail.rfind(END)
    if place < 0 or len(tail) < place + 22:
        raise Unreadable("damaged")
    told = int.from_bytes(tail[place + 12 : place + 16], "little")
    if place >= 20 and tail[place - 20 : place - 16] == LOCATOR:
        source.seek(min(size, int.from_bytes(tail[place - 12 : place - 4], "little")))
        record = source.read(56)
        source.seek(0)
        return max(told if told != 0xFFFFFFFF else 0, int.from_bytes(record[40:48], "little") if record[:4] == END_64 else 0)
    return told
