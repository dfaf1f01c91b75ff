"""The first page of Speech: a text, voices with samples, and what was spoken before."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import TeamRequest, get_visible, may, requires, visible
from apps.accounts.models import Membership, Role
from apps.core.addresses import same_page
from apps.core.fragments import go_to, refuse, wants_fragment
from apps.core.listing import page_by_id, searched
from apps.providers.chosen import NoModel
from apps.runs.services import KeyReused, fresh_key, key_of
from apps.speech import services
from apps.speech.choosing import Desk, panel_context
from apps.speech.forms import SpeakForm, no_voice
from apps.speech.models import Speech, Take
from apps.speech.starters import MANNERS, STARTERS

ON_A_PAGE: Final = 30
ERROR: Final = "#speech-error"


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def new(request: TeamRequest) -> HttpResponse:
    """The form, and below it what the team had spoken. `?like=<id>` begins with that text."""
    desk = Desk(request)
    if request.method == "POST":
        return _speak(request, desk)
    if wants_fragment(request) and "after" in request.GET:
        return render(request, "speech/_made_rows.html", _made(request))
    return render(request, "speech/new.html", _context(request, desk, _beginning(request)))


def _speak(request: TeamRequest, desk: Desk) -> HttpResponse:
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    errors = desk.take(request.POST)
    form = SpeakForm(request.POST, desk.facts)
    if desk.chosen.choice is None:
        return _refuse(request, desk, str(NoModel.sentence), 409)
    if not form.is_valid() or errors:
        return _refuse(request, desk, form.sentence or next(iter(errors.values()), ""), 422)
    text, voices = form.cleaned_data["text"], form.cleaned_data["voices"]
    try:
        speech = services.speak(request.membership, text, voices, desk.chosen, key_of(form.cleaned_data["key"]))
    except KeyReused:
        return _refuse(request, desk, _("This page has sent another text already. Press Speak again to have this one spoken."), 409)
    return go_to(request, reverse("speech:speech", args=[speech.pk]))


def _refuse(request: TeamRequest, desk: Desk, sentence: str, status: int) -> HttpResponse:
    if wants_fragment(request):
        return refuse(request, sentence, status, ERROR, "speech/_refusal.html", key=fresh_key())
    context = _context(request, desk, request.POST.get("text", ""))
    return render(request, "speech/new.html", {**context, "error": sentence}, status=status)


def _beginning(request: TeamRequest) -> str:
    like = request.GET.get("like", "")
    return get_visible(request.membership, Speech.objects.alive(), like).text if like else ""


def _context(request: TeamRequest, desk: Desk, text: str) -> dict[str, Any]:
    return {**panel_context(desk, text), **_made(request), "text": text, "starters": STARTERS, "manners": MANNERS}


def _made(request: TeamRequest) -> dict[str, Any]:
    words = searched(request)
    found, last = page_by_id(_rows(request.membership, words), request.GET.get("after", ""), ON_A_PAGE)
    following = same_page(request, after=last) if last else ""
    return {"speeches": found, "next_made": following, "words": words}


def _rows(membership: Membership, words: str) -> Any:
    rows = visible(membership, Speech.objects.alive().filter(is_sample=False))
    if words:
        rows = rows.filter(text__icontains=words) | rows.filter(name__icontains=words)
    takes = Take.objects.only("voice", "state", "speech", "position")
    return rows.defer("text").select_related("person").prefetch_related(Prefetch("takes", takes))


@requires(Role.EDITOR)
@require_POST
def sample(request: TeamRequest) -> HttpResponse:
    """A sentence in a voice: made when it is asked for the first time, heard from then on."""
    desk = Desk(request)
    desk.take(request.POST)
    choice, voice = desk.chosen.choice, request.POST.get("sample", "").strip()
    if choice is None:
        return refuse(request, str(NoModel.sentence), 409, ERROR)
    if not services.has_voice(choice, voice):
        return refuse(request, no_voice(voice), 422, ERROR)
    take = services.sample_of(request.membership, voice, desk.chosen)
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("speech:speech", args=[take.speech_id]), status=303)
    return render(request, "speech/_sample.html", {"take": take, "is_asked": True})
