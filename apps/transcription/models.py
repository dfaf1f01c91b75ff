"""Recordings of a team, and what models heard in them.

    Recording ─┬─ Piece (as it comes from a browser, until all is joined)
               └─ Transcript (one for each model that heard it) ─── Part ─── Run
                      ├── Segment (what is read, corrected and exported)
                      ├── Edit (what was changed, for undo and redo)
                      └── Translation (a second column) ─── Block ─── Run

Times are seconds from the beginning of the recording.
"""

import uuid
from typing import Final

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.ids import new_id
from apps.core.living import Living
from apps.providers.models import Provider
from apps.runs.leases import Leased
from apps.runs.models import Run

PARENT: Final = "transcript"  # parent kind of the runs of a transcript
PREPARING: Final = "recording"  # kind of the follow-up that prepares a recording
CUTTING: Final = "cutting"  # kind of the follow-up that cuts a recording and starts the calls of a transcript
TRANSLATING: Final = "translation"  # parent kind of the runs of a translation by a chat model
SILENT_SECONDS: Final = 30  # no piece for so long: the page that sends them has gone
PIECES: Final = "pieces"  # the folder of what is not joined yet


def recording_path(recording: "Recording", filename: str) -> str:
    """Under our own names: all that is stored for a recording is in one folder, and no name is used twice."""
    return f"{folder_of(recording.team_id, recording.pk)}/{filename}"


def piece_path(piece: "Piece", filename: str) -> str:
    return f"{folder_of(piece.recording.team_id, piece.recording_id)}/{PIECES}/{filename}"


def folder_of(team_id: uuid.UUID, recording_id: uuid.UUID) -> str:
    return f"recordings/{team_id}/{recording_id}"


