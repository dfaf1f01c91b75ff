"""What transcripts have for Home: the last ones of whoever looks, recordings that wait to be heard, and what did not work."""

import datetime
from typing import Final

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.home import MOST_THINGS, Contribution, Notice, Thing
from apps.transcription.models import Recording, Transcript

NEWS_DAYS: Final = 3  # so long a transcript that did not work needs attention
State = Transcript.State


def contribution(membership: Membership) -> Contribution:
    """Two questions."""
    transcripts = visible(membership, Transcript.objects.alive().filter(person=membership.user_id, recording__deleted_at=None))
    shown = ("state", "sentence", "task", "finished_at", "created_at", "recording__name", "recording__kind")
    made = list(transcripts.select_related("recording").only(*shown).order_by("-pk")[:MOST_THINGS])
    heard = Exists(Transcript.objects.alive().filter(recording=OuterRef("pk")))
    waiting = visible(membership, Recording.objects.alive().filter(person=membership.user_id, state=Recording.State.READY)).exclude(heard)
    brought = list(waiting.only("name", "kind", "created_at").order_by("-pk")[:MOST_THINGS])
    lately = timezone.now() - datetime.timedelta(days=NEWS_DAYS)
    troubles = [row for row in made if row.state in (State.FAILED, State.PARTIAL) and (row.finished_at or row.created_at) > lately]
    return Contribution(
        things=[*map(_transcript, made), *map(_recording, brought)],
        notices=[_notice(row) for row in troubles],
    )


def _transcript(row: Transcript) -> Thing:
    return Thing(str(row.recording), row.get_task_display(), "audio-lines", _url(row), row.created_at)


def _recording(row: Recording) -> Thing:
    return Thing(str(row), _("Not transcribed yet"), "mic", reverse("transcription:new"), row.created_at)


def _notice(row: Transcript) -> Notice:
    """Of an incomplete one some words are there, so it is less bad."""
    name = {"name": row.recording}
    if row.state == State.PARTIAL:
        return Notice("warn", _("A part of %(name)s could not be transcribed") % name, row.sentence, _url(row), _("See the transcript"))
    return Notice("bad", _("%(name)s could not be transcribed") % name, row.sentence, _url(row), _("See why"))


def _url(row: Transcript) -> str:
    return reverse("transcription:transcript", args=[row.pk])
