"""What a team has after some time: calls with words and files, chats, pictures, recordings, transcripts, as old as a test wants."""

import datetime
import itertools
import uuid

from django.core.files.base import ContentFile
from django.utils import timezone

from apps.accounts.models import Team
from apps.chat.models import Conversation, Turn
from apps.core.ids import first_id_at
from apps.images.models import Mask, Picture
from apps.providers.models import Provider
from apps.runs.models import Attempt, Run, RunFile
from apps.transcription.models import Block, Edit, Part, Recording, Segment, Transcript, Translation

SECRET = "the glaze is cobalt"
numbers = itertools.count(1)


def ago(days: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


def id_of(moment: datetime.datetime) -> uuid.UUID:
    """An identifier that a row would have got then."""
    return uuid.UUID(int=first_id_at(moment).int + next(numbers))


def a_run(team: Team, provider: Provider, *, days: float = 0, status: str = "completed", **fields: object) -> Run:
    """A row that is not saved yet, with words in every place that has room for them."""
    moment = ago(days)
    words = {
        "summary": SECRET, "params": {"messages": [{"role": "user", "content": SECRET}]}, "request": {"json": {"input": SECRET}},
        "response": {"output": SECRET}, "text": SECRET, "thinking": SECRET, "error": {"sentence": SECRET}, "notices": [SECRET],
    }  # fmt: skip
    numbers_of = {"cost": "0.01", "cost_kind": "known", "usage": {"input": 3, "output": 4}, "total_ms": 900, "request_id": "req-1"}
    what = {"operation": "chat.reply", "model": "plain-1", "key": uuid.uuid4().hex, "fingerprint": "-"}
    times = {"queued_at": moment, "finished_at": moment}
    values = {**words, **numbers_of, **what, **times, **fields}
    return Run(id=id_of(moment), team=team, provider=provider, status=status, **values)  # type: ignore[misc]


def make_run(team: Team, provider: Provider, *, file: bytes = b"", **fields: object) -> Run:
    run = a_run(team, provider, **fields)  # type: ignore[arg-type]
    run.save(force_insert=True)
    Attempt.objects.create(run=run, number=1, fence=1, sent_at=timezone.now(), cost="0.01", outcome="completed")
    if file:
        row = RunFile(run=run, role="output", name="../../pot.png", content_type="image/png", size=len(file))
        row.file.save("x", ContentFile(file), save=False)
        row.save()
    return run


def make_chat(team: Team, provider: Provider, *, days: float = 0, answers: int = 1, **fields: object) -> Conversation:
    """Questions and answers, the last of them that long ago."""
    moment = ago(days)
    chat = Conversation.objects.create(id=id_of(moment), team=team, title=SECRET, **fields)
    runs = [a_run(team, provider, days=days, parent_kind="chat", parent_id=chat.pk) for _number in range(answers)]
    Run.objects.bulk_create(runs)
    parent, turns = None, []
    for run in runs:
        question = Turn(id=id_of(moment), conversation=chat, parent=parent, text=SECRET)
        parent = Turn(id=id_of(moment), conversation=chat, parent=question, run=run)
        turns += [question, parent]
    Turn.objects.bulk_create(turns)
    Conversation.objects.filter(pk=chat.pk).update(leaf=parent, updated_at=moment)
    return Conversation.objects.get(pk=chat.pk)


def make_picture(team: Team, *, run: Run | None = None, days: float = 0, file: bytes = b"a picture", **fields: object) -> Picture:
    """An uploaded one; or one that a call brought, which has the file of the call."""
    moment = ago(days)
    facts = {
        "kind": "uploaded",
        "content_type": "image/png",
        "size": len(file),
        "width": 3,
        "height": 2,
        "name": SECRET,
        "description": SECRET,
    }
    picture = Picture(id=id_of(moment), team=team, run=run, **{**facts, **fields})  # type: ignore[misc]
    picture.thumbnail.save("", ContentFile(b"a small copy"), save=False)
    if run is None:
        picture.file.save("", ContentFile(file), save=False)
    else:
        picture.output = RunFile(run=run, role="output", name="pot.png", content_type="image/png", size=len(file), is_claimed=True)
        picture.output.file.save("x", ContentFile(file), save=False)
        picture.output.save(force_insert=True)
        picture.file.name = picture.output.file.name
    picture.save(force_insert=True)
    return picture


def make_mask(team: Team, *, days: float = 0, **fields: object) -> Mask:
    facts = {"width": 3, "height": 2, "percent": 50.0, "digest": uuid.uuid4().hex}
    mask = Mask(id=id_of(ago(days)), team=team, **{**facts, **fields})  # type: ignore[misc]
    mask.file.save("", ContentFile(b"a mask"), save=False)
    mask.save(force_insert=True)
    return mask


def make_recording(team: Team, *, days: float = 0, file: bytes = b"a sound", **fields: object) -> Recording:
    """One that is ready to be transcribed."""
    moment = ago(days)
    facts = {"kind": "uploaded", "state": "ready", "name": SECRET, "content_type": "audio/mpeg", "seconds": 84.0, "size": len(file)}
    recording = Recording(id=id_of(moment), team=team, key=uuid.uuid4().hex, **{**facts, **fields})  # type: ignore[misc]
    recording.file.save(f"whole-{uuid.uuid4().hex}", ContentFile(file), save=False)
    recording.save(force_insert=True)
    return recording


def make_transcript(
    team: Team, provider: Provider, *, recording: Recording | None = None, days: float = 0, parts: int = 1, **fields: object
) -> Transcript:
    """Heard in `parts` calls, the sound of each still stored; corrected once, and translated by a chat model."""
    recording, moment = recording or make_recording(team, days=days), ago(days)
    facts = {"provider": provider, "model": "plain-1", "model_label": "Plain", "state": "ready", "finished_at": moment, "language": "en"}
    row = Transcript(id=id_of(moment), team=team, recording=recording, key=uuid.uuid4().hex, **{**facts, **fields})  # type: ignore[misc]
    row.save(force_insert=True)
    for number in range(1, parts + 1):
        run = _call_with_sound(team, provider, row, days)
        part = Part.objects.create(transcript=row, number=number, start=number, end=number + 1, run=run, is_wanted=False, is_taken=True)
        Segment.objects.create(transcript=row, part=part, start=number, end=number + 1, text=f"{SECRET}!", heard=SECRET)
    Edit.objects.create(id=id_of(moment), transcript=row, number=1, kind="text", before=[SECRET], after=[f"{SECRET}!"])
    told = {"provider": provider, "model": "plain-1", "language": "de", "key": "de", "state": "ready", "texts": {"a": SECRET}}
    translation = Translation.objects.create(id=id_of(moment), transcript=row, **told)
    run = make_run(team, provider, days=days, operation="transcription.translate_text", parent_kind="translation", parent_id=translation.pk)
    Block.objects.create(translation=translation, number=1, run=run)
    return row


def _call_with_sound(team: Team, provider: Provider, transcript: Transcript, days: float) -> Run:
    run = make_run(team, provider, days=days, operation="transcription.transcribe", parent_kind="transcript", parent_id=transcript.pk)
    row = RunFile(run=run, role="input", name="recording-1.mp3", content_type="audio/mpeg", size=6)
    row.file.save("x", ContentFile(b"a part"), save=False)
    row.save()
    return run


def words_of(run: Run) -> str:
    """Everything of a row in which words can be, as they stand in the database now."""
    run.refresh_from_db()
    return str([run.summary, run.params, run.request, run.response, run.text, run.thinking, run.error, run.notices])
