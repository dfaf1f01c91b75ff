"""Every change of a run's status, as conditional updates that say whether they happened.

Two workers, two sweepers and a person may act at the same moment: the database decides, by
`WHERE status = … AND fence = …`. Leases are judged by the database's clock.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import BooleanField, Count, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Now

from apps.accounts.models import Membership, Role
from apps.providers.connections import INSTALLATIONS, KEY_OF, PERSONS, TEAMS
from apps.providers.models import PersonalKey

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

    from apps.runs.models import Attempt, Run

RunId = uuid.UUID
IN_FLIGHT = ("sending", "streaming")
RUNS_THINGS = [role for role in Role.values if role != Role.VIEWER]


def from_now(seconds: float) -> "Combinable":
    """A moment by the database's clock."""
    return ExpressionWrapper(Now() + datetime.timedelta(seconds=seconds), output_field=DateTimeField())


def may_run() -> Q:
    """Whether the person who asked may still run things in the team, and the team is there. Runs of nobody (a schedule) may."""
    may = Membership.objects.alive().filter(team=OuterRef("team"), user=OuterRef("person"), role__in=RUNS_THINGS)
    return Q(team__deleted_at=None) & (Q(person=None) | Q(Exists(may)))


def is_followed() -> Q:
    """Whether a provider makes the answer in background: an attempt has an id there and no end."""
    from apps.runs.models import Attempt

    return Q(Exists(Attempt.objects.filter(run=OuterRef("pk"), outcome="").exclude(remote_id="")))


def lost_key() -> Q:
    """Whether the key that the call went with was removed meanwhile."""
    of_person = PersonalKey.objects.filter(provider=OuterRef("provider"), user=OuterRef("person"))
    own_is_gone = Q(**{f"request__{KEY_OF}": PERSONS}) & ~Q(Exists(of_person))
    return own_is_gone | Q(**{f"request__{KEY_OF}__in": [TEAMS, INSTALLATIONS], "provider__key": ""})


