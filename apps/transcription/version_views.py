"""What else is made of a transcript: heard again, compared, asked about."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Role
from apps.core.handing import Handed, TooMuch, hand_over
from apps.transcription.choosing import Desk, panel_context
from apps.transcription.differences import difference
from apps.transcription.finding import transcript_of
from apps.transcription.models import Transcript
from apps.transcription.reading import segments_of, spoken_of
from apps.transcription.showing import versions_of
from apps.transcription.subtitles.plain import write_text


@requires(Role.EDITOR)
@require_safe
def again(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """The same recording by another model, or with other settings: chosen in the panel, at the price that stands there."""
    row = transcript_of(request, transcript_id)
    context = panel_context(Desk(request), [row.recording], again_of=row.recording)
    return render(request, "transcription/again.html", {**context, "transcript": row, "versions": versions_of(row)})


@requires(Role.VIEWER)
@require_safe
def compare(request: TeamRequest, transcript_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """What the other model heard differently. The first is taken for right."""
    first, second = transcript_of(request, transcript_id), transcript_of(request, other_id)
    if first.recording_id != second.recording_id:
        raise Http404
    found = difference(_words(first), _words(second))
    return render(request, "transcription/compare.html", {"first": first, "second": second, "found": found, "percent": found.rate * 100})


def _words(row: Transcript) -> str:
    return "\n".join(row.segments.values_list("text", flat=True))


@requires(Role.EDITOR)
@require_POST
def ask(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """A chat that has the transcript in its instructions."""
    row = transcript_of(request, transcript_id)
    text = write_text(spoken_of(row, segments_of(row)), has_names=True)
    try:
        url = hand_over("chat", request, Handed(str(row.recording), text))
    except TooMuch as error:
        return _back(request, row, str(error))
    return HttpResponseRedirect(url, status=303)


def _back(request: TeamRequest, row: Transcript, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(_url(row), status=303)


def _url(row: Transcript) -> str:
    return reverse("transcription:transcript", args=[row.pk])
