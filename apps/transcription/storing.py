"""What is stored for a recording: pieces as they come, the whole, and a copy to listen to.

Storage may be elsewhere (S3), where nothing can be appended or renamed: pieces are files of their own, and joining reads
one after the other into a new one.
"""

import contextlib
import io
import pathlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile

from apps.core.storing import names_in, remove_folder
from apps.transcription.models import PIECES, Recording, folder_of

BLOCK: Final = 1024 * 1024


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


def remove_files_of(recording: Recording) -> None:
    """Everything that is stored for a recording, also what no row tells of. Raises what the storage raises."""
    folder = folder_of(recording.team_id, recording.pk)
    remove_folder(f"{folder}/{PIECES}")
    remove_folder(folder)


def remove_strays(recording: Recording) -> None:
    """What a killed process left beside the file and the copy to listen to. Call it under the lease, and never while pieces come."""
    folder = folder_of(recording.team_id, recording.pk)
    known = {str(recording.file.name), str(recording.listen.name)}
    for name in names_in(folder):
        if f"{folder}/{name}" not in known:
            default_storage.delete(f"{folder}/{name}")
