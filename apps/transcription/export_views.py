"""A transcript as a file, and what it will look like."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Role
from apps.core.serving import POLICY
from apps.transcription.files_out import SUBTITLES, TYPES, Wish, outcome_of, wish_of, written
from apps.transcription.finding import transcript_of
from apps.transcription.models import Segment, Transcript, Translation
from apps.transcription.previewing import cues_around, json_around, text_around
from apps.transcription.reading import segments_of
from apps.transcription.showing import chosen_translation


@requires(Role.VIEWER)
@require_safe
def export(request: TeamRequest, transcript_id: uuid.UUID, kind: str) -> HttpResponse:
    """`?width=` characters in a line, `?names=off`, `?in=` a translation."""
    row = transcript_of(request, transcript_id)
    wish = wish_of(request.GET, kind)
    text = written(row, segments_of(row), wish, chosen_translation(row, wish.translation))
    response = HttpResponse(text, content_type=f"{TYPES[wish.kind]}; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, _file_name(row, wish)) or "attachment"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, no-cache"
    return response


def _file_name(row: Transcript, wish: Wish) -> str:
    """That of the recording with another ending."""
    name = str(row.recording)
    stem, point, ending = name.rpartition(".")
    return f"{stem if point and stem and len(ending) <= 4 else name}.{wish.kind}"


@requires(Role.VIEWER)
@require_safe
def choose(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """For people without scripts: the form of the panel leads to the file."""
    row = transcript_of(request, transcript_id)
    wish = wish_of(request.GET)
    url = reverse("transcription:export", args=[row.pk, wish.kind])
    return HttpResponseRedirect(f"{url}?{wish.query}", status=303)


@requires(Role.VIEWER)
@require_safe
def preview(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """The first lines from `?at=` seconds on, what is hard to read, and the button of the file."""
    row = transcript_of(request, transcript_id)
    wish = wish_of(request.GET)
    translation = chosen_translation(row, wish.translation)
    rows = segments_of(row)
    return render(
        request, "transcription/_preview_answer.html", _previewed(row, rows, wish, translation, _second(request.GET.get("at", "")))
    )


def _previewed(row: Transcript, rows: list[Segment], wish: Wish, translation: Translation | None, at: float) -> dict[str, Any]:
    outcome = outcome_of(row, rows, wish, translation)
    context: dict[str, Any] = {"transcript": row, "wish": wish, "verdict_of_file": outcome.verdict}
    if wish.kind in SUBTITLES:
        return context | {"shown_cues": cues_around(outcome, wish, at)}
    if wish.kind == "txt":
        return context | {"shown_text": text_around(outcome, wish, at)}
    return context | {"shown_text": json_around(row, rows, outcome, translation, at)}


def _second(typed: str) -> float:
    whole, _point, _rest = typed.partition(".")
    return float(whole) if whole.isdecimal() and len(whole) < 7 else 0.0
