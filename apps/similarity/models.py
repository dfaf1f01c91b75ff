"""Rows that were compared, and how they stand to each other for a model.

RowSet ─┬─ Row (a text)
        └─ Side (one model, one size) ─┬─ Batch (texts of one call) ─── Run
                                       ├─ Query (a text that somebody typed)
                                       └─ Finding (groups, map, …)
Vector: of a text, for a model and a size. It belongs to the team, so that nobody asks twice for the same. A side compares vectors of one
length only: where a model gives another one under the same name, both are kept, each for the sides that were compared with it.
"""

import hashlib
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.ids import new_id
from apps.core.living import Living
from apps.providers.models import Provider
from apps.runs.leases import Leased
from apps.runs.models import Run

PARENT: Final = "similarity"  # parent kind of the runs of a side
COMPARING: Final = "comparing"  # kind of the follow-up that finds what is alike
MOST_SIDES: Final = 2
USUAL_LIMIT: Final = 0.95  # above it two rows say almost the same


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def set_path(row: "RowSet", filename: str) -> str:
    return f"{folder_of(row)}/{filename}"


def folder_of(row: "RowSet") -> str:
    return f"similarity/{row.team_id}/{row.pk}"


class RowSet(Leased):
    """What somebody brought. `source`: {"file", "column", "columns", "left_out"}, as far as there is any. Who compares holds its lease."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="row_sets")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="row_sets")
    name = models.CharField(_("name"), max_length=200, blank=True)
    count = models.PositiveIntegerField(default=0)
    different = models.PositiveIntegerField(default=0)  # texts, without those that are the same
    tokens = models.PositiveIntegerField(default=0)  # of these, about
    source = models.JSONField(default=dict)
    file = models.FileField(upload_to=set_path, max_length=300, blank=True)
    key = models.CharField(max_length=80)  # of the form: the same key is the same set
    fingerprint = models.CharField(max_length=64)  # of what was asked for, to refuse one key for two things
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)
    is_going = models.BooleanField(default=False)  # it is being removed for good: some of its rows may be gone already

    objects = Living.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="one_row_set_of_a_key")]
        indexes = [models.Index(fields=["team", "deleted_at", "-id"], name="row_sets_of_team")]

    def __str__(self) -> str:
        return self.name or str(_("Rows"))


class Row(models.Model):
    """`number` as the person counts: of the line, of the row of a table, of the file. `place` counts the rows that are there, from 0."""

    id = models.BigAutoField(primary_key=True)
    set = models.ForeignKey(RowSet, models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=200, blank=True)  # the name of its file
    text = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)
    tokens = models.PositiveIntegerField(default=0)  # about

    class Meta:
        constraints = [models.UniqueConstraint(fields=["set", "place"], name="one_row_of_a_place")]
        ordering = ["place"]


class Side(Leased):
    """The rows as one model sees them. `wishes`: {"groups": how many or None, "limit": from which likeness on two are almost the same}."""

    class State(models.TextChoices):
        WORKING = "working", _("Working")  # its texts are being asked for
        COMPARING = "comparing", _("Comparing")
        READY = "ready", _("Ready")
        PARTIAL = "partial", _("Incomplete")  # some rows have no vector; the others are compared
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="sides")
    set = models.ForeignKey(RowSet, models.CASCADE, related_name="sides")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="sides")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="sides")  # deleted ones keep their row
    model = models.CharField(max_length=200)
    model_label = models.CharField(max_length=200, blank=True)
    dimensions = models.PositiveIntegerField(default=0)  # as asked for; 0 is the model's own
    numbers = models.PositiveIntegerField(default=0)  # of each vector that it compares, once one is known
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WORKING)
    sentence = models.CharField(max_length=500, blank=True)
    tries = models.PositiveIntegerField(default=0)  # begun by a person's click
    wishes = models.JSONField(default=dict)
    is_wished = models.BooleanField(default=False)  # since it was compared
    attempts = models.PositiveIntegerField(default=0)  # to compare that were begun and have not ended
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["set", "position"], name="one_side_of_a_position")]
        indexes = [models.Index(fields=["state", "id"], name="sides_due", condition=models.Q(state__in=["working", "comparing"]))]
        ordering = ["position"]

    @property
    def title(self) -> str:
        """What tells it from the other one: the model, and the size where one was asked for."""
        label = self.model_label or self.model
        return f"{label}, {self.dimensions:,}" if self.dimensions else label

    @property
    def is_active(self) -> bool:
        return self.state in {self.State.WORKING, self.State.COMPARING}

    @property
    def is_busy(self) -> bool:
        """Something of it is still to come."""
        return self.is_active or self.is_wished

    @property
    def wanted_groups(self) -> int | None:
        found = self.wishes.get("groups")
        return int(found) if found else None

    @property
    def limit(self) -> float:
        return float(self.wishes.get("limit") or USUAL_LIMIT)


class Query(models.Model):
    """A text that somebody typed to see what is nearest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    side = models.ForeignKey(Side, models.CASCADE, related_name="queries")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)
    tries = models.PositiveIntegerField(default=0)
    sentence = models.CharField(max_length=500, blank=True)  # why there is no answer
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["side", "digest"], name="one_query_of_a_text")]


class Batch(models.Model):
    """The texts of one call. `failed`: digests of those that have no vector because of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    side = models.ForeignKey(Side, models.CASCADE, related_name="batches")
    query = models.ForeignKey(Query, models.CASCADE, null=True, related_name="batches")
    size = models.PositiveIntegerField(default=0)
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    is_taken = models.BooleanField(default=False)  # what came of its call is written
    failed = models.JSONField(default=list)
    sentence = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["side", "is_taken"], name="batches_of_side")]
        ordering = ["id"]


class Vector(models.Model):
    """The numbers of a text as `vectors.pack` writes them. None, and so 0 of them, while `batch` asks for them: nobody else does then."""

    id = models.BigAutoField(primary_key=True)
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="+")
    model = models.CharField(max_length=200)
    dimensions = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)
    numbers = models.PositiveIntegerField(default=0)
    packed = models.BinaryField(null=True)
    batch = models.ForeignKey(Batch, models.CASCADE, null=True, related_name="claimed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "provider", "model", "dimensions", "digest", "numbers"], name="one_vector_of_a_text"),
        ]
        indexes = [models.Index(fields=["team", "digest"], name="vectors_of_text")]


class Finding(models.Model):
    """One thing that was found out: `told` for pages, `packed` for many rows (`finding` reads them)."""

    class Kind(models.TextChoices):
        PLACES = "places"
        GROUPS = "groups"
        NEAREST = "nearest"
        MAP = "map"
        TWINS = "twins"
        AGREEMENT = "agreement"

    id = models.BigAutoField(primary_key=True)
    side = models.ForeignKey(Side, models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    told = models.JSONField(default=dict)
    packed = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["side", "kind"], name="one_finding_of_a_kind")]
