"""The settings at the right: changing them, and the request that would be sent."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.completions.choosing import Desk, panel_context, params_of
from apps.completions.forms import LONGEST_TEXT, as_typed
from apps.completions.operations import ContinueText
from apps.core.fragments import render_page, wants_fragment
from apps.providers.desks import choose_without_scripts
from apps.runs import registry, snippets


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def settings(request: TeamRequest) -> HttpResponse:
    """GET: the models as a page, for people without scripts. POST saves: the answer is the foot, or the panel for another model."""
    desk = Desk(request)
    if request.method == "GET":
        return choose_without_scripts(request, desk, reverse("completions:settings"), reverse("completions:new"))
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    change = desk.change(request.POST)
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("completions:new"), status=303)
    context = {**panel_context(desk, posted_text(request), change.errors), "is_whole": change.is_whole}
    template = "completions/_settings.html" if change.is_whole else "completions/_foot.html"
    response = render(request, template, context, status=422 if change.errors else 200)
    if change.is_whole:
        response["HX-Retarget"], response["HX-Reswap"] = "#plain-settings", "outerHTML"
    return response


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def show_request(request: TeamRequest) -> HttpResponse:
    """The next call as curl, Python and JSON."""
    desk = Desk(request)
    chosen, back = desk.chosen, reverse("completions:new")
    if chosen.choice is None:
        return HttpResponseRedirect(back, status=303)
    params = params_of(posted_text(request) or _("The beginning of the text"), chosen)
    shown = snippets.show(registry.get(ContinueText.name), chosen.choice.provider, chosen.choice.model.name, params, [])
    context = {"snippets": shown, "page": _("Plain text"), "back": back}
    return render_page(request, "runs/request.html", context, "runs/_request.html")


def posted_text(request: TeamRequest) -> str:
    return as_typed(request.POST.get("text", ""))[:LONGEST_TEXT]
