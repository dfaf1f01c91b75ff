"""Apps that keep what goes into a call, or take what comes out of it, without a second copy: large files that lie in pieces.

A supply is registered under the parent kind of the runs. What it gives is streamed from where it lies; what comes is its to store.
"""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db.models.fields.files import FieldFile

from apps.runs.models import Run
from apps.runs.operations import OutputFile


@dataclass(frozen=True, slots=True)
class Stored:
    """`size` bytes of a stored file, from `start` on."""

    content: FieldFile
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Source:
    """One input of a call: stored files that are sent as one."""

    name: str
    content_type: str
    stretches: Sequence[Stored]


class Supply(ABC):
    """One for each parent kind."""

    kind: ClassVar[str]

    @abstractmethod
    def sources(self, run: Run) -> Sequence[Source]:
        """What goes into the call, in order. Raises FileNotFoundError and `apps.runs.files.FileGone`."""

    @abstractmethod
    def take(self, run: Run, outputs: Sequence[OutputFile], hold: Callable[[], None]) -> None:
        """Store what came, then write the rows that tell of it, in one transaction that begins with `hold()`.

        `hold` raises NotHeld where the run is not this worker's any more. Whatever is raised, nothing of it may be left in the storage.
        """


_supplies: dict[str, Supply] = {}


def register_supply(supply: Supply) -> None:
    _supplies[supply.kind] = supply


def of(run: Run) -> Supply | None:
    """Whoever supplies this run, if it is not itself."""
    return _supplies.get(run.parent_kind) if isinstance(run.parent_id, uuid.UUID) else None
