"""Files that came out of an answer, in a folder that goes with it."""

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import BinaryIO, Self

PREFIX = "playground-answer-"
MOST_FILES = 100


class TooManyFiles(Exception):
    """An answer that holds more files than any answer of the API."""


class Spilled:
    """The files of one answer, under their number: `paths[3]` is what the answer calls "spilled:3".

    They are gone when this is closed, or when nobody holds it any more: copy what is to stay. `broken` has
    the numbers of those whose text was no base64 or broke off: such a file holds what came before the fault.
    """

    def __init__(self) -> None:
        """Makes the folder. Raises OSError."""
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.paths: list[Path] = []
        self.broken: set[int] = set()
        self._end = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def open_next(self) -> BinaryIO:
        """The next file, empty and to be written. Raises TooManyFiles, OSError."""
        if len(self.paths) == MOST_FILES:
            raise TooManyFiles
        path = self.folder / str(len(self.paths))
        file = path.open("xb")
        self.paths.append(path)
        return file

    def close(self) -> None:
        """Remove the files. More than once does no harm."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
