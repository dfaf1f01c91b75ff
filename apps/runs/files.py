"""The files of a run, between storage and a call.

A call streams from the local disk. Storage may be elsewhere (S3): then inputs are copied to a
temporary folder for the time of the call.
"""

import contextlib
import logging
import pathlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.db.models.fields.files import FieldFile

from apps.runs import keepers, supplies
from apps.runs.erasure import remove_stored
from apps.runs.models import FINAL, Run, RunFile
from apps.runs.operations import InputFile, OutputFile, Result
from apps.runs.patience import persist
from gateway.types import Stretch

log = logging.getLogger(__name__)
MOST_DROPPED: Final = 100
INPUTS: Final = (RunFile.Role.INPUT, RunFile.Role.MASK, RunFile.Role.ORIGINAL, RunFile.Role.COVERAGE)


class NotHeld(Exception):
    """The run is not this worker's any more: nothing of it is kept."""


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


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that another app keeps, and that goes into a new run without a second copy. It stays that app's, which removes it."""

    role: str
    name: str
    content_type: str
    stored: FieldFile
    size: int


@dataclass(slots=True)
class Staged:
    """Inputs on the local disk, until `close`."""

    files: Sequence[InputFile]
    folder: pathlib.Path | None = None

    def close(self) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None


def keep_inputs(run: Run, files: Iterable[NewFile | StoredFile]) -> None:
    """Store the files of a new run under our own names. Of a run that does not come about none stays."""
    try:
        for position, new in enumerate(files):
            row = RunFile(run=run, role=new.role, position=position, name=new.name[:255], content_type=new.content_type)
            if isinstance(new, StoredFile):
                row.file.name, row.size, row.is_claimed = str(new.stored.name), new.size, True
            else:
                row.size = new.content.size
                row.file.save(str(row.pk), new.content, save=False)
            row.save()
    except BaseException:
        _remove(run, lambda name: True)
        raise


def stage_inputs(run: Run) -> Staged:
    """The run's inputs as local files, in order. Raises FileGone."""
    staged = Staged([])
    supply = supplies.of(run)
    if supply is not None:
        return _supplied(run, supply, staged)
    if not getattr(run, "has_files", True):  # a claim has looked already
        return staged
    rows = run.files.filter(role__in=INPUTS).order_by("position")
    try:
        staged.files = [_stage(row, staged) for row in rows]
    except BaseException:
        staged.close()
        raise
    return staged


def _supplied(run: Run, supply: supplies.Supply, staged: Staged) -> Staged:
    """What another app keeps, where it lies; or copied for the time of the call from a storage that is elsewhere."""
    try:
        staged.files = [_supplied_file(run, source, staged) for source in supply.sources(run)]
    except BaseException:
        staged.close()
        raise
    return staged


def _supplied_file(run: Run, source: supplies.Source, staged: Staged) -> InputFile:
    try:
        stretches = tuple(Stretch(_path_of(run, part.content, staged), part.start, part.size) for part in source.stretches)
    except FileNotFoundError:
        raise FileGone(source.name) from None
    path = stretches[0].path if stretches else pathlib.Path(source.name)
    return InputFile(RunFile.Role.INPUT, path, source.name, source.content_type, stretches)


def copies_of_inputs(run: Run) -> list[NewFile]:
    """The inputs of a run for another one that asks the same. Raises FileGone."""
    return [_copy(row) for row in run.files.filter(role__in=INPUTS).order_by("position")]


def _copy(row: RunFile) -> NewFile:
    try:
        return NewFile(row.role, row.name, row.content_type, row.file.open("rb"))
    except FileNotFoundError:
        raise FileGone(row.name) from None


def _stage(row: RunFile, staged: Staged) -> InputFile:
    try:
        path = _local_path(row, staged)
    except FileNotFoundError:
        raise FileGone(row.name) from None
    return InputFile(row.role, path, row.name, row.content_type)


def _local_path(row: RunFile, staged: Staged) -> pathlib.Path:
    return _path_of(row.run, row.file, staged)


def _path_of(run: Run, file: FieldFile, staged: Staged) -> pathlib.Path:
    with contextlib.suppress(NotImplementedError):
        path = pathlib.Path(file.path)
        if not path.exists():
            raise FileNotFoundError(path)
        return path
    if staged.folder is None:
        staged.folder = pathlib.Path(tempfile.mkdtemp(prefix="playground-inputs-"))
    path = staged.folder / pathlib.PurePosixPath(str(file.name)).name
    with file.storage.open(str(file.name), "rb") as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    Run.objects.renew([run.pk], run.worker)  # nobody else looks after it before it is sent
    return path


def put_down(result: Result) -> None:
    """What came in memory goes to the disk, where it may wait for its turn. Raises OSError."""
    if not any(file.body for file in result.files):
        return
    folder = tempfile.TemporaryDirectory(prefix="playground-outputs-", ignore_cleanup_errors=True)
    result.leftovers = (*result.leftovers, folder.cleanup)
    result.files = [_put_down(file, pathlib.Path(folder.name) / str(number)) for number, file in enumerate(result.files)]


