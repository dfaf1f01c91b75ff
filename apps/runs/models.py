"""The Run: one row, one call to a provider. The row is the truth; everything else is a messenger.

    draft ──▶ queued ──▶ sending ──▶ streaming ──▶ completed | failed | cancelled | interrupted | unknown
                ▲───────────┘ (a retry that cannot have been billed)

All changes of `status` are methods of `RunQuerySet` (`transitions.py`): conditional updates that
return whether they happened. Nothing else writes it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.ids import new_id
from apps.providers.models import Provider
from apps.runs.gates import GATE
from apps.runs.transitions import RunQuerySet


class Status(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Sent")
    STREAMING = "streaming", _("Writing")
    COMPLETED = "completed", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Stopped")
    INTERRUPTED = "interrupted", _("Interrupted")
    UNKNOWN = "unknown", _("Outcome unknown")


IN_FLIGHT = (Status.SENDING, Status.STREAMING)
ACTIVE = (Status.QUEUED, *IN_FLIGHT)
FINAL = (Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.INTERRUPTED, Status.UNKNOWN)


class CostKind(models.TextChoices):
    KNOWN = "known", _("known")
    ESTIMATED = "estimated", _("estimated")
    UNKNOWN = "unknown", _("not known")
    FREE = "free", _("own server")
    NONE = "none", _("nothing was charged")


class GateState(models.TextChoices):
    """Where a run stands with what is looked at before it is sent (`apps.runs.gates`). Nothing for one that nobody looks at."""

    WAITING = "waiting", _("Being checked")
    PASSED = "passed", _("Nothing flagged")
    WARNED = "warned", _("Flagged, and sent")
    STOPPED = "stopped", _("Stopped before sending")
    UNCHECKED = "unchecked", _("Sent without a check")


class Run(models.Model):
    """One call. Fields up to `key` are written at the start, the rest by the executor."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="runs")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="runs")
    operation = models.CharField(max_length=64)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="runs")  # deleted ones keep their row
    model = models.CharField(max_length=200)
    model_label = models.CharField(max_length=200, blank=True)
    provider_label = models.CharField(max_length=80, blank=True)
    summary = models.CharField(max_length=200, blank=True)  # one line for History
    params = models.JSONField(default=dict)  # what was asked: the operation's own parameters
    parent_kind = models.CharField(max_length=20, blank=True)  # "chat": where the run belongs
    parent_id = models.UUIDField(null=True)
    patience = models.PositiveIntegerField(null=True)  # seconds to wait for the answer to begin, where a person wants more than usual
    again_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="repeats")
    key = models.CharField(max_length=80)  # idempotency: the same key is the same run
    fingerprint = models.CharField(max_length=64)  # of what was asked, to refuse one key for two things
    queued_at = models.DateTimeField()

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    gate = models.CharField(max_length=10, choices=GateState.choices, blank=True)
    gate_told = models.JSONField(default=dict)  # the gate's own: {"begun", "unread", "seen"}, and at the end {"flagged": [categories]}
    not_before = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)  # grows with each claim: an old worker writes nothing
    worker = models.CharField(max_length=40, blank=True)  # the process that holds the lease
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    first_byte_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    first_ms = models.PositiveIntegerField(null=True)  # sent to first word, by a monotonic clock
    total_ms = models.PositiveIntegerField(null=True)

    request = models.JSONField(null=True)  # as sent, keys masked
    response = models.JSONField(null=True)  # as received, keys masked; a stream's is put together
    text = models.TextField(blank=True)
    thinking = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=40, blank=True)
    notices = models.JSONField(default=list)  # sentences for the person: what was left out, what was repeated
    # Beside the words: {"calls": [{"tool", "n"}], "sources": [{"url", "title"}], "asked": [tool calls that wait for people]}. What the
    # database fills in is for the version before.
    beside = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    usage = models.JSONField(default=dict)  # {"input", "output", "cached", "thinking"} in tokens; absent = not told
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True)  # US dollars
    cost_kind = models.CharField(max_length=10, choices=CostKind.choices, default=CostKind.UNKNOWN)
    error_kind = models.CharField(max_length=40, blank=True)
    error = models.JSONField(default=dict)  # {"sentence", "status", "code", "parameter", "reached_provider", …}
    request_id = models.CharField(max_length=200, blank=True)
    erased_at = models.DateTimeField(null=True)  # its words are gone (`apps.runs.erasure`), its numbers stay

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="one_run_of_a_key")]
        indexes = [
            models.Index(fields=["team", "-id"], name="run_history"),
            models.Index(fields=["team", "status", "-id"], name="run_by_status"),
            models.Index(fields=["team", "person", "-id"], name="run_by_person"),
            models.Index(fields=["team", "model", "-id"], name="run_by_model"),
            models.Index(fields=["team", "operation", "-id"], name="run_by_operation"),
            models.Index(fields=["provider", "-id"], name="run_by_provider"),
            models.Index(fields=["parent_id", "parent_kind"], name="run_by_parent"),
            models.Index(fields=["team", "id"], name="run_with_words", condition=models.Q(erased_at=None)),
            # All that the sums of a month ask for: they never touch the rows, which are long.
            models.Index(fields=["team", "id", "cost_kind", "cost", "usage"], name="run_spending"),
            models.Index(
                fields=["status", "lease_until"], name="run_leases", condition=models.Q(status__in=["queued", "sending", "streaming"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.id} ({self.status})"

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_gate_check(self) -> bool:
        """Whether another call waits for it (`apps.runs.gates`)."""
        return self.parent_kind == GATE

    @property
    def is_sent_anyway(self) -> bool:
        """Whether the gate let it through with something to say: the last of its notices."""
        return self.gate in {GateState.WARNED, GateState.UNCHECKED}

    @property
    def total_tokens(self) -> int | None:
        counts = [self.usage[name] for name in ("input", "output") if name in self.usage]
        return sum(counts) if counts else None


class Heartbeat(models.Model):
    """A sign of life of a worker process or of beat (`apps.runs.heartbeats`): not the truth of anything, only told on Health."""

    name = models.CharField(max_length=40, primary_key=True)  # as on the leases; "beat" for beat
    host = models.CharField(max_length=200, blank=True)
    pid = models.PositiveIntegerField(default=0)
    threads = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"


class Attempt(models.Model):
    """One HTTP request at the most, written before its first byte leaves (ledger before network)."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    fence = models.PositiveIntegerField()
    sent_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    reserved_cost = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    cost_kind = models.CharField(max_length=10, choices=CostKind.choices, default=CostKind.UNKNOWN)
    outcome = models.CharField(max_length=40, blank=True)  # "" while it runs; "completed", or the kind of error
    request_id = models.CharField(max_length=200, blank=True)
    remote_id = models.CharField(max_length=200, blank=True, db_default="")  # under which the provider knows the answer
    usage = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_attempt_of_a_number")]
        ordering = ["number"]


def run_file_path(file: "RunFile", filename: str) -> str:
    """Our own name, never the person's: nothing typed by anybody becomes a path."""
    return f"runs/{file.run.team_id}/{file.run_id}/{file.id}"


class RunFile(models.Model):
    """A file that went into a run or came out of it."""

    class Role(models.TextChoices):
        INPUT = "input", _("input")
        MASK = "mask", _("mask")
        ORIGINAL = "original", _("original")  # of an input that was changed for sending: not sent, and needed at the end
        COVERAGE = "coverage", _("original mask")
        OUTPUT = "output", _("output")
        PARTIAL = "partial", _("unfinished")  # shown while the call goes on, gone with its end

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="files")
    role = models.CharField(max_length=10, choices=Role.choices)
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    file = models.FileField(upload_to=run_file_path, max_length=300)
    details = models.JSONField(default=dict)  # what is known of it: width, height …
    is_claimed = models.BooleanField(default=False)  # another app shows it on: the file goes with that app's row, not with the run's words

    class Meta:
        ordering = ["role", "position"]
        indexes = [models.Index(fields=["role", "run"], name="run_files_by_role")]  # the sweeper looks for unfinished ones
