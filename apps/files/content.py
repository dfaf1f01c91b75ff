"""Our copy of a file: its pieces, read as one and written one after the other.

Nothing is ever joined: storage may be elsewhere (S3), where nothing can be appended, and two gigabytes would be copied for nothing.
All pieces but the last have one size, so any byte is found at once.
"""

import contextlib
import io
import os
import pathlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError

from apps.core.storing import FULL, DiskFull, fresh_name, remove, store
from apps.files.models import File, Piece

BUFFER: Final = 256 * 1024


class Chain(io.RawIOBase):
    """Pieces read as one file. Each is opened when its turn comes. Raises FileNotFoundError where the storage has lost one.

    `told` hears after each reading up to which byte that was, and may stop it by raising.
    """

    def __init__(self, pieces: Sequence[Piece], told: Callable[[int], None] | None = None) -> None:
        self._told = told
        self._pieces = pieces
        self._starts = _starts_of(pieces)
        self._at = 0
        self._open: Any = None
        self._number = -1

    @property
    def size(self) -> int:
        return self._starts[-1]

    @property
    def name(self) -> str:
        """Of all that is in it: other bytes have another one."""
        return "|".join(str(piece.content.name) for piece in self._pieces)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._starts[-1]}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        number = self._number_at(self._at)
        if number is None:
            return 0
        inside = self._at - self._starts[number]
        source = self._opened(number)
        if source.tell() != inside:
            source.seek(inside)
        block = source.read(min(len(buffer), self._pieces[number].size - inside))
        if not block:
            raise FileNotFoundError(str(self._pieces[number].content.name))  # shorter than its row says
        buffer[: len(block)] = block
        self._at += len(block)
        if self._told is not None:
            self._told(self._at)
        return len(block)

    def _number_at(self, at: int) -> int | None:
        if at >= self._starts[-1]:
            return None
        guess = at // self._pieces[0].size
        return next(number for number in range(guess, len(self._pieces)) if self._starts[number] <= at < self._starts[number + 1])

    def _opened(self, number: int) -> Any:
        if number != self._number:
            self._shut()
            self._open = self._pieces[number].content.storage.open(str(self._pieces[number].content.name), "rb")
            self._number = number
        return self._open

    def _shut(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open, self._number = None, -1

    def close(self) -> None:
        self._shut()
        super().close()


def _starts_of(pieces: Sequence[Piece]) -> list[int]:
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + piece.size)
    return starts


def pieces_of(file: File, start: int = 0, size: int | None = None) -> list[Piece]:
    """Those that hold these bytes, in order; all of them by default. `start` is where a piece begins."""
    first = start // settings.FILE_PIECE_BYTES
    rows = Piece.objects.filter(file=file, number__gte=first)
    if size is not None:
        rows = rows.filter(number__lt=first - (-size // settings.FILE_PIECE_BYTES))
    return list(rows.order_by("number"))


@contextlib.contextmanager
def opened(file: File, told: Callable[[int], None] | None = None) -> Iterator[io.BufferedReader]:
    """The bytes of our copy: seekable, never whole in memory. `told`: as of `Chain`."""
    with io.BufferedReader(Chain(pieces_of(file), told), BUFFER) as source:
        yield source


class Whole:
    """Our copy as `apps.core.serving` takes a stored file."""

    def __init__(self, file: File) -> None:
        self._file = file

    def open(self, _mode: str = "rb") -> Chain:
        """Raises FileNotFoundError where not all of it is here."""
        chain = Chain(pieces_of(self._file))
        if chain.size != self._file.size:
            raise FileNotFoundError(str(self._file.pk))
        chain.read(1)  # opens the first piece: nothing is promised that the storage has lost
        chain.seek(0)
        return chain


@contextlib.contextmanager
def local_copy(file: File) -> Iterator[pathlib.Path]:
    """All of it as one temporary file, for readers that want a path. Raises DiskFull, FileNotFoundError."""
    with tempfile.NamedTemporaryFile(prefix="playground-file-") as copy:
        try:
            with opened(file) as source:
                shutil.copyfileobj(source, copy, BUFFER)
            copy.flush()
        except OSError as error:
            if error.errno in FULL:
                raise DiskFull from error
            raise
        yield pathlib.Path(copy.name)


class Writer:
    """Bytes of any length become stored pieces. The rows are not saved: `pieces` are written by whoever knows that they count.

    with writing(file) as writer: writer.write(chunk) …     # leaves nothing behind when the block fails
    """

    def __init__(self, file: File, first: int = 0) -> None:
        self.pieces: list[Piece] = []
        self.size = 0
        self._file, self._first = file, first
        self._waiting = bytearray()

    def write(self, chunk: bytes) -> int:
        """Raises DiskFull, and whatever the storage raises."""
        self._waiting += chunk
        while len(self._waiting) >= settings.FILE_PIECE_BYTES:
            self._store(bytes(self._waiting[: settings.FILE_PIECE_BYTES]))
            del self._waiting[: settings.FILE_PIECE_BYTES]
        return len(chunk)

    def end(self) -> None:
        if self._waiting:
            self._store(bytes(self._waiting))
            self._waiting.clear()

    def _store(self, body: bytes) -> None:
        self.pieces.append(stored_piece(self._file, self._first + len(self.pieces), body))
        self.size += len(body)

    def remove(self) -> None:
        for piece in self.pieces:
            remove(piece.content)


def stored_piece(file: File, number: int, body: bytes) -> Piece:
    """In the storage, and not in the database yet. Raises DiskFull, and whatever the storage raises."""
    piece = Piece(file=file, number=number, size=len(body))
    store(piece.content, fresh_name(f"{number:06d}"), ContentFile(body))
    return piece


@contextlib.contextmanager
def writing(file: File, first: int = 0) -> Iterator[Writer]:
    """A writer that has stored everything at the end of the block, or nothing."""
    writer = Writer(file, first)
    try:
        yield writer
        writer.end()
    except BaseException:
        writer.remove()
        raise


def write_whole(file: File, chunks: Iterable[bytes]) -> list[Piece]:
    """All of a content as stored pieces, not in the database yet. Raises DiskFull, and whatever the storage raises."""
    with writing(file) as writer:
        for chunk in chunks:
            writer.write(chunk)
    return writer.pieces


@contextlib.contextmanager
def becoming_rows(pieces: Sequence[Piece]) -> Iterator[None]:
    """Around the transaction that makes stored pieces count. What surely was not written goes; what may have been stays.

    with becoming_rows(pieces), transaction.atomic(): …

    A database that goes away while it commits does not say whether it did. Bytes that no row tells of go with their folder.
    """
    try:
        yield
    except Exception as error:
        if not isinstance(error, DatabaseError | InterfaceError) or isinstance(error, IntegrityError | DataError):
            for piece in pieces:
                remove(piece.content)
        raise