def _put_down(file: OutputFile, path: pathlib.Path) -> OutputFile:
    if not file.body:
        return file
    path.write_bytes(file.body)
    return replace(file, body=b"", path=path)


def keep_outputs(run: Run, outputs: Sequence[OutputFile]) -> None:
    """Copy what came out of a call to our storage at once: links at a provider die within the hour.

    Each file is in the storage before a row tells of it. Raises NotHeld; and whatever the storage raises, after which nothing is left
    of the file that could not be stored. What another app takes over is its to store.
    """
    supply = supplies.of(run)
    if supply is not None:
        supply.take(run, outputs, partial(_hold, run))
        return
    for position, output in enumerate(outputs):
        row = _row(run, RunFile.Role.OUTPUT, position, output)
        with _all_or_nothing(row):
            _store(row, output)
            persist(partial(_save_output, row, output))


def _save_output(row: RunFile, output: OutputFile) -> None:
    try:
        _save_with_shown(row, output)
    except IntegrityError:  # what the apps name in their rows went at that moment: now they see that
        _save_with_shown(row, output)


def _save_with_shown(row: RunFile, output: OutputFile) -> None:
    """The row, with those of the apps that show the file on, in one transaction."""
    if RunFile.objects.filter(pk=row.pk).exists():  # written at the moment when the database went away
        return
    shown = keepers.rows_for(row.run, row, output)
    row.is_claimed = bool(shown)
    with transaction.atomic():
        _hold(row.run)
        row.save(force_insert=True)
        for made in shown:
            made.save(force_insert=True)


def keep_partial(run: Run, output: OutputFile) -> None:
    """An unfinished picture takes the place of the one before it. Raises NotHeld, and what the storage raises."""
    before = list(run.files.filter(role=RunFile.Role.PARTIAL).order_by("position"))
    row = _row(run, RunFile.Role.PARTIAL, before[-1].position + 1 if before else 0, output)
    with _all_or_nothing(row):
        _store(row, output)
        with transaction.atomic():
            _hold(run)
            row.save(force_insert=True)
    _drop(before)


def drop_partials(run: Run) -> None:
    """The call has ended: what it brought is kept as output."""
    _drop(run.files.filter(role=RunFile.Role.PARTIAL))


def drop_partials_of_ended() -> None:
    """Those that a worker left which died at that moment."""
    _drop(RunFile.objects.filter(role=RunFile.Role.PARTIAL, run__status__in=FINAL).order_by()[:MOST_DROPPED])


def _drop(rows: Iterable[RunFile]) -> None:
    for row in rows:
        try:
            remove_stored(row.file)
        except Exception:  # a storage that is away: the sweeper comes by again
            log.warning("The unfinished picture %s could not be removed", row.pk, exc_info=True)
        else:
            row.delete()


def remove_untold(run: Run) -> None:
    """Files of a run that no row tells of: its worker died between the one and the other. Call it when the run has ended."""
    told = {str(pk) for pk in run.files.values_list("pk", flat=True)}
    _remove(run, lambda name: name.partition(".")[0] not in told)


def _row(run: Run, role: RunFile.Role, position: int, output: OutputFile) -> RunFile:
    row = RunFile(run=run, role=role, position=position, name=output.name, content_type=output.content_type)
    row.details = dict(output.details)
    return row


def _store(row: RunFile, output: OutputFile) -> None:
    content: File = File(output.path.open("rb")) if output.path else ContentFile(output.body)  # type: ignore[type-arg]
    with content:
        row.size = content.size
        row.file.save(str(row.pk), content, save=False)


def _hold(run: Run) -> None:
    if not Run.objects.hold(run.pk, run.fence):
        raise NotHeld


@contextlib.contextmanager
def _all_or_nothing(row: RunFile) -> Iterator[None]:
    """Half of a file on a full disk is removed again, and so is a whole one whose row may not be written.

    While the database is away nobody knows whether a row was written: then the file stays, for `remove_untold`.
    """
    try:
        yield
    except (DatabaseError, InterfaceError):
        raise
    except BaseException:
        _remove(row.run, lambda name: name.partition(".")[0] == str(row.pk))
        raise


def _remove(run: Run, is_meant: Callable[[str], bool]) -> None:
    """Some of the files in the folder of a run. Each is called after the row of a file, with an ending where it belongs to that."""
    folder, storage = f"runs/{run.team_id}/{run.pk}", default_storage
    try:
        for name in filter(is_meant, storage.listdir(folder)[1]):
            storage.delete(f"{folder}/{name}")
        storage.delete(folder)
    except OSError:  # there is no such folder, or more in it
        pass
    except Exception:  # a storage that is away: what is left there takes room, and nothing depends on it
        log.warning("Files of run %s could not be removed", run.pk, exc_info=True)
