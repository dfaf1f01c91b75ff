"""The settings at the right: changing them, what they make of the chosen recordings, and the request that would be sent."""

import pathlib

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.core.addresses import own_address
from apps.core.fragments import render_page, wants_fragment
from apps.providers.desks import choose_without_scripts
from apps.runs import registry, snippets
from apps.runs.operations import InputFile
from apps.transcription.asking import asked_of
from apps.transcription.choosing import Desk, panel_context, recordings_of
from apps.transcription.kinds import CUT, name_with_ending
from apps.transcription.models import Recording
from apps.transcription.operations import Transcribe
from apps.transcription.parting import goes_whole


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def settings(request: TeamRequest) -> HttpResponse:
    """GET: the foot for the recordings that are chosen now. POST saves: the answer is the foot, or the whole panel for another model."""
    desk = Desk(request)
    if request.method == "GET":
        return _foot(request, desk) if wants_fragment(request) else _choose(request, desk)
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    change = desk.change(request.POST)
    if not wants_fragment(request):
        return HttpResponseRedirect(_back(request), status=303)
    context = {
        **panel_context(desk, recordings_of(request, request.POST), change.errors, again_of=_again_of(request)),
        "is_whole": change.is_whole,
    }
    template = "transcription/_settings.html" if change.is_whole else "transcription/_foot.html"
    response = render(request, template, context, status=422 if change.errors else 200)
    if change.is_whole:
        response["HX-Retarget"], response["HX-Reswap"] = "#sound-settings", "outerHTML"
    return response


def _foot(request: TeamRequest, desk: Desk) -> HttpResponse:
    return render(
        request, "transcription/_foot.html", panel_context(desk, recordings_of(request, request.GET), again_of=_again_of(request))
    )


def _again_of(request: TeamRequest) -> Recording | None:
    """The recording of a page that has one heard again: it posts this beside the settings."""
    data = request.POST if request.method == "POST" else request.GET
    found = recordings_of(request, data) if data.get("again") else []
    return found[0] if found else None


def _choose(request: TeamRequest, desk: Desk) -> HttpResponse:
    back = _back(request)
    return choose_without_scripts(request, desk, f"{reverse('transcription:settings')}?back={back}", back)


def _back(request: TeamRequest) -> str:
    return own_address(request, request.GET.get("back", ""), reverse("transcription:new"))


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def show_request(request: TeamRequest) -> HttpResponse:
    """The next call as curl, Python and JSON: of the first of the chosen recordings, else of any."""
    desk = Desk(request)
    choice = desk.chosen.choice
    if choice is None:
        return HttpResponseRedirect(_back(request), status=303)
    recordings = recordings_of(request, request.POST)
    is_whole = bool(recordings) and goes_whole(recordings[0], choice.facts)
    kind = recordings[0].content_type if is_whole else CUT
    file = InputFile("input", pathlib.Path(), name_with_ending("recording", kind), kind)
    params = asked_of(choice.facts, desk.chosen.parameters)
    shown = snippets.show(registry.get(Transcribe.name), choice.provider, choice.model.name, params, [file])
    context = {"snippets": shown, "page": _("Transcribe"), "back": _back(request)}
    return render_page(request, "runs/request.html", context, "runs/_request.html")
