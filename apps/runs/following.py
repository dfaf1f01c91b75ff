"""The thread's half of an answer in background: its id is kept with the attempt, and whoever comes after a crash goes on with that id.

A claim whose latest attempt has an id and no end sends nothing: it looks. So such a run may be given back to the queue at any time.
"""

from typing import TYPE_CHECKING, Final

from django.utils import timezone

from apps.providers.connections import NotReady, connect
from apps.runs import files, outcomes, registry
from apps.runs.models import Attempt, Run
from apps.runs.patience import persist
from apps.runs.storable import clean_text
from apps.runs.wire import Call, Inbox
from gateway import GatewayError

if TYPE_CHECKING:
    from apps.providers.connections import Ready

UNKNOWN: Final = {"cost": None, "cost_kind": "unknown"}


def open_attempt(run: Run) -> Attempt | None:
    """The attempt that a provider is still at, as far as we know."""
    return Attempt.objects.filter(run=run, outcome="").exclude(remote_id="").order_by("-number").first()


def resumed(run: Run, attempt: Attempt, inbox: Inbox) -> Call:
    """The call that goes on with what was created. Raises NotReady, UnknownOperation. Nothing is sent but looks."""
    operation = registry.get(run.operation)
    ready: Ready = connect(run.provider, run.person, run.team)
    if operation.remote is None:
        raise registry.UnknownOperation(run.operation)
    attempt.fence = run.fence  # whoever had it before writes nothing into it any more, and it counts as sent for who comes after
    persist(lambda: Attempt.objects.filter(pk=attempt.pk).update(fence=attempt.fence))
    request = operation.remote.look(attempt.remote_id)
    call = Call(run.pk, run.fence, operation, ready.connection, request, inbox)
    call.is_followed, call.remote_id = True, attempt.remote_id
    call.earlier = max(0.0, (timezone.now() - attempt.sent_at).total_seconds())
    return call


def note_created(attempt: Attempt, remote_id: str) -> None:
    """At once: from here on nothing is lost by a crash."""
    attempt.remote_id = clean_text(remote_id)[:200]
    persist(lambda: Attempt.objects.filter(pk=attempt.pk).update(remote_id=attempt.remote_id))


def give_back(run: Run) -> bool:
    """This process goes, and the provider goes on: another worker looks for the answer."""
    return bool(persist(lambda: Run.objects.give_back_followed(run.pk, run.fence)))


def cannot_go_on(run: Run, attempt: Attempt, error: Exception) -> None:
    """Nobody can look any more: what became of it only the provider knows."""
    sentence = str(error.sentence) if isinstance(error, (NotReady, GatewayError)) else ""
    fields = {"error_kind": getattr(error, "kind", "not_ready"), "error": {"sentence": sentence, "reached_provider": True}, **UNKNOWN}
    persist(lambda: Run.objects.finish(run.pk, run.fence, "unknown", **fields))
    outcomes.close_attempt(attempt, "unknown", **UNKNOWN)


def nothing_staged() -> files.Staged:
    return files.Staged(())
