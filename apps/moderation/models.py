"""What was checked, what each model said of it, and what the team wants to be stopped.

Check (what was brought) ─┬─ Row (a text, a picture, or both)
                          └─ Judging (one model, all rows) ─┬─ Batch (some rows: what goes into one call) ─── Run
                                                            └─ Verdict (of one row)
Rules (one for a team): own limits, and the check before sending
"""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.ids import new_id
from apps.core.living import Living
from apps.providers.models import Model, Provider
from apps.runs.leases import Leased
from apps.runs.models import Run

PARENT: Final = "judging"  # parent kind of the runs of a judging


def folder_of(check: "Check") -> str:
    return f"moderation/{check.team_id}/{check.pk}"


def source_path(check: "Check", filename: str) -> str:
    return f"{folder_of(check)}/{filename}"


def picture_path(row: "Row", filename: str) -> str:
    return f"{folder_of(row.check_of)}/{filename}"


class Check(models.Model):
    """`total` is 0 until all rows are stored. A file that was brought is kept, so that another column can be taken from it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="checks")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="checks")
    name = models.CharField(_("name"), max_length=200, blank=True)
    key = models.CharField(max_length=80)  # of the form: the same key is the same check
    fingerprint = models.CharField(max_length=64, blank=True)  # of what came with it
    source = models.FileField(upload_to=source_path, max_length=300, blank=True)
    source_name = models.CharField(max_length=200, blank=True)
    wish = models.JSONField(default=dict)  # how the file is to be read: {"column", "has_header", "encoding", "delimiter"}
    notes = models.JSONField(default=list)  # sentences about rows that are not there, or not as they were
    begun_at = models.DateTimeField(null=True)  # when its rows began to be read from the file
    total = models.PositiveIntegerField(default=0)
    has_pictures = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    objects = Living.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="one_check_of_a_key")]
        indexes = [models.Index(fields=["team", "deleted_at", "-id"], name="checks_of_team")]

    def __str__(self) -> str:
        return self.name or str(_("Safety check"))

    @property
    def is_draft(self) -> bool:
        """A file whose column is still to be chosen."""
        return bool(self.source) and not self.total


class Row(models.Model):
    """`number` is that of the spreadsheet or of the line; `position` counts the rows that are there, from 1."""

    id = models.BigAutoField(primary_key=True)
    check_of = models.ForeignKey(Check, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=200, blank=True)  # of a file or a message
    text = models.TextField(blank=True)
    picture = models.FileField(upload_to=picture_path, max_length=300, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_of", "position"], name="one_row_of_a_position")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label or self.text[:60]


class Judging(Leased):
    """All rows by one model."""

    class State(models.TextChoices):
        WORKING = "working", _("Working")
        READY = "ready", _("Ready")
        PARTIAL = "partial", _("Incomplete")  # some rows were not checked
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="judgings")
    check_of = models.ForeignKey(Check, models.CASCADE, related_name="judgings")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="judgings")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="judgings")  # deleted ones keep their row
    model = models.CharField(max_length=200)
    model_label = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WORKING)
    sentence = models.CharField(max_length=300, blank=True)
    categories = models.JSONField(default=list)  # all that it told of any row, also those that only this server has
    turn = models.PositiveIntegerField(default=0)  # grows when another model takes the place of one that brought nothing
    has_plan = models.BooleanField(default=False)  # its batches are there
    done = models.PositiveIntegerField(default=0)  # rows with a verdict
    taken = models.PositiveIntegerField(default=0)  # the most rows that the service took in one call
    tried = models.PositiveIntegerField(null=True)  # half of what it refused last
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_of", "position"], name="one_judging_of_a_position")]
        indexes = [models.Index(fields=["state", "id"], name="judgings_due", condition=models.Q(state="working"))]
        ordering = ["position"]

    @property
    def most(self) -> int | None:
        """Rows that go into a call by what the service has shown; None while it has refused nothing."""
        return None if self.tried is None else max(self.taken, self.tried, 1)


class Batch(models.Model):
    """The rows from `first` to `last`, by their positions. `run` is the call that counts: the newest one."""

    id = models.BigAutoField(primary_key=True)
    judging = models.ForeignKey(Judging, models.CASCADE, related_name="batches")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    tries = models.PositiveIntegerField(default=0)  # how often it was cut, or asked again by a person
    is_over = models.BooleanField(default=False)  # nothing more comes of it
    sentence = models.CharField(max_length=300, blank=True)  # why it brought nothing

    class Meta:
        indexes = [models.Index(fields=["judging", "is_over", "first"], name="batches_in_order")]
        ordering = ["first"]

    @property
    def size(self) -> int:
        return self.last - self.first + 1


class Verdict(models.Model):
    """What a model said of a row. Names of categories are those of the API, also those that only one server has."""

    id = models.BigAutoField(primary_key=True)
    judging = models.ForeignKey(Judging, models.CASCADE, related_name="verdicts")
    row = models.ForeignKey(Row, models.CASCADE, related_name="verdicts")
    is_flagged = models.BooleanField()  # by the model, whatever the team's limits say
    flags = models.TextField()  # "|hate|violence|"; "|" for none
    top = models.CharField(max_length=100, blank=True)  # the category with the highest score; none where that is as good as nothing
    score = models.FloatField(null=True)  # of that one
    scores = models.JSONField(default=dict)  # category -> 0 to 1
    applied = models.JSONField(default=dict)  # category -> ["text", "image"]; not there where the server does not tell

    class Meta:
        constraints = [models.UniqueConstraint(fields=["judging", "row"], name="one_verdict_of_a_row")]
        indexes = [
            models.Index(fields=["judging", "-score"], name="verdicts_by_score"),
            models.Index(fields=["judging", "is_flagged"], name="verdicts_flagged"),
        ]


class Rules(models.Model):
    """What a team has settled. Without a row nothing is: the models' own limits, and no check before sending."""

    class Before(models.TextChoices):
        OFF = "off", _("Off")
        WARN = "warn", _("Warn")
        STOP = "stop", _("Stop")

    class Otherwise(models.TextChoices):
        SEND = "send", _("Send it")
        STOP = "stop", _("Do not send it")

    team = models.OneToOneField(Team, models.CASCADE, primary_key=True, related_name="safety_rules")
    limits = models.JSONField(default=dict)  # category -> from which score it counts as flagged
    chat = models.CharField(max_length=10, choices=Before.choices, default=Before.OFF)
    pictures = models.CharField(max_length=10, choices=Before.choices, default=Before.OFF)
    model = models.ForeignKey(Model, models.SET_NULL, null=True, related_name="+")
    otherwise = models.CharField(max_length=10, choices=Otherwise.choices, default=Otherwise.STOP)  # when the check itself fails
