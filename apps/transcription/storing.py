"""What is stored for a recording: pieces as they come, the whole, and a copy to listen to.

Storage may be elsewhere (S3), where nothing can be appended or renamed: pieces are files of their own, and joining reads
one after the other into a new one. No name is used twice, so what a killed process left is in nobody's way.
"""

import contextlib
import errno
import io
import logging
import pathlib
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile

from apps.transcription.models import PIECES, Recording, folder_of

log = logging.getLogger(__name__)
BLOCK: Final = 1024 * 1024
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def fresh_name(what: str) -> str:
    """A name in the folder of a recording that was never used."""
    return f"{what}-{uuid.uuid4().hex}"


class DiskFull(Exception):
    """There is no room for it. What was stored before is untouched, and of this nothing is left."""


def store(file: FieldFile, name: str, content: "File[bytes]") -> None:
    """Under a fresh name. Raises DiskFull, and whatever else the storage raises; then nothing of it is left."""
    try:
        file.save(name, content, save=False)
    except OSError as error:
        file.name = file.field.generate_filename(file.instance, name)
        remove(file)
        file.name = ""
        if error.errno in FULL:
            raise DiskFull from error
        raise


class Chain(io.RawIOBase):
    """Stored files read one after the other, each opened when its turn comes."""

    def __init__(self, files: Sequence[FieldFile]) -> None:
        self.waiting = list(files)
        self.current: Any = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self.current is not None or self.waiting:
            if self.current is None:
                self.current = self.waiting.pop(0).open("rb")
            block = self.current.read(len(buffer))
            if block:
                buffer[: len(block)] = block
                return len(block)
            self.current.close()
            self.current = None
        return 0

    def close(self) -> None:
        if self.current is not None:
            self.current.close()
            self.current = None
        super().close()


class Joined(File):  # type: ignore[type-arg]  # it cannot be said at run time
    """The same as something that a storage takes. It is read once, from its beginning."""

    def __init__(self, files: Sequence[FieldFile]) -> None:
        super().__init__(io.BufferedReader(Chain(files), BLOCK), "joined")  # type: ignore[arg-type]  # all that is used of it is there

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while block := self.read(chunk_size or BLOCK):
            yield block


@contextlib.contextmanager
def local_copy(file: FieldFile) -> Iterator[pathlib.Path]:
    """Where the file is on this machine, for as long as the block lasts. Raises FileNotFoundError."""
    here = _path_of(file)
    if here is not None:
        if not here.exists():
            raise FileNotFoundError(here)
        yield here
        return
    with tempfile.TemporaryDirectory(prefix="playground-sound-") as folder:
        path = pathlib.Path(folder) / "recording"
        with file.open("rb") as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, BLOCK)
        yield path


def _path_of(file: FieldFile) -> pathlib.Path | None:
    try:
        return pathlib.Path(file.path)
    except NotImplementedError:  # it is stored elsewhere
        return None


def remove(file: FieldFile) -> None:
    """A file that no row tells of any more. A storage that is away keeps it until the recording goes."""
    try:
        file.storage.delete(str(file.name))
    except Exception:
        log.warning("The file %s could not be removed", file.name, exc_info=True)


def remove_folder(recording: Recording) -> None:
    """Everything that is stored for a recording, also what no row tells of. Raises what the storage raises."""
    folder = folder_of(recording.team_id, recording.pk)
    for place in (f"{folder}/{PIECES}", folder):
        for name in _names_in(place):
            default_storage.delete(f"{place}/{name}")
        with contextlib.suppress(OSError):  # a store without folders, or none there
            default_storage.delete(place)


def remove_strays(recording: Recording) -> None:
    """What a killed process left beside the file and the copy to listen to. Call it under the lease, and never while pieces come."""
    folder = folder_of(recording.team_id, recording.pk)
    known = {str(recording.file.name), str(recording.listen.name)}
    for name in _names_in(folder):
        if f"{folder}/{name}" not in known:
            default_storage.delete(f"{folder}/{name}")


def _names_in(place: str) -> list[str]:
    try:
        return list(default_storage.listdir(place)[1])
    except FileNotFoundError:
        return []
