"""Texts that were spoken, and the voices that spoke them.

Speech (a text) ─── Take (one voice, one set of settings) ─── Piece (some sentences of it) ─── Run
"""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.ids import new_id
from apps.core.living import Living
from apps.providers.models import Provider
from apps.runs.leases import Leased
from apps.runs.models import Run

PARENT: Final = "take"  # parent kind of the runs of a take
JOINING: Final = "joining"  # kind of the follow-up that makes one file of a take


def take_path(take: "Take", filename: str) -> str:
    """Under our own names: all that is stored for a take is in one folder, and no name is used twice."""
    return f"{folder_of(take)}/{filename}"


def folder_of(take: "Take") -> str:
    return f"speech/{take.team_id}/{take.pk}"


class Speech(models.Model):
    """A text that somebody had spoken. A sample of a voice has one too (`is_sample`): it is in no list."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="speeches")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="speeches")
    name = models.CharField(_("name"), max_length=200, blank=True)
    text = models.TextField()
    key = models.CharField(max_length=80)  # of the form: the same key is the same speech
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    objects = Living.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="one_speech_of_a_key")]
        indexes = [models.Index(fields=["team", "is_sample", "deleted_at", "-id"], name="speeches_of_team")]

    def __str__(self) -> str:
        return self.name or self.text[:60]


class Take(Leased):
    """The text in one voice."""

    class State(models.TextChoices):
        WORKING = "working", _("Working")
        READY = "ready", _("Ready")
        PARTIAL = "partial", _("Incomplete")  # some pieces have no sound; those that have can be heard
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="takes")
    speech = models.ForeignKey(Speech, models.CASCADE, related_name="takes")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="takes")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="takes")  # deleted ones keep their row
    model = models.CharField(max_length=200)
    model_label = models.CharField(max_length=200, blank=True)
    voice = models.CharField(max_length=200)
    settings = models.JSONField(default=dict)  # API name -> value, as it is sent with every piece
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WORKING)
    sentence = models.CharField(max_length=300, blank=True)
    format = models.CharField(max_length=10, blank=True)  # mp3, opus, aac, flac, wav, pcm: of `file`
    seconds = models.FloatField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    peaks = models.BinaryField(null=True)
    file = models.FileField(upload_to=take_path, max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "id"], name="takes_due", condition=models.Q(state="working"))]
        ordering = ["position", "id"]


class Piece(models.Model):
    """Some sentences of the text: what goes into one call. `run` is the call that counts: the newest one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    take = models.ForeignKey(Take, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    text = models.TextField()
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    tries = models.PositiveIntegerField(default=0)  # calls begun, by a person's click

    class Meta:
        constraints = [models.UniqueConstraint(fields=["take", "number"], name="one_piece_of_a_number")]
        ordering = ["number"]
