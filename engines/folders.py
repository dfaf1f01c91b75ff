"""The folder of one call: what was sent and what is made of it, until the answer is sent."""

import contextlib
import pathlib
import shutil
import tempfile
import time
from collections.abc import Iterator

PREFIX = "playground-engines-"
LEFTOVER_SECONDS = 3600

Folder = tempfile.TemporaryDirectory[str]


@contextlib.contextmanager
def new_folder(parent: pathlib.Path | None = None) -> Iterator[Folder]:
    """A folder for the files of one call, in `parent`. It goes when the call fails; else whoever sends the answer removes it."""
    folder = Folder(prefix=PREFIX, dir=parent, ignore_cleanup_errors=True)
    try:
        yield folder
    except BaseException:
        folder.cleanup()
        raise


def remove_leftovers() -> None:
    """Folders of a provider that was killed. Young ones may belong to another that is still busy."""
    for folder in pathlib.Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > LEFTOVER_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
