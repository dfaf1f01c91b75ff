"""Apps that file what calls bring, whoever made the call: a picture of a chat is kept like one that was asked for as a picture.

A keeper is registered for a kind of file. It looks at what came, makes a row of its own beside the row of the file, and
tells where the file is shown. The file belongs to that row from then on: it goes with it, and not with the words of the call.
"""

import pathlib
import tempfile
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.runs.background import stop_if_closing
from apps.runs.models import Run, RunFile
from apps.runs.operations import BadAnswer, OutputFile, Result


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as its keeper shows it: its page, and a small picture of it with the pixels that it takes."""

    url: str
    thumbnail_url: str
    title: str
    width: int
    height: int


@dataclass(slots=True)
class Brought:
    """What a call brought that is filed somewhere: what is still shown there, and how much was deleted there."""

    shown: list[Shown] = field(default_factory=list)
    gone: int = 0


class Keeper(ABC):
    """One for each kind of file."""

    kind: ClassVar[str]  # "picture": what an operation calls it

    @abstractmethod
    def look(self, output: OutputFile, folder: pathlib.Path, number: int) -> OutputFile:
        """What to keep of a file, with its true type and what is known of it. Raises BadAnswer for one that nobody can use.

        Runs beside the calls. `folder` is there until all is stored; `number` counts the files of a call.
        """

    @abstractmethod
    def row_of(self, run: Run, row: RunFile, output: OutputFile) -> Model | None:
        """The row to save beside that of the file; None for a file that it does not show.

        What it stores for it lies beside the file under the same name with an ending, so that it is found where the row is
        not written. It may be asked a second time for the same file.
        """

    @abstractmethod
    def shown(self, rows: Sequence[RunFile]) -> Mapping[uuid.UUID, Shown]:
        """Those of these files that are its own and that people see, by their ids."""


_keepers: dict[str, Keeper] = {}


def register_keeper(keeper: Keeper) -> None:
    _keepers[keeper.kind] = keeper


def rows_for(run: Run, row: RunFile, output: OutputFile) -> list[Model]:
    """What the apps want to save beside the row of this file."""
    return [made for keeper in _keepers.values() if (made := keeper.row_of(run, row, output)) is not None]


def looked_at(result: Result, kind: str) -> Result:
    """The result with those files that can be used, for operations that only pass them on. What cannot be used is said in a sentence.

    Raises BadAnswer when nothing is left of the answer, OSError when the disk takes no more.
    """
    keeper = _keepers.get(kind)
    folder = tempfile.TemporaryDirectory(prefix="playground-outputs-", ignore_cleanup_errors=True)
    result.leftovers = (*result.leftovers, folder.cleanup)
    usable: list[OutputFile] = []
    for number, file in enumerate(result.files if keeper else ()):
        stop_if_closing()
        try:
            usable.append(keeper.look(file, pathlib.Path(folder.name), number))  # type: ignore[union-attr]  # without one there are none
        except BadAnswer:
            continue
    lost = len(result.files) - len(usable)
    if not lost:
        return replace(result, files=usable)
    if not usable and not result.text:
        raise BadAnswer(_("What came is no picture that can be shown."))
    sentence = ngettext("%(n)s picture of this answer cannot be shown.", "%(n)s pictures of this answer cannot be shown.", lost)
    return replace(result, files=usable, notices=(*result.notices, sentence % {"n": lost}))


def show_with(runs: Sequence[Run]) -> None:
    """Look up once for all these runs what `brought_by` tells of each."""
    found = {run.pk: Brought() for run in runs}
    rows = list(RunFile.objects.filter(run__in=found, role=RunFile.Role.OUTPUT, is_claimed=True).order_by("run_id", "position"))
    shown = {pk: each for keeper in _keepers.values() for pk, each in keeper.shown(rows).items()} if rows else {}
    for row in rows:
        brought = found[row.run_id]
        if row.pk in shown:
            brought.shown.append(shown[row.pk])
        else:
            brought.gone += 1
    for run in runs:
        run.__dict__["brought"] = found[run.pk]


def brought_by(run: Run) -> Brought:
    """What a run brought, as it is shown now."""
    if "brought" not in run.__dict__:
        show_with([run])
    brought: Brought = run.__dict__["brought"]
    return brought
