"""Files in the storage that rows tell of. It may be elsewhere (S3), and full.

No name is used twice, so what a killed process left is in nobody's way: it goes with the folder of its row.
"""

import contextlib
import errno
import logging
import uuid
from collections.abc import Iterator
from typing import Any, Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile

log = logging.getLogger(__name__)
CHUNK: Final = 256 * 1024  # bytes of a file that are read at once
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class DiskFull(Exception):
    """There is no room for it. What was stored before is untouched, and of this nothing is left."""


def fresh_name(what: str) -> str:
    """A name that was never used."""
    return f"{what}-{uuid.uuid4().hex}"


def store(file: FieldFile, name: str, content: "File[Any]") -> None:
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


def remove(file: FieldFile) -> None:
    """A file that no row tells of any more. A storage that is away keeps it until its row goes."""
    try:
        file.storage.delete(str(file.name))
    except Exception:
        log.warning("The file %s could not be removed", file.name, exc_info=True)


def content_of(file: FieldFile) -> Iterator[bytes]:
    """In chunks. Nothing for no file, and for one that the storage has lost: the rest of an export is worth having."""
    if file:
        with contextlib.suppress(FileNotFoundError), file.storage.open(str(file.name), "rb") as stored:
            yield from stored.chunks(CHUNK)


def remove_folder(folder: str) -> None:
    """A folder with the files in it, also those that no row tells of. None there is no error; raises what the storage raises."""
    for name in names_in(folder):
        default_storage.delete(f"{folder}/{name}")
    with contextlib.suppress(OSError):  # a store without folders, or none there
        default_storage.delete(folder)


def names_in(folder: str) -> list[str]:
    try:
        return list(default_storage.listdir(folder)[1])
    except FileNotFoundError:
        return []
