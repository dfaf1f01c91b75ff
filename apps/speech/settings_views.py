"""The settings at the right: changing them, and the request that would be sent."""

from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.core.fragments import render_page, wants_fragment
from apps.providers.picker import list_for
from apps.runs import registry, snippets
from apps.speech.choosing import Desk, most_characters, panel_context
from apps.speech.cutting import pieces_of
from apps.speech.forms import LONGEST_TEXT
from apps.speech.operations import Speak, shown_params

RESET: Final = "reset"


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def settings(request: TeamRequest) -> HttpResponse:
    """GET: the models as a page, for people without scripts. POST saves: the answer is the foot, or voices and panel for another model."""
    desk = Desk(request)
    if request.method == "GET":
        return _choose(request, desk)
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    is_whole = request.POST.get("model", "") != request.POST.get("shown.model", "") or RESET in request.POST
    errors = {} if RESET in request.POST else desk.take(request.POST)
    if RESET in request.POST:
        desk.keep({name: value for name, value in desk.saved.items() if name in {"model", "voices"}})
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("speech:new"), status=303)
    is_whole = is_whole or bool(errors)
    context = {**panel_context(desk, request.POST.get("text", "")[:LONGEST_TEXT], errors), "is_whole": is_whole}
    response = render(request, "speech/_settings.html" if is_whole else "speech/_foot.html", context, status=422 if errors else 200)
    if is_whole:
        response["HX-Retarget"], response["HX-Reswap"] = "#speech-settings", "outerHTML"
    return response


def _choose(request: TeamRequest, desk: Desk) -> HttpResponse:
    back = reverse("speech:new")
    context = {
        "models": list_for(desk.team, "speech"),
        "chosen": desk.chosen.choice,
        "action": reverse("speech:settings"),
        "back_url": back,
    }
    return render(request, "providers/picker.html", context)


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def show_request(request: TeamRequest) -> HttpResponse:
    """The first call of the next text as curl, Python and JSON."""
    desk = Desk(request)
    choice = desk.chosen.choice
    back = reverse("speech:new")
    if choice is None:
        return HttpResponseRedirect(back, status=303)
    text = request.POST.get("text", "").strip()[:LONGEST_TEXT] or _("The text that is to be spoken")
    first = pieces_of(text, most_characters(choice.facts))[0]
    params = shown_params(first, desk.voices[0], desk.chosen.parameters)
    shown = snippets.show(registry.get(Speak.name), choice.provider, choice.model.name, params, [])
    return render_page(request, "speech/request.html", {"snippets": shown, "back": back}, "runs/_request.html")
