"""Recordings and transcripts, as `apps.core.holdings` asks for them.

A transcript is content that people read, correct and publish, as a chat is: it stays until somebody deletes it or it is too
old, also in a team that keeps numbers only. With it go its segments, what was changed in them, its translations, and the words
of its calls; with a recording go its files and all that was heard in it.
"""

import datetime
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.bin import BIN_DAYS
from apps.core.holdings import Counts, Holding, Part, TeamId
from apps.core.ids import first_id_at
from apps.runs.holdings import stop_all
from apps.runs.models import Run
from apps.transcription.models import PARENT, TRANSLATING, Edit, Recording, Transcript, Translation
from apps.transcription.removing import put_out_of_sight, remove_recordings, remove_transcripts
from apps.transcription.telling import export_parts

RECORDINGS: Final = _("Recordings")
TRANSCRIPTS: Final = _("Transcripts")
UNFINISHED_DAYS: Final = 30  # how long an upload waits for its other pieces
NOTHING_DAYS: Final = 1  # how long a recording of which nothing came
COMING: Final = Recording.State.COMING


class TranscriptionHolding(Holding):
    name = "transcription"
    position = 12  # parts point to runs
    content = (Recording, Transcript)

    def count(self, team_id: TeamId, since: datetime.datetime | None = None) -> Counts:
        recordings, transcripts = _of(team_id)
        if since is not None:
            recordings, transcripts = recordings.filter(pk__gte=first_id_at(since)), transcripts.exclude(_made_before(since))
        return [(RECORDINGS, recordings.count()), (TRANSCRIPTS, transcripts.count())]

    def count_old(self, team_id: TeamId, before: datetime.datetime) -> Counts:
        transcripts = _old_transcripts(team_id, before)
        recordings = _without_transcripts(_old_recordings(team_id, before), apart_from=transcripts)
        return [(RECORDINGS, recordings.count()), (TRANSCRIPTS, transcripts.count())]

    def forget(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        """A transcript that somebody changed since then stays, and so does the recording of one that stays."""
        return _remove_transcripts(_old_transcripts(team_id, before), limit) or _remove_recordings(
            _without_transcripts(_old_recordings(team_id, before)), limit
        )

    def wipe(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        recordings, transcripts = _of(team_id)
        return self._remove(transcripts.filter(_made_before(before)), recordings.filter(pk__lt=first_id_at(before)), limit)

    def delete(self, team_id: TeamId, limit: int) -> int:
        recordings, transcripts = _of(team_id)
        return self._remove(transcripts, recordings, limit)

    def _remove(self, transcripts: "QuerySet[Transcript]", recordings: "QuerySet[Recording]", limit: int) -> int:
        """Also what is under way: nothing more is begun, and its calls are asked to end."""
        if hidden := put_out_of_sight(transcripts, limit) or put_out_of_sight(recordings, limit):
            return hidden
        translations = Translation.objects.filter(transcript__in=transcripts)
        calls = Q(parent_kind=PARENT, parent_id__in=transcripts.values("pk"))
        stop_all(Run.objects.filter(calls | Q(parent_kind=TRANSLATING, parent_id__in=translations.values("pk"))), limit)
        return remove_transcripts(transcripts, limit) or remove_recordings(recordings, limit)

    def left(self, team_id: TeamId, before: datetime.datetime | None = None) -> int:
        recordings, transcripts = _of(team_id)
        if before is not None:
            recordings, transcripts = recordings.filter(pk__lt=first_id_at(before)), transcripts.filter(_made_before(before))
        return recordings.count() + transcripts.count()

    def tidy(self, limit: int) -> int:
        """What was deleted can be brought back for a while; with a recording its transcripts are out of sight, and go."""
        deleted = timezone.now() - datetime.timedelta(days=BIN_DAYS)
        transcripts = Transcript.objects.filter(Q(deleted_at__lt=deleted) | Q(recording__deleted_at__lt=deleted))
        recordings = Recording.objects.filter(deleted_at__lt=deleted)
        return (
            _remove_transcripts(transcripts, limit)
            or remove_recordings(recordings, limit)
            or _remove_recordings(_without_transcripts(_given_up()), limit)
        )

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        recordings, transcripts = _of(team_id)
        if since is not None:
            recordings, transcripts = recordings.filter(pk__gte=first_id_at(since)), transcripts.exclude(_made_before(since))
        yield from export_parts(recordings, transcripts)


def _remove_transcripts(rows: "QuerySet[Transcript]", limit: int) -> int:
    return put_out_of_sight(rows, limit) or remove_transcripts(rows, limit)


def _remove_recordings(rows: "QuerySet[Recording]", limit: int) -> int:
    return put_out_of_sight(rows, limit) or remove_recordings(rows, limit)


# --- Which -------------------------------------------------------------------------------------
def _of(team_id: TeamId) -> tuple["QuerySet[Recording]", "QuerySet[Transcript]"]:
    return Recording.objects.filter(team=team_id), Transcript.objects.filter(team=team_id)


def _made_before(moment: datetime.datetime) -> Q:
    """Also a transcript that came later, of a recording that was made before."""
    first = first_id_at(moment)
    return Q(pk__lt=first) | Q(recording__lt=first)


def _old_transcripts(team_id: TeamId, before: datetime.datetime) -> "QuerySet[Transcript]":
    """Made before, and since then nobody changed, translated or completed them."""
    first, row = first_id_at(before), OuterRef("pk")
    old = Transcript.objects.filter(team=team_id, pk__lt=first).exclude(finished_at__gte=before)
    changed = Exists(Edit.objects.filter(transcript=row, pk__gte=first))
    translated = Exists(Translation.objects.filter(transcript=row, pk__gte=first))
    return old.exclude(changed).exclude(translated)


def _old_recordings(team_id: TeamId, before: datetime.datetime) -> "QuerySet[Recording]":
    return Recording.objects.filter(team=team_id, pk__lt=first_id_at(before), touched_at__lt=before)


def _without_transcripts(rows: "QuerySet[Recording]", apart_from: Any = None) -> "QuerySet[Recording]":
    others = Transcript.objects.filter(recording=OuterRef("pk"))
    if apart_from is not None:
        others = others.exclude(pk__in=apart_from.values("pk"))
    return rows.exclude(Exists(others))


def _given_up() -> "QuerySet[Recording]":
    """Uploads that nobody went on with, and recordings that never began."""
    now = timezone.now()
    nothing = Q(pieces=0, touched_at__lt=now - datetime.timedelta(days=NOTHING_DAYS))
    return Recording.objects.filter(nothing | Q(touched_at__lt=now - datetime.timedelta(days=UNFINISHED_DAYS)), state=COMING)
