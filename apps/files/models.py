"""Files of a team: our copies of them, what lies at the providers, and what is known of both.

    File ─┬─ Piece (our copy: its bytes in order, as they came; never joined)
          ├─ Part (a stretch of it on its way to or from the provider) ─── Run
          └─ Use (what has it in hand at the provider)
    Sync (the list of a provider, as far as it was read)

A row is one file. It may be here (`copy`), at one provider (`remote`), or both; each of the two has a state of its own. A file that was
listed by a provider and that nobody brought here has no copy. What lies at two providers is two rows, each with its own copy.
"""

import uuid
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.ids import new_id
from apps.core.living import Living
from apps.providers.models import Provider
from apps.runs.leases import Leased
from apps.runs.models import Run

PARENT: Final = "file"  # parent kind of the runs of a file, and kind of the follow-up that sends, fetches and deletes
LOOKING: Final = "file-look"  # kind of the follow-up that looks at what came
FOLDER: Final = "files"  # in the storage, with one for each team in it
SYNCING: Final = "file-sync"  # kind of the follow-up that reads the list of a provider


def piece_path(piece: "Piece", filename: str) -> str:
    return f"{folder_of(piece.file)}/{filename}"


def thumbnail_path(file: "File", filename: str) -> str:
    return f"{folder_of(file)}/{filename}"


def folder_of(file: "File") -> str:
    """All that is stored for a file is in one folder, under our names, and no name is used twice."""
    return f"{FOLDER}/{file.team_id}/{file.pk}"


class Copy(models.TextChoices):
    """How it stands with our copy."""

    NONE = "none", _("Not here")
    COMING = "coming", _("Coming in")  # pieces arrive, from a browser or from the provider
    LOOKING = "looking", _("Being checked")  # all is here; a worker looks at it
    READY = "ready", _("Ready")


class Remote(models.TextChoices):
    """How it stands with the provider."""

    NONE = "none", _("Only here")
    WAITING = "waiting", _("Waiting to be sent")  # a person wants it there; it goes when our copy is ready
    SENDING = "sending", _("On its way")
    THERE = "there", _("At the provider")
    FAILED = "failed", _("Not sent")  # `sentence` says why; our copy is untouched
    UNCLEAR = "unclear", _("Outcome unknown")  # it may be there: the next sync tells
    STOPPING = "stopping", _("Being stopped")  # its calls end; what they made there all the same is deleted
    DELETING = "deleting", _("Being deleted")
    GONE = "gone", _("No longer there")  # deleted, expired, or the last sync did not list it


class Kind(models.TextChoices):
    """What it is, by its content and never by its name alone."""

    JSONL = "jsonl", _("Lines of JSON")
    TABLE = "table", _("Table")
    TEXT = "text", _("Text")
    PICTURE = "picture", _("Picture")
    SOUND = "sound", _("Sound or video")
    PDF = "pdf", _("PDF")
    OTHER = "other", _("Other")


