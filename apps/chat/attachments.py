"""What people attach to their messages, as it is kept: pictures, PDFs, texts, sound.

An attachment belongs to a person's unsent message of one chat (`turn` is empty; `conversation` too, for a new chat) until that is sent,
and to its question from then on. Copies of it, in a branch or with another wording of its question, name the same file, which goes with
the last of them; so do the calls that it goes into (`StoredFile`).
"""

import base64
import datetime
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.models import Team, User
from apps.core.ids import new_id
from apps.core.templatetags.core import count
from apps.runs.erasure import remove_stored
from apps.runs.models import RunFile

UNSENT_FOR: Final = datetime.timedelta(days=1)
LONGEST_NAME: Final = 200
SHOWN_EDGE: Final = 240  # pixels of the longest edge in the thread


def place_of(row: "Attachment", filename: str) -> str:
    """Names of ours: nothing typed by anybody becomes a path."""
    return f"attachments/{row.team_id}/{row.pk}/{filename}"


class Attachment(models.Model):
    class Kind(models.TextChoices):
        PICTURE = "picture", gettext_lazy("Picture")
        PDF = "pdf", gettext_lazy("PDF")
        TEXT = "text", gettext_lazy("Text")
        SOUND = "sound", gettext_lazy("Sound")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    conversation = models.ForeignKey("chat.Conversation", models.CASCADE, null=True, related_name="attachments")
    turn = models.ForeignKey("chat.Turn", models.CASCADE, null=True, related_name="attachments")  # the question it was sent with
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=LONGEST_NAME)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()  # bytes of what is kept and sent
    digest = models.CharField(max_length=64)  # SHA-256 of what was brought
    head = models.CharField(max_length=80, blank=True)  # the first letters of the file in base64, for showing a request
    file = models.FileField(upload_to=place_of, max_length=300)
    thumbnail = models.FileField(upload_to=place_of, max_length=300, blank=True)
    text = models.TextField(blank=True)  # all of a text; of a PDF what stands on its pages
    # Of a picture {"width", "height", "pictures"}, of a PDF {"pages", "read"}, of a text {"fence"}, of both {"characters"} (of `text`),
    # of sound {"seconds", "format"}.
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["team", "person", "conversation"], name="unsent_attachments", condition=models.Q(turn=None)),
            models.Index(fields=["created_at"], name="old_unsent_attachments", condition=models.Q(turn=None)),
            models.Index(fields=["file"], name="attachments_of_a_file"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.kind == self.Kind.PICTURE

    @property
    def characters(self) -> int:
        """How long `text` is, also where that was not fetched."""
        return int(self.details.get("characters", 0))

    @property
    def measure(self) -> str:
        """How much it is, for people: pixels, pages, length, letters."""
        told = self.details
        if self.kind == self.Kind.PICTURE:
            return f"{told.get('width', 0)} × {told.get('height', 0)}"
        if self.kind == self.Kind.PDF:
            return ngettext("%(n)s page", "%(n)s pages", told.get("pages", 0)) % {"n": count(told.get("pages", 0))}
        if self.kind == self.Kind.TEXT:
            return ngettext("%(n)s character", "%(n)s characters", self.characters) % {"n": count(self.characters)}
        seconds = round(told["seconds"]) if told.get("seconds") else None
        return "" if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"

    @property
    def notice(self) -> str:
        """What a person should know of it, whichever model gets it."""
        told = self.details
        if told.get("pictures", 1) > 1:
            return _("It moves: the first picture goes along.")
        if self.kind == self.Kind.PDF and not self.characters:
            return _("It has no text in it, only pictures of pages.")
        if self.kind == self.Kind.PDF and told.get("read", 0) < told.get("pages", 0):
            return _("Its text goes along up to page %(n)s.") % {"n": count(told["read"])}
        return ""

    @property
    def shown_size(self) -> tuple[int, int]:
        """Pixels that its small picture takes in the thread."""
        width, height = int(self.details.get("width", 1)), int(self.details.get("height", 1))
        factor = min(1.0, SHOWN_EDGE / max(width, height))
        return max(1, round(width * factor)), max(1, round(height * factor))

    @property
    def shown_width(self) -> int:
        return self.shown_size[0]

    @property
    def shown_height(self) -> int:
        return self.shown_size[1]


def head_of(body: bytes) -> str:
    return base64.b64encode(body[:60]).decode("ascii")


def remove(attachments: Iterable[Attachment]) -> int:
    """Files first, then the rows, also those by which calls point to them: a kill in between leaves rows that are taken again.

    Never call it in a transaction: a file does not come back when that is undone.
    """
    rows = list(attachments)
    remove_files(rows)
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def remove_unsent(unsent: "models.QuerySet[Attachment]") -> int:
    """Remove those of these that nobody sends at this moment: they are nobody's first, and then no message takes them."""
    ids = list(unsent.values_list("pk", flat=True))
    Attachment.objects.filter(pk__in=ids, turn=None).update(person=None)
    return remove(Attachment.objects.filter(pk__in=ids, turn=None, person=None).defer("text"))


def remove_files(rows: Sequence[Attachment]) -> None:
    names = [str(row.file.name) for row in rows if row.file]
    elsewhere = set(Attachment.objects.filter(file__in=names).exclude(pk__in=[row.pk for row in rows]).values_list("file", flat=True))
    for row in rows:
        for field in (row.thumbnail, row.file) if row.file.name not in elsewhere else ():
            remove_stored(field)
    names = [name for name in names if name not in elsewhere]
    of_runs = {turn_id for row in rows if (turn_id := row.turn_id)}
    if names and of_runs:
        calls = RunFile.objects.filter(is_claimed=True, role=RunFile.Role.INPUT, run__turn__conversation__turns__in=of_runs)
        RunFile.objects.filter(pk__in=list(calls.filter(file__in=names).values_list("pk", flat=True))).delete()
