"""The settings at the right: changing them, and the request that would be sent."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.core.fragments import render_page, wants_fragment
from apps.providers.desks import choose_without_scripts
from apps.runs import registry, snippets
from apps.speech.choosing import Desk, most_characters, panel_context
from apps.speech.cutting import pieces_of
from apps.speech.forms import LONGEST_TEXT
from apps.speech.operations import Speak, shown_params


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def settings(request: TeamRequest) -> HttpResponse:
    """GET: the models as a page, for people without scripts. POST saves: the answer is the foot, or voices and panel for another model."""
    desk = Desk(request)
    if request.method == "GET":
        return choose_without_scripts(request, desk, reverse("speech:settings"), reverse("speech:new"))
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    change = desk.change(request.POST)
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("speech:new"), status=303)
    context = {**panel_context(desk, request.POST.get("text", "")[:LONGEST_TEXT], change.errors), "is_whole": change.is_whole}
    template = "speech/_settings.html" if change.is_whole else "speech/_foot.html"
    response = render(request, template, context, status=422 if change.errors else 200)
    if change.is_whole:
        response["HX-Retarget"], response["HX-Reswap"] = "#speech-settings", "outerHTML"
    return response


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
    context = {"snippets": shown, "page": _("Speech"), "back": back}
    return render_page(request, "runs/request.html", context, "runs/_request.html")
