"""Correcting a transcript in place: a part of the page for scripts, a page of its own without them."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.transcription import editing
from apps.transcription.editing import Changed, Gone, Impossible, Outdated
from apps.transcription.files_out import wish_of
from apps.transcription.finding import transcript_of
from apps.transcription.models import Segment, Transcript
from apps.transcription.reading import reading_of, segments_of
from apps.transcription.showing import can_go_back, chosen_translation, drawn
from apps.transcription.speaking import distinct, speakers_of
from apps.transcription.subtitles.letters import clean, cuts
from apps.transcription.translations import told_of


@requires(Role.VIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def segment(request: TeamRequest, transcript_id: uuid.UUID, segment_id: uuid.UUID) -> HttpResponse:
    """GET: the form with the text as it is now. POST: `text`, and what it `was`."""
    row = transcript_of(request, transcript_id)
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    if request.method != "POST":
        return _form(request, row, _segment(row, segment_id))
    text, was = request.POST.get("text"), request.POST.get("was")
    if text is None or was is None:
        return _form(request, row, _segment(row, segment_id), status=422)
    return _change(request, row, segment_id, lambda: editing.correct(request.membership, row, segment_id, text, was))


@requires(Role.EDITOR)
@require_POST
def split(request: TeamRequest, transcript_id: uuid.UUID, segment_id: uuid.UUID) -> HttpResponse:
    """`text` as it was typed and `head`, what stands before the cursor; without scripts `at`, how many letters that is."""
    row = transcript_of(request, transcript_id)
    typed, at = request.POST, request.POST.get("at", "")
    text, was = typed.get("text", ""), typed.get("was", "")
    head = clean(text)[: int(at)] if at.isdecimal() and len(at) < 7 else typed.get("head", "")
    return _change(request, row, segment_id, lambda: editing.split(request.membership, row, segment_id, head=head, text=text, was=was))


@requires(Role.EDITOR)
@require_POST
def join(request: TeamRequest, transcript_id: uuid.UUID, segment_id: uuid.UUID) -> HttpResponse:
    """With the next one."""
    row = transcript_of(request, transcript_id)
    return _change(request, row, segment_id, lambda: editing.join(request.membership, row, segment_id))


@requires(Role.EDITOR)
@require_POST
def original(request: TeamRequest, transcript_id: uuid.UUID, segment_id: uuid.UUID) -> HttpResponse:
    row = transcript_of(request, transcript_id)
    return _change(request, row, segment_id, lambda: editing.hear_again(request.membership, row, segment_id))


@requires(Role.EDITOR)
@require_POST
def speaker(request: TeamRequest, transcript_id: uuid.UUID, segment_id: uuid.UUID) -> HttpResponse:
    """`speaker`: a label; or `name`: somebody who is not in the list."""
    row = transcript_of(request, transcript_id)
    wanted = request.POST.get("name", "").strip() or request.POST.get("speaker", "")
    return _change(request, row, segment_id, lambda: editing.give_to(request.membership, row, segment_id, wanted))


@requires(Role.EDITOR)
@require_POST
def speakers(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """A name for each speaker, `label.<n>` and `name.<n>`: all labels under one name get the new one."""
    row = transcript_of(request, transcript_id)
    known = speakers_of(segments_of(row), row.speakers)
    names: dict[str, str] = {}
    for field, label in request.POST.items():
        typed = request.POST.get(f"name.{field.removeprefix('label.')}")
        if field.startswith("label.") and typed is not None and label in known:
            names |= dict.fromkeys(known[label].labels, typed)
    return _change(request, row, None, lambda: editing.name_speakers(request.membership, row, names))


@requires(Role.EDITOR)
@require_POST
def undo(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    row = transcript_of(request, transcript_id)
    return _change(request, row, None, lambda: editing.undo(request.membership, row))


@requires(Role.EDITOR)
@require_POST
def redo(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    row = transcript_of(request, transcript_id)
    return _change(request, row, None, lambda: editing.redo(request.membership, row))


# --- Answers -----------------------------------------------------------------------------------
def _change(request: TeamRequest, row: Transcript, pk: uuid.UUID | None, act: Callable[[], Changed]) -> HttpResponse:
    try:
        changed = act()
    except Gone:
        raise Http404 from None
    except Outdated as refusal:
        return _form(request, row, refusal.row, typed=request.POST.get("text", ""), status=422)
    except Impossible as refusal:
        return _refused(request, row, pk, str(refusal))
    if wants_fragment(request):
        return _told(request, row, changed)
    return HttpResponseRedirect(_place(row, next(iter(changed.rows), None)), status=303)


def _told(request: TeamRequest, row: Transcript, changed: Changed) -> HttpResponse:
    """The lines that are new or other, which ones are gone, and what hangs on them. `js/correcting.js` puts them in their places."""
    row = transcript_of(request, row.pk)
    rows = segments_of(row)
    translation = chosen_translation(row, wish_of(request.POST).translation)
    whole = reading_of(row, rows, "", translation)
    fresh = set(changed.rows)
    context = {
        "transcript": row,
        "reading": whole,
        "lines": whole.lines if changed.has_names else [line for line in whole.lines if line.pk in fresh],
        "gone": changed.gone,
        "translation": translation,
        "drawn": drawn(row, rows, whole.speakers),
        "can_write": True,
        **can_go_back(request.membership, row),
        **(told_of(translation, rows) if translation else {}),
    }
    return render(request, "transcription/_changed.html", context)


def _refused(request: TeamRequest, row: Transcript, pk: uuid.UUID | None, sentence: str) -> HttpResponse:
    if wants_fragment(request):
        return render(request, "transcription/_cannot.html", {"sentence": sentence}, status=409)
    messages.error(request, sentence)
    return HttpResponseRedirect(_place(row, pk), status=303)


def _form(request: TeamRequest, row: Transcript, found: Segment, *, typed: str | None = None, status: int = 200) -> HttpResponse:
    """`typed`: what somebody wrote while a colleague changed it to something else."""
    speakers_here = distinct(speakers_of(segments_of(row), row.speakers))
    text = clean(found.text)
    context: dict[str, Any] = {
        "transcript": row,
        "segment": found,
        "text": text,
        "typed": typed,
        "speakers": speakers_here,
        "is_changed": bool(found.heard) and found.heard != found.text,
        "is_last": not row.segments.filter(start__gt=found.start).exists(),
        "back": _place(row, found.pk),
    }
    if wants_fragment(request):
        return render(request, "transcription/_segment_form.html", context, status=status)
    context["places"] = [(place, text[place:][:30]) for place in cuts(text)[:-1]]
    return render(request, "transcription/segment.html", context, status=status)


def _segment(row: Transcript, pk: uuid.UUID) -> Segment:
    found: Segment | None = row.segments.filter(pk=pk).first()
    if found is None:
        raise Http404(_("This segment is not there any more."))
    return found


def _place(row: Transcript, pk: uuid.UUID | None) -> str:
    url = reverse("transcription:transcript", args=[row.pk])
    return f"{url}#s-{pk}" if pk else url
