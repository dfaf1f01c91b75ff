"""Changing a transcript: text, cuts, speakers. Each change is one transaction and one `Edit`, which can be undone by who made it.

Whoever changes a text says what it was when he saw it (`was`): where it reads otherwise by now, nothing is written and `Outdated`
is raised. What is undone must be as the change left it: what somebody else has changed since is not taken away from him.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.core.ids import new_id
from apps.transcription.models import Edit, Segment, Transcript
from apps.transcription.splitting import Half, halves
from apps.transcription.subtitles.letters import clean
from apps.transcription.subtitles.plain import joined

Change = dict[str, Any]
FIELDS: Final = ("start", "end", "text", "heard", "speaker", "words", "likelihood")
LONGEST_TEXT: Final = 20_000
LONGEST_NAME: Final = 100


class Outdated(Exception):
    """The text is another one by now: `row` is how it reads."""

    def __init__(self, row: Segment) -> None:
        super().__init__()
        self.row = row


class Gone(Exception):
    """The segment is not there any more: somebody joined or removed it."""


class Impossible(Exception):
    """Why it cannot be done, as a sentence."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Segments that are new or other than before, and those that are gone. `has_names`: speakers are called otherwise."""

    rows: Sequence[uuid.UUID] = ()
    gone: Sequence[uuid.UUID] = ()
    has_names: bool = False


# --- Text --------------------------------------------------------------------------------------
@transaction.atomic
def correct(membership: Membership, transcript: Transcript, pk: uuid.UUID, text: str, was: str) -> Changed:
    """Write another text. Without letters the segment is removed."""
    locked, row = _locked(transcript, pk)
    text = clean(text)[:LONGEST_TEXT]
    if text == row.text:
        return Changed([row.pk])
    _demand(row, was)
    if not text:
        return _do(membership, locked, "remove", [whole(row)], [])
    return _do(membership, locked, "text", [_part(row, "text")], [{**_part(row, "text"), "text": text}])


@transaction.atomic
def hear_again(membership: Membership, transcript: Transcript, pk: uuid.UUID) -> Changed:
    """Bring back what the model said."""
    locked, row = _locked(transcript, pk)
    if not row.heard or row.heard == row.text:
        return Changed([row.pk])
    return _do(membership, locked, "original", [_part(row, "text")], [{**_part(row, "text"), "text": row.heard}])


# --- Cuts --------------------------------------------------------------------------------------
@transaction.atomic
def split(membership: Membership, transcript: Transcript, pk: uuid.UUID, *, head: str, text: str, was: str) -> Changed:
    """Make two of one. `text` is all of it as it was typed, `head` what stands before the place."""
    locked, row = _locked(transcript, pk)
    _demand(row, was)
    found = halves(row, clean(text)[:LONGEST_TEXT] or row.text, len(clean(head)))
    if found is None:
        raise Impossible(_("Put the cursor between two words, where the second segment begins."))
    first, second = found
    after = [_as(row, first, row.pk), _as(row, second, new_id())]
    return _do(membership, locked, "split", [whole(row)], after)


@transaction.atomic
def join(membership: Membership, transcript: Transcript, pk: uuid.UUID) -> Changed:
    """Make one of this segment and the next. Whoever speaks first speaks all of it."""
    locked, row = _locked(transcript, pk)
    later = locked.segments.filter(start__gte=row.start).exclude(pk=row.pk).order_by("start", "id")
    other = next((each for each in later[:50] if (each.start, each.pk) > (row.start, row.pk)), None)
    if other is None:
        raise Impossible(_("There is no segment after this one."))
    likelihoods = [each.likelihood for each in (row, other) if each.likelihood is not None]
    made = {
        **whole(row),
        "end": max(row.end, other.end),
        "text": joined(row.text, other.text),
        "heard": joined(row.heard, other.heard),
        "words": [*row.words, *other.words],
        "likelihood": min(likelihoods, default=None),
    }
    return _do(membership, locked, "join", [whole(row), whole(other)], [made])


# --- Speakers ----------------------------------------------------------------------------------
@transaction.atomic
def give_to(membership: Membership, transcript: Transcript, pk: uuid.UUID, speaker: str) -> Changed:
    """Another person says this. A label, or a name that is new here."""
    locked, row = _locked(transcript, pk)
    speaker = clean(speaker)[:LONGEST_NAME]
    if speaker == row.speaker:
        return Changed([row.pk])
    return _do(membership, locked, "speaker", [_part(row, "speaker")], [{**_part(row, "speaker"), "speaker": speaker}])


@transaction.atomic
def name_speakers(membership: Membership, transcript: Transcript, names: dict[str, str]) -> Changed:
    """Label → name. Nothing typed: the label is the name again."""
    locked = Transcript.objects.select_for_update().get(pk=transcript.pk)
    wanted = {label: clean(name)[:LONGEST_NAME] for label, name in names.items()}
    before = {label: str(locked.speakers.get(label, "")) for label in wanted}
    changed = {label: name for label, name in wanted.items() if name != before[label]}
    if not changed:
        return Changed()
    return _do(membership, locked, "names", [{"names": {label: before[label] for label in changed}}], [{"names": changed}])