class Recording(Leased):
    """A sound or video file that somebody brought, or that was recorded here piece by piece."""

    class Kind(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        RECORDED = "recorded", _("Recorded here")

    class State(models.TextChoices):
        COMING = "coming", _("Coming in")  # pieces arrive
        CHECKING = "checking", _("Being checked")  # all is here; a worker looks at it
        READY = "ready", _("Ready")
        UNUSABLE = "unusable", _("Cannot be used")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="recordings")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="recordings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.COMING)
    sentence = models.CharField(max_length=300, blank=True)  # why it cannot be used, or what a person should know of it
    name = models.CharField(_("name"), max_length=200, blank=True)
    key = models.CharField(max_length=80)  # of the form: the same key is the same recording
    content_type = models.CharField(max_length=100, blank=True)  # as the browser told it, until it is ready; then as it is
    expected = models.PositiveBigIntegerField(null=True)  # bytes that were announced
    received = models.PositiveBigIntegerField(default=0)  # bytes that are here, in pieces
    pieces = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(null=True)
    details = models.JSONField(default=dict)  # container, codec, rate, channels, has_video, is_silent, ends_early …
    peaks = models.BinaryField(null=True)  # how loud each of equal slices is at its loudest, 0 to 255
    pauses = models.BinaryField(null=True)  # pairs of little-endian 32-bit floats: where nobody speaks, from and to
    file = models.FileField(upload_to=recording_path, max_length=300, blank=True)  # as it came
    listen = models.FileField(
        upload_to=recording_path, max_length=300, blank=True
    )  # a copy for browsers, where the original is not for them
    listen_type = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)  # the last piece, or the last change
    deleted_at = models.DateTimeField(null=True)

    objects = Living.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="one_recording_of_a_key")]
        indexes = [
            models.Index(fields=["team", "deleted_at", "-id"], name="recordings_of_team"),
            models.Index(fields=["state", "touched_at"], name="recordings_due", condition=models.Q(state__in=["coming", "checking"])),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Recording"))

    @property
    def is_resting(self) -> bool:
        """Whether it stopped to come: its page is closed, or has no connection."""
        quiet = timezone.now() - self.touched_at
        return self.state == self.State.COMING and quiet.total_seconds() > SILENT_SECONDS


class Piece(models.Model):
    """Some bytes of a recording, in a file of their own until all of them are joined."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="kept_pieces")
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    file = models.FileField(upload_to=piece_path, max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recording", "number"], name="one_piece_of_a_recording")]
        ordering = ["number"]


class Transcript(Leased):
    """What one model heard in a recording, with one set of settings."""

    class Task(models.TextChoices):
        TRANSCRIBE = "transcribe", _("Transcript")
        TRANSLATE = "translate", _("In English")  # by the translation call

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")  # its parts are not cut yet
        WORKING = "working", _("Working")
        READY = "ready", _("Ready")
        PARTIAL = "partial", _("Incomplete")  # every part has ended, and some without a result
        FAILED = "failed", _("Failed")  # every part has ended, none with a result; or it could not begin

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="transcripts")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="transcripts")
    recording = models.ForeignKey(Recording, models.CASCADE, related_name="transcripts")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="transcripts")  # deleted ones keep their row
    task = models.CharField(max_length=10, choices=Task.choices, default=Task.TRANSCRIBE)
    model = models.CharField(max_length=200)
    model_label = models.CharField(max_length=200, blank=True)
    settings = models.JSONField(default=dict)  # API name -> value, as it is sent with every part
    key = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    sentence = models.CharField(max_length=300, blank=True)  # why it could not begin
    language = models.CharField(max_length=20, blank=True)  # as the model found it, or as it was chosen
    has_words = models.BooleanField(default=False)  # times of words
    has_speakers = models.BooleanField(default=False)
    has_likelihoods = models.BooleanField(default=False)
    is_guessed = models.BooleanField(default=False)  # the model gave no times: they are spread over the speech of its part
    is_edited = models.BooleanField(default=False)
    speakers = models.JSONField(default=dict)  # label of the model -> name given by a person
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects = Living.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="one_transcript_of_a_key")]
        indexes = [
            models.Index(fields=["team", "deleted_at", "-id"], name="transcripts_of_team"),
            models.Index(fields=["state", "id"], name="transcripts_due", condition=models.Q(state__in=["waiting", "working"])),
        ]

    def __str__(self) -> str:
        return f"{self.recording} ({self.model_label})"


class Part(models.Model):
    """A stretch of the recording that is sent in one call. `run` is the call that counts: the newest one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    start = models.FloatField()
    end = models.FloatField()
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    tries = models.PositiveIntegerField(default=0)  # how often a person wanted it again
    is_wanted = models.BooleanField(default=True)  # a call for it is to be begun
    is_taken = models.BooleanField(default=False)  # its segments are in the transcript, all of them

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transcript", "number"], name="one_part_of_a_number")]
        ordering = ["number"]


class Segment(models.Model):
    """Some words that belong together. `heard` is what the model said, `text` what is read now."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="segments")
    part = models.ForeignKey(Part, models.SET_NULL, null=True, related_name="segments")
    start = models.FloatField()
    end = models.FloatField()
    text = models.TextField()
    heard = models.TextField(blank=True)
    speaker = models.CharField(max_length=100, blank=True)  # the model's label
    words = models.JSONField(default=list)  # [[word, start, end, likelihood or null], …] as heard; empty without times of words
    likelihood = models.FloatField(null=True)  # 0 to 1, of the segment

    class Meta:
        ordering = ["start", "id"]
        indexes = [models.Index(fields=["transcript", "start", "id"], name="segments_in_order")]


class Edit(models.Model):
    """One change of a transcript: the rows it took away and the rows it put in their place, as JSON, so that it can be undone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="edits")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)  # "text", "split", "join", "speaker", "names", "original"
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)
    is_undone = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transcript", "number"], name="one_edit_of_a_number")]
        ordering = ["number"]


class Translation(Leased):
    """A second column: by a chat model in blocks, or (`heard`) by the translation call, which makes a transcript of its own."""

    class State(models.TextChoices):
        WORKING = "working", _("Working")
        READY = "ready", _("Ready")
        PARTIAL = "partial", _("Incomplete")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="translations")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    model = models.CharField(max_length=200)
    model_label = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WORKING)
    heard = models.ForeignKey(Transcript, models.CASCADE, null=True, related_name="+")
    texts = models.JSONField(default=dict)  # id of the segment -> its words in the other language
    prints = models.JSONField(default=dict)  # id of the segment -> `translations.print_of` the text that was translated
    sentence = models.CharField(max_length=300, blank=True)  # why it is not whole
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transcript", "key"], name="one_translation_of_a_key")]
        indexes = [models.Index(fields=["state"], name="translations_due", condition=models.Q(state="working"))]
        ordering = ["id"]


class Block(models.Model):
    """Segments that are translated in one call."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    translation = models.ForeignKey(Translation, models.CASCADE, related_name="blocks")
    number = models.PositiveIntegerField()
    segments = models.JSONField(default=list)  # ids, in order
    prints = models.JSONField(default=list)  # `print_of` their texts when they were sent
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["translation", "number"], name="one_block_of_a_number")]
        ordering = ["number"]
