"""Having recordings heard, and what can be done while they are: a part again, stop."""

import uuid
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, requires
from apps.accounts.models import Role
from apps.core.fragments import go_to, refuse, wants_fragment
from apps.providers.chosen import NoModel
from apps.runs.services import KeyReused, key_of
from apps.transcription import services
from apps.transcription.choosing import Desk, recordings_of
from apps.transcription.finding import transcript_of
from apps.transcription.models import Recording, Transcript
from apps.transcription.starting import OPEN
from apps.transcription.working import working_context

NOTHING_CHOSEN: Final = gettext_lazy("Choose a recording first.")
IS_READY: Final = "transcript-ready"


@requires(Role.EDITOR)
@require_POST
def start(request: TeamRequest) -> HttpResponse:
    """One recording or several, with the settings of the panel. Leads to the transcript, or back to the list of many."""
    desk = Desk(request)
    errors = desk.take(request.POST)
    recordings = recordings_of(request, request.POST)
    if not recordings and "recordings" in request.POST:  # gone, or another team's: answered as everywhere
        get_visible(request.membership, Recording.objects.alive(), request.POST["recordings"])
    if errors or not recordings:
        return refused(request, next(iter(errors.values()), "") or str(NOTHING_CHOSEN))
    try:
        made = services.start_transcripts(request.membership, recordings, desk.chosen, key_of(request.POST.get("key", "")))
    except NoModel:
        return refused(request, str(NoModel.sentence), 409)
    except KeyReused:
        return refused(request, str(KeyReused.sentence), 409)
    return _accepted(request, made)


def _accepted(request: TeamRequest, made: list[Transcript]) -> HttpResponse:
    if len(made) == 1:
        return go_to(request, reverse("transcription:transcript", args=[made[0].pk]))
    told = ngettext("%(n)s recording is being transcribed.", "%(n)s recordings are being transcribed.", len(made)) % {"n": len(made)}
    messages.success(request, told)
    return go_to(request, reverse("transcription:new"))


def refused(request: TeamRequest, sentence: str, status: int = 422) -> HttpResponse:
    """Why nothing was started. Everything stays where it is."""
    if not wants_fragment(request):
        messages.error(request, sentence)
        return HttpResponseRedirect(reverse("transcription:new"), status=303)
    return refuse(request, sentence, status, "#sound-error")


@requires(Role.VIEWER)
@require_safe
def working(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """How far it is. When all parts have ended the page is told that it can show the rest."""
    transcript = transcript_of(request, transcript_id)
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("transcription:transcript", args=[transcript.pk]))
    response = render(request, "transcription/_working.html", {"transcript": transcript, **working_context(request.membership, transcript)})
    if transcript.state not in OPEN:
        response["HX-Trigger-After-Swap"] = IS_READY
    return response


@requires(Role.EDITOR)
@require_POST
def again(request: TeamRequest, transcript_id: uuid.UUID, number: int) -> HttpResponse:
    """One part once more. Clicked twice it is done once."""
    transcript = transcript_of(request, transcript_id)
    shown = request.POST.get("tries", "")
    services.try_again(transcript, number, int(shown) if shown.isdecimal() and len(shown) < 9 else None)
    return _see(request, transcript)


@requires(Role.EDITOR)
@require_POST
def stop(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """Nothing more is sent. What came so far stays."""
    transcript = transcript_of(request, transcript_id)
    services.stop(transcript)
    return _see(request, transcript)


def _see(request: TeamRequest, transcript: Transcript) -> HttpResponse:
    """The parts as they are now, or the page."""
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("transcription:transcript", args=[transcript.pk]), status=303)
    transcript.refresh_from_db()
    return render(request, "transcription/_working.html", {"transcript": transcript, **working_context(request.membership, transcript)})
