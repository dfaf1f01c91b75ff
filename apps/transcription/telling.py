"""Recordings and transcripts as an export has them: rows as JSON, sound as it came."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet

from apps.core.holdings import Part, as_line, as_lines, in_order
from apps.core.storing import content_of
from apps.transcription.kinds import ending_of
from apps.transcription.models import Recording, Transcript, Translation

FEW: Final = 5  # transcripts of hours have thousands of segments
# By the container as FFmpeg names it; all others are named like it.
ENDINGS: Final = {"matroska": "mkv", "mov": "mp4", "asf": "wma", "mpegts": "ts"}
OF_RECORDING: Final = ("kind", "state", "sentence", "name", "content_type", "size", "seconds", "details", "created_at", "deleted_at")
OF_TRANSCRIPT: Final = (
    "task", "model", "model_label", "settings", "state", "sentence", "language", "has_words", "has_speakers", "is_guessed", "is_edited",
    "speakers", "created_at", "finished_at", "deleted_at",
)  # fmt: skip
OF_PART: Final = ("number", "start", "end", "run_id", "tries", "is_taken")
OF_SEGMENT: Final = ("id", "start", "end", "speaker", "text", "heard", "words", "likelihood")
OF_EDIT: Final = ("number", "kind", "before", "after", "is_undone", "created_at")
OF_TRANSLATION: Final = ("id", "language", "model", "model_label", "state", "heard_id", "texts", "created_at")


def export_parts(recordings: "QuerySet[Recording]", transcripts: "QuerySet[Transcript]") -> Iterator[Part]:
    """Lines of what there is, then a file for each transcript and the sound of each recording."""
    recordings = recordings.select_related("person").defer("peaks", "pauses")
    transcripts = transcripts.select_related("person")
    yield Part("recordings.jsonl", as_lines(recording_as_told(row) for row in in_order(recordings)))
    yield Part("transcripts.jsonl", as_lines(transcript_as_told(row) for row in in_order(transcripts)))
    for transcript in in_order(transcripts, FEW):
        yield Part(place_of_transcript(transcript), iter([as_line(whole_transcript(transcript))]))
    for recording in in_order(recordings):
        yield Part(place_of_recording(recording), _sound_of(recording))


def recording_as_told(row: Recording) -> dict[str, Any]:
    told: dict[str, Any] = {"id": row.pk, "person": row.person.email if row.person else None}
    return told | {name: getattr(row, name) for name in OF_RECORDING} | {"path": place_of_recording(row)}


def transcript_as_told(row: Transcript) -> dict[str, Any]:
    told: dict[str, Any] = {"id": row.pk, "person": row.person.email if row.person else None, "recording": row.recording_id}
    return told | {name: getattr(row, name) for name in OF_TRANSCRIPT} | {"path": place_of_transcript(row)}


def whole_transcript(row: Transcript) -> dict[str, Any]:
    """With every segment, as it is read and as it was heard, every change, and every translation."""
    return transcript_as_told(row) | {
        "parts": list(row.parts.values(*OF_PART)),
        "segments": list(row.segments.values(*OF_SEGMENT)),
        "edits": list(row.edits.values("person__email", *OF_EDIT)),
        "translations": list(Translation.objects.filter(transcript=row).values(*OF_TRANSLATION)),
    }


def place_of_transcript(row: Transcript) -> str:
    return f"transcripts/{row.pk}.json"


def place_of_recording(row: Recording) -> str:
    return f"recordings/{row.pk}.{_ending_of(row)}"


def _ending_of(row: Recording) -> str:
    """As the sound itself says, never as somebody typed."""
    container = str(row.details.get("container", ""))
    if container.isalnum():
        return ENDINGS.get(container, container)
    return ending_of(row.content_type) or "bin"


def _sound_of(row: Recording) -> Iterator[bytes]:
    """All that has come of it so far."""
    yield from content_of(row.file)
    for piece in in_order(row.kept_pieces.all()):
        yield from content_of(piece.file)
