"""What the page shows of the parts of a transcript: of each its call as it goes on, or why it brought nothing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.accounts.access import may
from apps.accounts.models import Membership, Role
from apps.core.templatetags.core import clock
from apps.runs.models import Run
from apps.transcription.models import Part, Transcript
from apps.transcription.starting import OPEN

FOLDED: Final = 5  # more lines of one kind are told in one


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part: its place, its call if it has one, and whether it can be tried again."""

    part: Part
    start: str
    end: str
    run: Run | None
    can_again: bool

    @property
    def is_under_way(self) -> bool:
        return self.run is not None and self.run.is_active

    @property
    def is_waiting(self) -> bool:
        """To be cut, or to be sent when others are through."""
        return self.part.is_wanted

    @property
    def is_silent(self) -> bool:
        return self.part.is_taken and self.run is None


@dataclass(frozen=True, slots=True)
class Progress:
    """All parts in order. `is_over`: the transcript is ready, and nothing more is to be said of them."""

    lines: Sequence[PartLine]
    is_over: bool = False

    @property
    def done(self) -> int:
        return sum(line.part.is_taken for line in self.lines)

    @property
    def active(self) -> list[uuid.UUID]:
        return [line.run.pk for line in self.lines if line.run is not None and line.run.is_active]

    @property
    def shown(self) -> list[PartLine]:
        """Those with a line of their own, in order."""
        folded = {id(line) for line in (*self.folded_done, *self.folded_waiting)}
        return [] if self.is_over else [line for line in self.lines if id(line) not in folded]

    @property
    def folded_done(self) -> list[PartLine]:
        """What is through, where that are many."""
        return self._many([line for line in self.lines if line.part.is_taken])

    @property
    def folded_waiting(self) -> list[PartLine]:
        return self._many([line for line in self.lines if line.is_waiting])

    def _many(self, lines: list[PartLine]) -> list[PartLine]:
        return lines if len(lines) > FOLDED and not self.is_over else []

    @property
    def again_words(self) -> str:
        """On the button for all that can be tried again; empty where one part has a button of its own."""
        if not self.lines:
            return _("Start again")
        count = sum(line.can_again for line in self.lines)
        return _("Try all %(n)s again") % {"n": count} if count > 1 else ""


def progress_of(transcript: Transcript) -> Progress:
    """The parts in order, with one question to the database."""
    heavy = ("run__params", "run__request", "run__response")
    parts = transcript.parts.select_related("run__provider", "run__team", "run__person").defer(*heavy).order_by("number")
    return Progress([_line(part) for part in parts], is_over=transcript.state == Transcript.State.READY)


def _line(part: Part) -> PartLine:
    can_again = not part.is_taken and not part.is_wanted and (part.run is None or (part.run.is_final and part.run.status != "completed"))
    return PartLine(part, clock(part.start), clock(part.end), part.run, can_again)


def working_context(membership: Membership, transcript: Transcript) -> dict[str, Any]:
    """What `_working.html` needs beside the transcript."""
    return {
        "progress": progress_of(transcript),
        "is_open": transcript.state in OPEN,
        "can_write": may(membership, Role.EDITOR),
    }
