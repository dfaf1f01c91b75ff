"""What people do: have recordings heard, try a part again, stop. The work itself is done by workers (`starting`, `taking`)."""

from collections.abc import Sequence
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.providers.chosen import Chosen, NoModel
from apps.runs.followups import publish_follow_up
from apps.runs.models import ACTIVE
from apps.runs.services import KeyReused, stop_run
from apps.transcription.models import PARENT, Part, Recording, Transcript
from apps.transcription.settling import settle

State = Transcript.State
NOT_AGAIN: Final = (*ACTIVE, "completed")  # what was heard and paid for is taken in a moment, not asked for again


def start_transcripts(
    membership: Membership, recordings: Sequence[Recording], chosen: Chosen, key: str, *, to_english: bool = False
) -> list[Transcript]:
    """One transcript for each recording, also for those that are still being checked: they begin when that is done.

    The same key gives the same transcripts, however often it is posted. Raises NoModel, KeyReused.
    """
    if chosen.choice is None:
        raise NoModel
    task = Transcript.Task.TRANSLATE if to_english else Transcript.Task.TRANSCRIBE
    return [_start(membership, recording, chosen, f"{key[:44]}-{recording.pk.hex}", task) for recording in recordings]


def _start(membership: Membership, recording: Recording, chosen: Chosen, key: str, task: str) -> Transcript:
    assert chosen.choice is not None
    choice = chosen.choice
    row = Transcript(
        team=membership.team,
        person=membership.user,
        recording=recording,
        provider=choice.provider,
        task=task,
        model=choice.model.name,
        model_label=choice.label,
        settings=dict(chosen.parameters),
        key=key,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            publish_follow_up(PARENT, row.pk)
    except IntegrityError:  # a double click, a reload
        return _began_by(key, row)
    return row


def _began_by(key: str, wanted: Transcript) -> Transcript:
    """What this key has begun. Raises KeyReused where that is something else, or is gone."""
    row = Transcript.objects.get(team=wanted.team, key=key)
    same = ("recording_id", "provider_id", "task", "model", "settings")
    if row.deleted_at is not None or any(getattr(row, name) != getattr(wanted, name) for name in same):
        raise KeyReused
    return row


def try_again(transcript: Transcript, number: int, tries: int | None = None) -> bool:
    """Want a part once more whose call ended without a whole result, or with 0 all of them; where there are none yet, begin anew.

    `tries` is what the page showed: clicked twice it is done once.
    """
    if number == 0 and not transcript.parts.exists():
        return _begin_anew(transcript)
    parts = transcript.parts.filter(is_taken=False, is_wanted=False).exclude(run__status__in=NOT_AGAIN)
    parts = parts.filter(number=number) if number else parts
    with transaction.atomic():
        changed = sum(_want(part) for part in parts if tries in (None, part.tries))
        if changed:
            Transcript.objects.filter(pk=transcript.pk).update(state=State.WORKING, finished_at=None, sentence="")
            publish_follow_up(PARENT, transcript.pk)
    return bool(changed)


def _want(part: Part) -> int:
    """1 where nobody else did it at the same moment."""
    rows = Part.objects.filter(pk=part.pk, tries=part.tries, is_wanted=False, is_taken=False).exclude(run__status__in=NOT_AGAIN)
    return rows.update(is_wanted=True, tries=part.tries + 1)


def _begin_anew(transcript: Transcript) -> bool:
    """One that was stopped, or given up, before anything was sent."""
    with transaction.atomic():
        rows = Transcript.objects.filter(pk=transcript.pk, state=State.FAILED, parts=None)
        changed = rows.update(state=State.WAITING, sentence="", finished_at=None)
        if changed:
            publish_follow_up(PARENT, transcript.pk)
    return bool(changed)


def stop(transcript: Transcript) -> None:
    """Nothing more is sent, and what is under way is ended. What was heard so far is kept."""
    with transaction.atomic():
        waiting = Transcript.objects.filter(pk=transcript.pk, state=State.WAITING)
        waiting.update(sentence=_("Stopped before anything was sent. Nothing was charged."), state=State.FAILED)
        transcript.parts.filter(is_wanted=True).update(is_wanted=False)
    for part in transcript.parts.filter(run__status__in=ACTIVE).select_related("run"):
        if part.run is not None:
            stop_run(part.run)
    settle(transcript.pk)