# --- Back and forth ----------------------------------------------------------------------------
@transaction.atomic
def undo(membership: Membership, transcript: Transcript) -> Changed:
    """Take back the last change of this person. Raises Impossible."""
    locked = Transcript.objects.select_for_update().get(pk=transcript.pk)
    edit = own_edits(membership, locked).filter(is_undone=False).last()
    if edit is None:
        raise Impossible(_("There is nothing to undo."))
    return _turn(locked, edit, is_undone=True)


@transaction.atomic
def redo(membership: Membership, transcript: Transcript) -> Changed:
    locked = Transcript.objects.select_for_update().get(pk=transcript.pk)
    edit = own_edits(membership, locked).filter(is_undone=True).first()
    if edit is None:
        raise Impossible(_("There is nothing to redo."))
    return _turn(locked, edit, is_undone=False)


def own_edits(membership: Membership, transcript: Transcript) -> Any:
    """What this person changed, oldest first. Those that were undone are the last ones."""
    return transcript.edits.filter(person=membership.user_id).order_by("number")


def _turn(transcript: Transcript, edit: Edit, *, is_undone: bool) -> Changed:
    old, new = (edit.after, edit.before) if is_undone else (edit.before, edit.after)
    if not _is_as(transcript, old):
        raise Impossible(_("Somebody has changed this since, so it stays as it is."))
    Edit.objects.filter(pk=edit.pk).update(is_undone=is_undone)
    return _apply(transcript, old, new)


# --- One change --------------------------------------------------------------------------------
def _locked(transcript: Transcript, pk: uuid.UUID) -> tuple[Transcript, Segment]:
    """Others wait until this change is written. Raises Gone."""
    locked = Transcript.objects.select_for_update().get(pk=transcript.pk)
    row = locked.segments.filter(pk=pk).first()
    if row is None:
        raise Gone
    return locked, row


def _demand(row: Segment, was: str) -> None:
    if clean(was) != clean(row.text):
        raise Outdated(row)


def whole(row: Segment) -> Change:
    return {"id": str(row.pk), "part": str(row.part_id) if row.part_id else None} | {name: getattr(row, name) for name in FIELDS}


def _part(row: Segment, name: str) -> Change:
    return {"id": str(row.pk), name: getattr(row, name)}


def _as(row: Segment, half: Half, pk: uuid.UUID) -> Change:
    return whole(row) | {"id": str(pk), "start": half.start, "end": half.end, "text": half.text, "heard": half.heard, "words": half.words}


def _do(membership: Membership, transcript: Transcript, kind: str, before: list[Change], after: list[Change]) -> Changed:
    """Write it and remember it. What this person had undone cannot be redone any more."""
    own_edits(membership, transcript).filter(is_undone=True).delete()
    last = transcript.edits.aggregate(last=Max("number"))["last"] or 0
    Edit.objects.create(transcript=transcript, person=membership.user, number=last + 1, kind=kind, before=before, after=after)
    return _apply(transcript, before, after)


def _apply(transcript: Transcript, old: list[Change], new: list[Change]) -> Changed:
    """Put these rows in the place of those."""
    names = [change["names"] for change in new if "names" in change]
    if names:
        _rename(transcript, names[0])
        return _noted(transcript, Changed(has_names=True))
    before, after = {change["id"] for change in old}, {change["id"]: change for change in new}
    gone = [uuid.UUID(pk) for pk in before - set(after)]
    transcript.segments.filter(pk__in=gone).delete()
    for pk, change in after.items():
        if pk in before:
            transcript.segments.filter(pk=pk).update(**{name: value for name, value in change.items() if name in FIELDS})
    Segment.objects.bulk_create([_made(transcript, change) for pk, change in after.items() if pk not in before])
    return _noted(transcript, Changed([uuid.UUID(pk) for pk in after], gone))


def _made(transcript: Transcript, change: Change) -> Segment:
    part = change.get("part")
    is_there = part is not None and transcript.parts.filter(pk=part).exists()
    values = {name: change[name] for name in FIELDS}
    return Segment(id=uuid.UUID(change["id"]), transcript=transcript, part_id=part if is_there else None, **values)


def _rename(transcript: Transcript, names: dict[str, str]) -> None:
    """Only these labels: what others are called meanwhile stays."""
    transcript.speakers = {label: name for label, name in {**transcript.speakers, **names}.items() if name}
    transcript.save(update_fields=["speakers"])


def _noted(transcript: Transcript, changed: Changed) -> Changed:
    is_edited = transcript.edits.filter(is_undone=False).exists()
    Transcript.objects.filter(pk=transcript.pk).exclude(is_edited=is_edited).update(is_edited=is_edited)
    return changed


def _is_as(transcript: Transcript, told: list[Change]) -> bool:
    """Whether all of this is still so."""
    names = next((change["names"] for change in told if "names" in change), None)
    if names is not None:
        return all(str(transcript.speakers.get(label, "")) == name for label, name in names.items())
    rows = {str(row.pk): row for row in transcript.segments.filter(pk__in=[change["id"] for change in told])}
    return all(change["id"] in rows and _agrees(rows[change["id"]], change) for change in told)


def _agrees(row: Segment, change: Change) -> bool:
    return all(getattr(row, name) == change[name] for name in ("text", "speaker", "start", "end") if name in change)