class RunQuerySet(models.QuerySet["Run"]):
    def _held(self, run_id: RunId, fence: int) -> "RunQuerySet":
        """The run while this claim of it still counts."""
        return self.filter(pk=run_id, fence=fence, status__in=IN_FLIGHT)

    def hold(self, run_id: RunId, fence: int) -> bool:
        """Whether this claim still counts; if so, it does until the transaction ends."""
        return self._held(run_id, fence).select_for_update(no_key=True).exists()

    def claim(self, run_id: RunId, worker: str) -> "Run | None":
        """queued → sending. The run, with the fencing token of this claim; None if it was not there to take."""
        due = Q(not_before=None) | Q(not_before__lte=Now())
        taken = (
            self.filter(due, pk=run_id, status="queued")
            .exclude(gate="waiting")
            .update(status="sending", fence=F("fence") + 1, worker=worker, lease_until=from_now(settings.RUN_LEASE), not_before=None)
        )
        if not taken:
            return None
        from apps.runs.models import RunFile

        files = RunFile.objects.filter(run=OuterRef("pk"))
        allowed = ExpressionWrapper(may_run(), output_field=BooleanField())
        looked_up = {"has_files": Exists(files), "tries": Count("attempts"), "may_run": allowed}
        return self.select_related("provider", "team", "person").annotate(**looked_up).get(pk=run_id)

    def begin_attempt(self, run_id: RunId, fence: int, number: int = 1, request: Any = None, **fields: Any) -> "Attempt | None":
        """Write the attempt and what it sends before its first byte leaves. None: somebody stopped or took the run; send nothing."""
        from apps.runs.models import Attempt

        with transaction.atomic():
            held = self._held(run_id, fence).filter(status="sending", stop_requested_at=None)
            if not held.update(sent_at=Now(), request=request):
                return None
            return Attempt.objects.create(run_id=run_id, number=number, fence=fence, sent_at=Now(), **fields)

    def begin_streaming(self, run_id: RunId, fence: int, first_ms: int) -> bool:
        """sending → streaming: the first byte of the answer is here."""
        changes = {"status": "streaming", "first_byte_at": Now(), "first_ms": first_ms}
        return bool(self._held(run_id, fence).filter(status="sending").update(**changes))

    def save_partial(self, run_id: RunId, fence: int, text: str, thinking: str) -> bool:
        return bool(self._held(run_id, fence).update(text=text, thinking=thinking))

    def renew(self, run_ids: Iterable[RunId], worker: str) -> int:
        """Prolong the leases that this worker process still holds."""
        held = self.filter(pk__in=list(run_ids), worker=worker, status__in=IN_FLIGHT)
        return held.update(lease_until=from_now(settings.RUN_LEASE))

    def wait_again(self, run_id: RunId, fence: int, seconds: float, **fields: Any) -> bool:
        """sending → queued: nothing can have been billed, a later try is allowed after `seconds`."""
        changes = {"status": "queued", "not_before": from_now(seconds), "lease_until": None, "worker": "", **fields}
        return bool(self._held(run_id, fence).filter(status="sending", stop_requested_at=None).update(**changes))

    def finish(self, run_id: RunId, fence: int, status: str, **fields: Any) -> bool:
        """sending or streaming → a final state. A late worker whose claim no longer counts changes nothing."""
        changes = {"status": status, "finished_at": Now(), "lease_until": None, **fields}
        return bool(self._held(run_id, fence).update(**changes))

    def stop(self, run_id: RunId) -> bool:
        """A person says stop: what was not sent is cancelled, what is under way is asked to end."""
        unsent = {"status": "cancelled", "finished_at": Now(), "cost": 0, "cost_kind": "none", "stop_requested_at": Now()}
        if self.filter(~is_followed(), pk=run_id, status="queued").update(**unsent):
            return True
        return bool(self.filter(pk=run_id, status__in=("queued", *IN_FLIGHT), stop_requested_at=None).update(stop_requested_at=Now()))

    def revoked(self, run_ids: Iterable[RunId]) -> set[RunId]:
        """Those whose provider or key is gone, or whose person may not use the installation any more."""
        is_taken_away = Q(provider__deleted_at__isnull=False) | ~(Q(provider__team=None) | Q(provider__team=F("team")))
        is_revoked = is_taken_away | lost_key() | ~may_run()
        return set(self.filter(is_revoked, pk__in=list(run_ids)).values_list("pk", flat=True))

    def due(self, limit: int = 500) -> list[RunId]:
        """Queued runs that may be taken now, oldest first."""
        may = Q(not_before=None) | Q(not_before__lte=Now())
        waiting = self.filter(may, status="queued").exclude(gate="waiting")
        return list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])

    def refuse(self, run_id: RunId, **fields: Any) -> bool:
        """queued → failed, before anybody could take it: whoever asked may not. Nothing was sent."""
        changes = {"status": "failed", "gate": "", "finished_at": Now(), "cost": 0, "cost_kind": "none", **fields}
        return bool(self.filter(pk=run_id, status="queued", fence=0).update(**changes))

    def let_through(self, run_id: RunId, **fields: Any) -> bool:
        """Its gate has looked: from now on it is due."""
        return bool(self.filter(pk=run_id, status="queued", gate="waiting").update(**fields))

    def hold_back(self, run_id: RunId, **fields: Any) -> bool:
        """queued → failed: its gate does not let it through. Nothing was sent."""
        changes = {
            "status": "failed",
            "gate": "stopped",
            "finished_at": Now(),
            "cost": 0,
            "cost_kind": "none",
            "error_kind": "gate",
            **fields,
        }
        return bool(self.filter(pk=run_id, status="queued", gate="waiting").update(**changes))

    def expired(self) -> "RunQuerySet":
        """Runs whose worker has gone silent."""
        return self.filter(status__in=IN_FLIGHT, lease_until__lt=Now())

    def give_back_unsent(self) -> int:
        """Expired claims whose attempt was never written: nothing left this machine, so they wait again."""
        from apps.runs.models import Attempt

        sent = Attempt.objects.filter(run=OuterRef("pk"), fence=OuterRef("fence"))
        unsent = self.expired().filter(~Exists(sent), status="sending", stop_requested_at=None)
        return unsent.update(status="queued", lease_until=None, worker="")

    def followed(self) -> "RunQuerySet":
        """Runs whose answer a provider makes in background, as far as we know."""
        return self.filter(is_followed())

    def give_back_followed(self, run_id: RunId | None = None, fence: int = 0) -> int:
        """sending → queued, where the provider goes on without us: of one claim that ends, or of all whose worker has gone silent.

        Whoever claims it next looks for the answer, and sends nothing.
        """
        these = self._held(run_id, fence) if run_id else self.expired()
        return these.filter(is_followed(), status__in=IN_FLIGHT).update(status="queued", lease_until=None, worker="", not_before=None)

    def end_expired(self, run_id: RunId, fence: int, status: str, **fields: Any) -> bool:
        """End one run whose lease has run out; nothing if its worker renewed it meanwhile."""
        changes = {"status": status, "finished_at": Now(), "lease_until": None, **fields}
        return bool(self.expired().filter(pk=run_id, fence=fence).update(**changes))

    def let_go_all(self) -> None:
        """No worker is running: every lease is over now. What was not sent waits again, the rest ends with the next sweep."""
        self.filter(status__in=IN_FLIGHT).update(lease_until=from_now(-1))
        self.give_back_followed()
        self.give_back_unsent()

    def set_aside(self, until: datetime.datetime) -> int:
        """queued → failed, for what has waited since before `until`: it may have been sent by another copy of this database."""
        error = {"sentence": "It waited while no worker was running, and was not sent.", "reached_provider": False}
        changes = {"finished_at": Now(), "cost": 0, "cost_kind": "none", "error_kind": "set_aside", "error": error}
        return self.filter(~is_followed(), status="queued", queued_at__lte=until).update(status="failed", **changes)

    def fail_never_sent(self) -> int:
        """Queued for longer than the limit: it will not be sent any more. One that was refused keeps the reason."""
        old = self.filter(~is_followed(), status="queued", queued_at__lt=from_now(-settings.RUN_QUEUE_LIMIT))
        changes = {"status": "failed", "finished_at": Now(), "cost": 0, "cost_kind": "none"}
        error = {"sentence": "It waited too long and was never sent.", "reached_provider": False}
        refused = old.exclude(sent_at=None).update(**changes)
        return refused + old.filter(sent_at=None).update(**changes, error_kind="never_sent", error=error)
