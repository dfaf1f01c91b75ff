"""One transcript: its page, its name, deleting and bringing back."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.providers.languages import LANGUAGES
from apps.runs.costs import spent_on
from apps.transcription import bin as removed
from apps.transcription.files_out import Wish, outcome_of, wish_of
from apps.transcription.finding import transcript_of
from apps.transcription.judging import readable_name
from apps.transcription.models import Segment, Transcript, Translation
from apps.transcription.previewing import cues_around
from apps.transcription.reading import question_of, reading_of, segments_of, spoken_of
from apps.transcription.showing import calls_of, can_go_back, chosen_translation, drawn, facts_of, language_of, translations_of, versions_of
from apps.transcription.starting import OPEN
from apps.transcription.subtitles.judging import judged
from apps.transcription.subtitles.plain import paragraphs
from apps.transcription.translations import told_of, ways_of
from apps.transcription.working import progress_of

VIEWS: Final = {"segments": gettext_lazy("Segments"), "text": gettext_lazy("Plain text"), "subtitles": gettext_lazy("Subtitles")}
KINDS: Final = (("srt", "SRT"), ("vtt", "VTT"), ("txt", gettext_lazy("Text")), ("json", "JSON"))
SPEEDS: Final = tuple((speed, f"{speed}×") for speed in ("0.5", "0.75", "1", "1.25", "1.5", "1.75", "2"))
SHORT: Final = 600  # segments up to which the preview comes with the page
State = Transcript.State
WITH_PARTS: Final = (State.WAITING, State.WORKING, State.PARTIAL, State.FAILED)


@requires(Role.VIEWER)
@require_safe
def transcript(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """`?view=` text or subtitles, `?q=` what is looked for, `?in=` a translation. For htmx only what is read."""
    row = transcript_of(request, transcript_id, is_alive=False)
    translation = chosen_translation(row, wish_of(request.GET).translation)
    rows = segments_of(row)
    context = _read(request, row, rows, translation)
    if wants_fragment(request) and request.htmx.target == "view":
        return render(request, "transcription/_view.html", context)
    return render(request, "transcription/transcript.html", context | _beside(request, row, rows, translation, context["reading"]))


def _read(request: TeamRequest, row: Transcript, rows: list[Segment], translation: Translation | None) -> dict[str, Any]:
    """What every size of answer needs."""
    view = request.GET.get("view", "")
    words = question_of(request.GET.get("q", ""))
    context: dict[str, Any] = {
        "transcript": row,
        "recording": row.recording,
        "view": view if view in VIEWS else next(iter(VIEWS)),
        "views": VIEWS.items(),
        "reading": reading_of(row, rows, words, translation),
        "words": words,
        "translation": translation,
        "can_write": may(request.membership, Role.EDITOR) and row.deleted_at is None,
        **can_go_back(request.membership, row),
        **(told_of(translation, rows) if translation else {}),
    }
    if context["view"] == "subtitles":
        wish = wish_of(request.GET)
        outcome = outcome_of(row, rows, wish, translation)
        context |= {
            "cues": list(zip(outcome.cues, judged(outcome.cues, outcome.stretches, wish.form), strict=True)),
            "verdict": outcome.verdict,
        }
    if context["view"] == "text":
        context["paragraphs"] = paragraphs(spoken_of(row, rows, translation))
    return context


def _beside(request: TeamRequest, row: Transcript, rows: list[Segment], translation: Translation | None, reading: Any) -> dict[str, Any]:
    """The player and the panel."""
    wish = Wish(translation=translation.pk if translation else None, has_names=reading.has_speakers)
    context = {
        "drawn": drawn(row, rows, reading.speakers),
        "wish": wish,
        "kinds": KINDS,
        "speeds": SPEEDS,
        "translations": (columns := translations_of(row)),
        "exported_in": [each for each in columns if each.state != Translation.State.FAILED],
        "versions": versions_of(row),
        "ways": ways_of(request.membership, row, rows) if may(request.membership, Role.EDITOR) and row.state not in OPEN else [],
        "languages": sorted(LANGUAGES, key=lambda each: str(each[1])),
        "heard_language": language_of(row),
        "facts": facts_of(row),
        "spent": spent_on(calls_of(row)),
        "receipts": list(calls_of(row).values_list("pk", flat=True)),
        "took": row.finished_at - row.created_at if row.finished_at else None,
        **({"progress": progress_of(row), "is_open": row.state in OPEN} if row.state in WITH_PARTS else {}),
    }
    if rows and len(rows) <= SHORT:
        outcome = outcome_of(row, rows, wish, translation)
        context |= {"shown_cues": cues_around(outcome, wish, 0.0), "verdict_of_file": outcome.verdict}
    return context


@requires(Role.EDITOR)
@require_POST
def rename(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """The name is that of the recording. Nothing typed: it keeps it."""
    row = transcript_of(request, transcript_id)
    row.recording.name = readable_name(request.POST.get("name", "")) or row.recording.name
    row.recording.save(update_fields=["name"])
    return _to(row)


@requires(Role.EDITOR)
@require_POST
def delete(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """With the recording, where nothing else was made of it. The toast has Undo."""
    row = transcript_of(request, transcript_id, is_alive=False)
    removed.put_away_transcript(request.membership, row)
    row.recording.refresh_from_db(fields=["deleted_at"])
    toast = render_to_string("transcription/_deleted_toast.html", {"transcript": row}, request)
    messages.success(request, mark_safe(toast))  # noqa: S308 -- ours, escaped there
    return HttpResponseRedirect(reverse("transcription:new"), status=303)


@requires(Role.EDITOR)
@require_POST
def restore(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    row = transcript_of(request, transcript_id, is_alive=False)
    removed.bring_back_transcript(request.membership, row)
    return _to(row)


def _to(row: Transcript) -> HttpResponse:
    return HttpResponseRedirect(reverse("transcription:transcript", args=[row.pk]), status=303)
