"""What the calls of a transcript brought comes into it: each part once, with the times of the whole recording."""

import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.db import transaction
from django.db.models import Count, Q

from apps.runs.erasure import remove_files
from apps.runs.followups import FollowUp, publish_follow_up
from apps.runs.leases import is_free
from apps.runs.models import ACTIVE, FINAL, Run
from apps.transcription.heard import Heard, Hearing, hearing_of
from apps.transcription.models import CUTTING, PARENT, TRANSLATING, Part, Segment, Transcript, Translation
from apps.transcription.parting import speech_in
from apps.transcription.settling import ENDED, settle
from apps.transcription.starting import AT_ONCE_OWN, begin, wanting

State = Transcript.State


class TranscriptFollowUp(FollowUp):
    """Takes what came of the parts of a transcript, and notes when it has ended. What is to be started is `Cutting`'s."""

    kind: ClassVar[str] = PARENT

    def work(self, pk: uuid.UUID) -> None:
        if not Transcript.objects.filter(pk=pk).exists():
            return
        take(pk)
        if wanting().filter(pk=pk).exists():
            publish_follow_up(CUTTING, pk)
        if settle(pk) in ENDED:
            tell_translations(pk)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        """Those with calls that have ended, or with nothing left to wait for."""
        open_ = Transcript.objects.filter(is_free(), state=State.WORKING, deleted_at=None)
        at_work = open_.filter(Q(parts__run__status__in=ACTIVE, parts__is_taken=False) | Q(parts__is_wanted=True))
        ended = open_.filter(parts__is_taken=False, parts__is_wanted=False, parts__run__status__in=FINAL)
        idle = open_.exclude(pk__in=at_work.values("pk"))
        return list((idle | ended).order_by("pk").values_list("pk", flat=True).distinct()[:limit])


class Cutting(FollowUp):
    """Cuts a recording that is ready into parts, and starts as many of their calls as there is room for."""

    kind: ClassVar[str] = CUTTING

    def work(self, pk: uuid.UUID) -> None:
        begin(pk)
        if settle(pk) in ENDED:
            tell_translations(pk)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        """Those that have room for more: what has many calls under way is told by the end of each."""
        full = Transcript.objects.annotate(under_way=Count("parts", filter=Q(parts__run__status__in=ACTIVE))).filter(
            under_way__gt=AT_ONCE_OWN // 2
        )
        found = wanting().filter(is_free()).exclude(pk__in=full.values("pk"))
        return list(Transcript.objects.filter(pk__in=found.values("pk")).order_by("?").values_list("pk", flat=True)[:limit])


def tell_translations(pk: uuid.UUID) -> None:
    """A second column may be made of what was heard in English."""
    for translation in Translation.objects.filter(heard=pk).exclude(state=Translation.State.READY).values_list("pk", flat=True):
        publish_follow_up(TRANSLATING, translation)


def take(pk: uuid.UUID) -> None:
    """Every part whose call has ended and that is not in the transcript yet."""
    ended = Part.objects.filter(transcript=pk, is_taken=False, is_wanted=False, run__status__in=FINAL)
    for part in ended.select_related("run", "transcript__recording"):
        if _take(part) and part.run is not None:
            remove_files([part.run.pk])  # the recording itself is kept


def _take(part: Part) -> bool:
    """Whether the part came whole. Of a call that broke off what came is taken, and it can be tried again."""
    run = part.run
    assert run is not None
    is_whole = run.status == "completed"
    if not is_whole and not run.text:
        return False
    hearing = _hearing(part, run)
    with transaction.atomic():
        Transcript.objects.select_for_update().get(pk=part.transcript_id)
        rows = Part.objects.filter(pk=part.pk, run=run, is_taken=False)
        if not rows.exists() or (not is_whole and part.segments.exists()):
            return False
        rows.update(is_taken=is_whole)
        _put(part, hearing)
        _note(part, hearing)
    return is_whole


def _put(part: Part, hearing: Hearing) -> None:
    """The segments of a part, in the place of what an earlier call left unfinished. What somebody has corrected of that stays."""
    edits = part.transcript.edits.filter(is_undone=False).values_list("after", flat=True)
    corrected = {change["id"] for after in edits for change in after if "id" in change}
    kept = [row for row in part.segments.all() if str(row.pk) in corrected]
    part.segments.exclude(pk__in=[row.pk for row in kept]).delete()
    made = [_segment(part, heard) for heard in hearing.segments]
    Segment.objects.bulk_create([row for row in made if not any(_lies_in(row, other) for other in kept)])


def _lies_in(row: Segment, other: Segment) -> bool:
    """Whether most of the one is said while the other is."""
    return min(row.end, other.end) - max(row.start, other.start) > (row.end - row.start) / 2


def _hearing(part: Part, run: Run) -> Hearing:
    speech = speech_in(part.transcript.recording, part.start, part.end)
    return hearing_of(run.response, run.text, part.end - part.start, speech)


def _segment(part: Part, heard: Heard) -> Segment:
    at = part.start
    words = [[word, *(round(time + at, 3) for time in times), likelihood] for word, *times, likelihood in heard.words]
    return Segment(
        transcript_id=part.transcript_id,
        part=part,
        start=round(heard.start + at, 3),
        end=round(heard.end + at, 3),
        text=heard.text,
        heard=heard.text,
        speaker=_speaker(part, heard.speaker),
        words=words,
        likelihood=heard.likelihood,
    )


def _speaker(part: Part, label: str) -> str:
    """Each part begins with A again, whoever speaks: so the part is in the label where there are several."""
    is_one = not label or part.transcript.parts.count() == 1
    return label if is_one else f"{part.number}{label}" if len(label) < 3 else f"{label} ({part.number})"


def _note(part: Part, hearing: Hearing) -> None:
    """What the transcript has now. One part with guessed times makes no difference to what the others have."""
    row = Transcript.objects.get(pk=part.transcript_id)
    row.has_words = row.has_words or hearing.has_words
    row.has_speakers = row.has_speakers or hearing.has_speakers
    row.has_likelihoods = row.has_likelihoods or hearing.has_likelihoods
    row.is_guessed = row.is_guessed or hearing.is_guessed
    row.language = row.language or hearing.language or str(row.settings.get("language", ""))[:20]
    row.save(update_fields=["has_words", "has_speakers", "has_likelihoods", "is_guessed", "language"])