class File(Leased):
    """`added_at`: when it came here, or when the provider says that it came there. `flaws`: errors of the last check, null before one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="files")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="files")  # null: found at the provider
    wisher = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")  # who last wanted something at the provider
    name = models.CharField(_("name"), max_length=255)
    size = models.PositiveBigIntegerField(default=0)  # bytes: announced, then as they are
    content_type = models.CharField(max_length=100, blank=True)  # as it was told, then as it is
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OTHER)
    purpose = models.CharField(max_length=30, blank=True)  # the API's word: "batch", "fine-tune" …; blank: nothing yet
    key = models.CharField(max_length=80)  # of the form: the same key is the same file
    added_at = models.DateTimeField()
    touched_at = models.DateTimeField(auto_now=True)  # the last piece, or the last change

    copy = models.CharField(max_length=10, choices=Copy.choices, default=Copy.NONE)
    received = models.PositiveBigIntegerField(default=0)  # bytes that are here
    pieces = models.PositiveIntegerField(default=0)
    md5 = models.CharField(max_length=32, blank=True)  # of the whole, for a provider that compares; nobody trusts it
    thumbnail = models.FileField(upload_to=thumbnail_path, max_length=300, blank=True)
    details = models.JSONField(
        default=dict
    )  # what is known of its content: {"width", "height", "seconds", "rows", "columns", "pages", "lines" …}
    check_method = models.CharField(max_length=20, blank=True)  # how it is checked: one of `jsonl.METHODS`
    check_report = models.JSONField(default=dict)  # what the last check found
    flaws = models.PositiveIntegerField(null=True)

    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="files")  # deleted ones keep their row
    remote = models.CharField(max_length=10, choices=Remote.choices, default=Remote.NONE)
    remote_id = models.CharField(max_length=200, blank=True)
    sender = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")  # whose call put it there; null: found at the provider
    has_own_key = models.BooleanField(default=False)  # the sender's own key went with it: no other one may see it there
    remote_status = models.CharField(max_length=40, blank=True)  # as the provider words it
    sentence = models.CharField(max_length=400, blank=True)  # why it could not be sent, fetched or deleted
    upload_id = models.CharField(max_length=200, blank=True)  # of an upload in parts, so that it goes on after a break
    upload_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(
        default=0
    )  # how often a person wanted it sent, fetched or deleted again: part of the keys of its runs
    repeats = models.PositiveIntegerField(default=0)  # how often it was begun again by itself since then
    lifetime = models.PositiveIntegerField(null=True)  # seconds after which the provider shall delete it, as wished
    expires_at = models.DateTimeField(null=True)  # when the provider deletes it
    seen_at = models.DateTimeField(null=True)  # `started_at` of the last sync that listed it, to the letter
    deleted_at = models.DateTimeField(null=True)

    objects = Living.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "key"], name="one_file_of_a_key"),
            models.UniqueConstraint(
                fields=["team", "provider", "remote_id"], condition=~models.Q(remote_id=""), name="one_file_of_a_remote_id"
            ),
        ]
        indexes = [
            models.Index(fields=["team", "deleted_at", "-added_at", "-id"], name="files_of_team"),
            models.Index(fields=["team", "deleted_at", "provider", "-added_at", "-id"], name="files_by_place"),
            models.Index(fields=["team", "deleted_at", "purpose", "-added_at", "-id"], name="files_by_purpose"),
            models.Index(fields=["team", "deleted_at", "name", "id"], name="files_by_name"),
            models.Index(fields=["team", "deleted_at", "-size", "-id"], name="files_by_size"),
            models.Index(fields=["provider", "remote", "seen_at"], name="files_of_sync"),
            models.Index(fields=["team", "expires_at"], name="files_leaving", condition=models.Q(remote="there", deleted_at=None)),
            models.Index(
                fields=["touched_at"],
                name="files_due",
                condition=models.Q(copy="looking") | models.Q(remote__in=["waiting", "sending", "stopping", "deleting"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Piece(models.Model):
    """Some bytes of a file, in a stored file of their own. All but the last are `settings.FILE_PIECE_BYTES` long."""

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(File, models.CASCADE, related_name="kept_pieces")
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    content = models.FileField(upload_to=piece_path, max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="one_piece_of_a_file")]
        ordering = ["number"]


class Part(models.Model):
    """Some pieces in a row that travel in one call. `run` is the call that counts: the newest one."""

    class Way(models.TextChoices):
        UP = "up", _("To the provider")
        DOWN = "down", _("From the provider")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(File, models.CASCADE, related_name="parts")
    way = models.CharField(max_length=4, choices=Way.choices)
    number = models.PositiveIntegerField()
    start = models.PositiveBigIntegerField()  # of its first byte in the file
    size = models.PositiveIntegerField()
    remote_id = models.CharField(max_length=200, blank=True)  # of the part, once the provider has it
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    tries = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "way", "number"], name="one_part_of_a_file")]
        ordering = ["number"]


class Use(models.Model):
    """Something at the provider that has a file in hand, as a sync found it: a batch, a fine-tuning job."""

    class What(models.TextChoices):
        BATCH = "batch", _("Batch")
        TUNING = "tuning", _("Fine-tuning")

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(File, models.CASCADE, related_name="uses")
    what = models.CharField(max_length=10, choices=What.choices)
    remote_id = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=40, blank=True)  # the provider's word
    is_active = models.BooleanField(default=False)  # it still needs the file
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "what", "remote_id"], name="one_use_of_a_file")]


class Sync(Leased):
    """The list of a provider's files, read page by page. `after` is where the next page begins."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READING = "reading", _("Reading the list")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    OPEN: Final = (State.WAITING, State.READING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="file_syncs")
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="file_syncs")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    after = models.CharField(max_length=200, blank=True)
    seen = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)  # that were read so far
    sentence = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "provider"], name="one_sync_of_a_provider")]
