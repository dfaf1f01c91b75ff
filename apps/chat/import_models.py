"""The row of an import: a file with conversations of somewhere else, how far it was read, and what came of it."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.ids import new_id
from apps.runs.leases import Leased

FOLDER: Final = "chat-imports"  # in the storage, with one for each team in it
MOST_LISTED: Final = 1000  # entries that are left out and named


def import_path(row: "Import", filename: str) -> str:
    return f"{FOLDER}/{row.team_id}/{filename}"


class Import(Leased):
    """`done` counts entries of the file, in its order: `made`, already `there`, or `left_out`. The three are written with what was made."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READING = "reading", _("Being read")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Not read to the end")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="chat_imports")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=255)  # of the file, as the person has it
    file = models.FileField(upload_to=import_path, max_length=300, blank=True)  # blank: was removed after it was read
    size = models.PositiveBigIntegerField(default=0)  # bytes of the file
    key = models.CharField(max_length=80)  # of the form: sent twice it is one
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    fault = models.CharField(max_length=20, blank=True)  # why it was not read to the end (`import_words`)
    tries = models.PositiveIntegerField(default=0)  # how often it was begun since something of it was kept
    read = models.PositiveBigIntegerField(default=0)  # bytes of conversations, unpacked
    total = models.PositiveBigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    there = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    bad = models.JSONField(default=list)  # the first of those left out: [{"number", "title", "reason"}]
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="one_import_of_a_key")]
        indexes = [models.Index(fields=["team", "-id"], name="imports_of_a_team")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def percent(self) -> int:
        return min(100, self.read * 100 // self.total) if self.total else 0


OPEN: Final = (Import.State.WAITING, Import.State.READING)
