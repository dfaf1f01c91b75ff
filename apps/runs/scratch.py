"""The folder for what passes through a worker: files of answers, copies of inputs, pictures that are put together.

Each worker process has one of its own and holds a lock on it, so what a killed one left is known by its lock that nobody
holds. The next worker on this machine removes it. (systemd leaves a locked folder alone when it cleans up, too.)
"""

import contextlib
import fcntl
import logging
import os
import pathlib
import shutil
import tempfile
from typing import Final

log = logging.getLogger(__name__)
PREFIX: Final = "playground-worker-"
_held: dict[pathlib.Path, int] = {}  # the descriptors that hold the locks


def take_scratch() -> None:
    """From now on all temporary files of this process lie in its own folder. What dead processes left goes."""
    try:
        home = pathlib.Path(tempfile.gettempdir())
        _remove_left(home)
        tempfile.tempdir = str(_take(home))
    except OSError:
        log.warning("This worker has no folder of its own for temporary files", exc_info=True)


def leave_scratch() -> None:
    """This process ends in order."""
    tempfile.tempdir = None
    for folder, descriptor in list(_held.items()):
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)
        del _held[folder]


def _take(home: pathlib.Path) -> pathlib.Path:
    while True:
        folder = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
        with contextlib.suppress(FileNotFoundError):  # another worker that starts may take it for left before it is locked
            descriptor = os.open(folder, os.O_RDONLY)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if folder.exists():
                _held[folder] = descriptor
                return folder
            os.close(descriptor)


def _remove_left(home: pathlib.Path) -> None:
    for folder in home.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # somebody holds it, or it is another user's
            _remove_if_left(folder)


def _remove_if_left(folder: pathlib.Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
