"""What may have to be looked at before a call is sent: a run waits for its gate, and goes on, or ends without having cost anything.

    class SafetyGate(Gate): ...        in an app; `register_gate(SafetyGate())` in its `ready`

A run that a gate holds is queued and never due. The calls that the gate makes are runs of their own, with the parent
`(GATE, id of the run)`; a `FollowUp` of the kind GATE decides when they have ended. So all of it survives a kill, and no capability
knows of any of it: an `Operation` only says what people typed (`Operation.typed`).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

if TYPE_CHECKING:
    from apps.runs.models import Run

GATE: Final = "gate"
CHAT: Final = "chat"
PICTURES: Final = "pictures"


@dataclass(frozen=True, slots=True)
class Typed:
    """What people wrote for a call. `kind`: CHAT or PICTURES. `texts`: all that is sent of it, also what an earlier call of the same
    page has sent: which of them was looked at is the gate's to know. Pictures that go along are the inputs of the run."""

    kind: str
    texts: tuple[str, ...]


class Gate(ABC):
    @abstractmethod
    def holds(self, run: "Run", typed: Typed) -> bool:
        """Whether this new run, which is not saved yet, has to be looked at."""

    @abstractmethod
    def begin(self, run: "Run", typed: Typed) -> None:
        """Start looking, in the transaction in which the run was written. Raises as `start_run`."""


_gate: Gate | None = None


def register_gate(gate: Gate) -> None:
    global _gate
    _gate = gate


def gate_for(run: "Run", typed: Typed | None) -> Gate | None:
    """The gate that holds this run, if it has to wait."""
    return _gate if _gate is not None and typed is not None and _gate.holds(run, typed) else None


def let_through(run: "Run", state: str, told: dict[str, Any], notice: str = "") -> bool:
    """It is sent now. False if it was stopped or decided meanwhile. Call it in a transaction."""
    from apps.runs.models import Run
    from apps.runs.tasks import publish

    notices = [*run.notices, notice] if notice else run.notices
    if not Run.objects.let_through(run.pk, gate=state, gate_told=told, notices=notices):
        return False
    transaction.on_commit(lambda: publish([run.pk]))
    return True


def hold_back(run: "Run", told: dict[str, Any], sentence: str) -> bool:
    """It is not sent, costs nothing and says why. False if it was stopped or decided meanwhile. Call it in a transaction."""
    from apps.runs.followups import publish_follow_up_of
    from apps.runs.models import Run
    from apps.runs.tasks import announce

    error = {"sentence": sentence, "reached_provider": False}
    if not Run.objects.hold_back(run.pk, gate_told=told, error=error):
        return False
    transaction.on_commit(lambda: announce([run.pk]))
    publish_follow_up_of(run)
    return True
