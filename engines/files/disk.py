"""The bytes: pieces that lie under names of ours in one folder, and the folder in which they arrive."""

import contextlib
import fcntl
import os
import pathlib
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import IO, TypeVar

TEMPORARY = "engines-stored-"
YOUNG_SECONDS = 60
RESERVE_BYTES = 1024 * 1024

Result = TypeVar("Result")


class CannotOpen(Exception):
    """The data folder cannot be used; the text says why."""


class Disk:
    """`arriving` is where forms put their files; `keep` makes one of them a piece that survives a power cut."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.arriving = folder / "arriving"
        self.pieces = folder / "pieces"
        self.reserve = folder / "reserve"
        self.lock = lock_folder(folder)
        # Whatever arrived when the process before this one ended is half a file.
        shutil.rmtree(self.arriving, ignore_errors=True)
        for each in (self.arriving, self.pieces):
            each.mkdir(mode=0o700, exist_ok=True)

    def keep(self, sent: pathlib.Path) -> str:
        """Move a file that has arrived among the pieces. Returns its name there."""
        name = f"part_{secrets.token_hex(12)}"
        with sent.open("rb") as file:
            os.fsync(file.fileno())
        sent.rename(self.pieces / name)
        sync_folder(self.pieces)
        return name

    def path_of(self, name: str) -> pathlib.Path:
        return self.pieces / name

    def remove(self, names: list[str]) -> None:
        """What cannot be removed now is a stray, and goes when we start again."""
        for name in names:
            with contextlib.suppress(OSError):
                self.path_of(name).unlink()

    def names(self) -> Iterator[str]:
        with os.scandir(self.pieces) as found:
            yield from (entry.name for entry in found)

    def keep_reserve(self) -> None:
        """Room that is given up when a deletion finds none: also the row that goes has to be written down first."""
        if not self.reserve.exists():
            try:
                self.reserve.write_bytes(bytes(RESERVE_BYTES))
            except OSError:
                self.reserve.unlink(missing_ok=True)

    def with_reserve(self, work: Callable[[], Result]) -> Result:
        """The result of `work`, which frees room and so must be possible on a full disk."""
        try:
            return work()
        except OSError:
            self.reserve.unlink(missing_ok=True)
            return work()

    def close(self) -> None:
        self.lock.close()


def sync_folder(folder: pathlib.Path) -> None:
    """A new name is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lock_folder(folder: pathlib.Path) -> IO[str]:
    """One provider for each folder: another one would take its arriving files for leftovers. The lock ends with its process."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise CannotOpen(f"The folder {folder} cannot be used: {error.strerror}. Choose another with --data.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise CannotOpen(
            f"Another built-in provider keeps its files in {folder}. Stop it first, or choose another folder with --data."
        ) from None
    return lock


def new_temporary_folder() -> pathlib.Path:
    """For a provider without a folder of its own. Those of providers that were killed are removed."""
    for left in pathlib.Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        with contextlib.suppress(OSError, CannotOpen):
            if time.time() - left.stat().st_mtime > YOUNG_SECONDS:  # a younger one may not be locked yet
                with contextlib.closing(lock_folder(left)):
                    shutil.rmtree(left, ignore_errors=True)
    return pathlib.Path(tempfile.mkdtemp(prefix=TEMPORARY))
