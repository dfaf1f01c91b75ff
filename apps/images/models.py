"""Pictures of a team and the masks that people made: rows of the gallery.

A picture that a call brought shares its stored file with that call (`RunFile.is_claimed`): there is one copy, and it goes
with the picture. What was asked stands here too, because the words of a call may go earlier than what it brought.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.ids import new_id
from apps.runs.models import Run, RunFile


def picture_path(picture: "Picture", filename: str) -> str:
    """Our own name, never the person's."""
    return f"pictures/{picture.team_id}/{picture.pk}"


def thumbnail_path(picture: "Picture", filename: str) -> str:
    return f"pictures/{picture.team_id}/{picture.pk}.thumbnail"


def mask_path(mask: "Mask", filename: str) -> str:
    return f"masks/{mask.team_id}/{mask.pk}"


class Mask(models.Model):
    """Where a picture may change. Stored as a grey PNG: white may change, black stays. Without a name it belongs to one edit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="masks")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="masks")
    name = models.CharField(_("name"), max_length=80, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    percent = models.FloatField()  # of the picture that may change
    digest = models.CharField(max_length=64)  # SHA-256 of the file: the same mask is the same row
    file = models.FileField(upload_to=mask_path, max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "digest", "name"], name="one_mask_of_a_name")]
        indexes = [models.Index(fields=["team", "-id"], name="masks_of_team")]

    def __str__(self) -> str:
        return self.name or str(_("Mask"))


class PictureQuerySet(models.QuerySet["Picture"]):
    def alive(self) -> "PictureQuerySet":
        return self.filter(deleted_at=None)


class Picture(models.Model):
    class Kind(models.TextChoices):
        MADE = "made", _("Made")
        EDITED = "edited", _("Edited")
        VARIED = "varied", _("More like this")
        UPLOADED = "uploaded", _("Uploaded")
        CHAT = "chat", _("From a chat")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="pictures")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="pictures")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="pictures")  # null: uploaded
    output = models.OneToOneField(RunFile, models.SET_NULL, null=True, related_name="picture")
    made_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="made")
    mask = models.ForeignKey(Mask, models.SET_NULL, null=True, related_name="pictures")
    file = models.FileField(upload_to=picture_path, max_length=300)
    thumbnail = models.FileField(upload_to=thumbnail_path, max_length=300, blank=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=200, blank=True)
    description = models.TextField(blank=True)  # what was asked for
    revised = models.TextField(blank=True)  # how the service understood it, where it says so
    settings = models.JSONField(default=dict)  # API name -> value, as it was sent
    model = models.CharField(max_length=200, blank=True)
    model_label = models.CharField(max_length=200, blank=True)
    is_exact = models.BooleanField(default=False)  # everything outside the mask is the original's, byte for byte
    is_unfinished = models.BooleanField(default=False)  # the last that came of a picture before its call broke off
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["team", "deleted_at", "-id"], name="gallery"),
            models.Index(fields=["team", "kind", "-id"], name="gallery_by_kind"),
            models.Index(fields=["team", "person", "-id"], name="gallery_by_person"),
            models.Index(fields=["team", "model", "-id"], name="gallery_by_model"),
        ]

    def __str__(self) -> str:
        return self.name or self.description[:60] or str(self.get_kind_display())

    @property
    def ending(self) -> str:
        """Of a file name, by the type of its content."""
        return ENDINGS.get(self.content_type, "bin")

    @property
    def kind_word(self) -> Any:
        """PNG, JPEG, WebP."""
        return TYPES.get(self.content_type, self.content_type)


ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}
TYPES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WebP", "image/gif": "GIF"}
