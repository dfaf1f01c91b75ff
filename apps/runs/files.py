"""The files of a run, between storage and a call.

A call streams from the local disk. Storage may be elsewhere (S3): then inputs are copied to a
temporary folder for the time of the call.
"""

import contextlib
import pathlib
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.files.base import ContentFile, File
from django.db import transaction

from apps.runs import keepers
from apps.runs.models import Run, RunFile
from apps.runs.operations import InputFile, OutputFile

INPUTS: Final = (RunFile.Role.INPUT, RunFile.Role.MASK, RunFile.Role.ORIGINAL, RunFile.Role.COVERAGE)


class FileGone(Exception):
    """An input of a run is not in the storage any more."""

    kind = "file_gone"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.sentence = f"The file {name} is not on this server any more. Upload it again."


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that a person gave to a new run."""

    role: str
    name: str
    content_type: str
    content: File  # type: ignore[type-arg]


@dataclass(slots=True)
class Staged:
    """Inputs on the local disk, until `close`."""

    files: Sequence[InputFile]
    folder: pathlib.Path | None = None

    def close(self) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None


def keep_inputs(run: Run, files: Iterable[NewFile]) -> None:
    """Store the files of a new run under our own names."""
    for position, new in enumerate(files):
        row = RunFile(run=run, role=new.role, position=position, name=new.name[:255], content_type=new.content_type, size=new.content.size)
        row.file.save(str(row.pk), new.content, save=False)
        row.save()


def stage_inputs(run: Run) -> Staged:
    """The run's inputs as local files, in order. Raises FileGone."""
    staged = Staged([])
    if not getattr(run, "has_files", True):  # a claim has looked already
        return staged
    rows = run.files.filter(role__in=INPUTS).order_by("position")
    try:
        staged.files = [_stage(row, staged) for row in rows]
    except BaseException:
        staged.close()
        raise
    return staged


def copies_of_inputs(run: Run) -> list[NewFile]:
    """The inputs of a run for another one that asks the same."""
    rows = run.files.filter(role__in=INPUTS).order_by("position")
    return [NewFile(row.role, row.name, row.content_type, row.file.open("rb")) for row in rows]


def _stage(row: RunFile, staged: Staged) -> InputFile:
    try:
        path = _local_path(row, staged)
    except FileNotFoundError:
        raise FileGone(row.name) from None
    return InputFile(row.role, path, row.name, row.content_type)


def _local_path(row: RunFile, staged: Staged) -> pathlib.Path:
    with contextlib.suppress(NotImplementedError):
        path = pathlib.Path(row.file.path)
        if not path.exists():
            raise FileNotFoundError(path)
        return path
    if staged.folder is None:
        staged.folder = pathlib.Path(tempfile.mkdtemp(prefix="run-"))
    path = staged.folder / str(row.pk)
    with row.file.open("rb") as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return path


def keep_outputs(run: Run, outputs: Sequence[OutputFile]) -> None:
    """Copy what came out of a call to our storage at once: links at a provider die within the hour."""
    kept = set(run.files.filter(role=RunFile.Role.OUTPUT).values_list("position", flat=True)) if outputs else set()
    for position, output in enumerate(outputs):
        if position not in kept:  # written before the database went away
            _keep_output(run, position, output)


def _keep_output(run: Run, position: int, output: OutputFile) -> None:
    """The file first, then its row with those of the apps that show it on, in one transaction."""
    row = _store(run, RunFile.Role.OUTPUT, position, output)
    shown = keepers.rows_for(run, row, output)
    row.is_claimed = bool(shown)
    with transaction.atomic():
        row.save(force_insert=True)
        for made in shown:
            made.save(force_insert=True)


def _store(run: Run, role: RunFile.Role, position: int, output: OutputFile) -> RunFile:
    content: File = File(output.path.open("rb")) if output.path else ContentFile(output.body)  # type: ignore[type-arg]
    with content:
        row = RunFile(run=run, role=role, position=position, name=output.name, content_type=output.content_type, size=content.size)
        row.details = dict(output.details)
        row.file.save(str(row.pk), content, save=False)
    return row


def keep_partial(run: Run, output: OutputFile) -> None:
    """An unfinished picture takes the place of the one before it."""
    before = list(run.files.filter(role=RunFile.Role.PARTIAL))
    _store(run, RunFile.Role.PARTIAL, len(before), output).save(force_insert=True)
    _drop(before)


def drop_partials(run: Run) -> None:
    """The call has ended: what it brought is kept as output."""
    _drop(list(run.files.filter(role=RunFile.Role.PARTIAL)))


def _drop(rows: Sequence[RunFile]) -> None:
    for row in rows:
        row.file.storage.delete(str(row.file.name))
        row.delete()
