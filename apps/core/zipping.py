"""ZIP files that are made while they are downloaded.

Memory is bounded: what is read comes in pieces, and so does what is packed. One thread for each download reads and
packs; the event loop only hands on what it made, and ends it when the browser goes away.
"""

import asyncio
import datetime
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.db import connection

from apps.core.holdings import Part

PIECE: Final = 128 * 1024
LEVEL: Final = 3  # the database is read faster than a higher level packs


class Sink:
    """What a ZIP file is written to: takes pieces, and gives them on. It cannot seek, as a download cannot."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def take(self) -> bytes:
        data = b"".join(self.pieces)
        self.pieces, self.size = [], 0
        return data


def packed(parts: Iterable[Part], now: datetime.datetime, *, is_text: bool = True) -> Iterator[bytes]:
    """The bytes of a ZIP file with these parts.

    `is_text`: worth packing, and of any length. Else the files are stored as they are, none of more than 2 GB: then the
    file needs no extension that some programs do not know.
    """
    sink = Sink()
    how = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
    with zipfile.ZipFile(sink, "w", how, compresslevel=LEVEL) as archive:  # type: ignore[arg-type]  # never reads or seeks
        for part in parts:
            info = zipfile.ZipInfo(part.path, now.timetuple()[:6])
            info.compress_type = how
            with archive.open(info, "w", force_zip64=is_text) as entry:
                for chunk in part.chunks:
                    entry.write(chunk)
                    if sink.size >= PIECE:
                        yield sink.take()
    yield sink.take()


class Download:
    """Pieces for the event loop, from a thread that holds one connection to the database.

    Django calls `close` when the response is over, however it ended; then `leave` is called, and the thread and its connection are free.
    """

    def __init__(self, chunks: Generator[bytes, None, None], leave: Callable[[], None] = lambda: None, name: str = "download") -> None:
        self.chunks = chunks
        self.leave = leave
        self.thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self.is_open = True

    def __aiter__(self) -> "Download":
        return self

    async def __anext__(self) -> bytes:
        if not self.is_open:
            raise StopAsyncIteration
        try:
            chunk = await asyncio.get_running_loop().run_in_executor(self.thread, next, self.chunks, None)
        except BaseException:
            self.close()
            raise
        if chunk is None:
            self.close()
            raise StopAsyncIteration
        return chunk

    def close(self) -> None:
        """Does not wait: what the thread is at it finishes first."""
        if self.is_open:
            self.is_open = False
            self.thread.submit(self._leave)
            self.thread.shutdown(wait=False)

    def _leave(self) -> None:
        try:
            self.chunks.close()
            self.leave()
        finally:
            connection.close()
