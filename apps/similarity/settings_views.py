"""The settings at the right: changing them, and the request that would be sent."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.models import Role
from apps.core.fragments import render_page, wants_fragment
from apps.providers.desks import choose_without_scripts
from apps.runs import registry, snippets
from apps.similarity.choosing import Desk, counted, counted_before, lines_in, panel_context
from apps.similarity.models import RowSet
from apps.similarity.operations import Embed
from apps.similarity.planning import settings_of

SHOWN_TEXTS = 3


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def settings(request: TeamRequest) -> HttpResponse:
    """GET: the models as a page, for people without scripts. POST saves: the answer is the foot, or the panel for another model."""
    desk = Desk(request)
    if request.method == "GET":
        return choose_without_scripts(request, desk, reverse("similarity:settings"), reverse("similarity:new"))
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    change = desk.change(request.POST)
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("similarity:new"), status=303)
    much = counted_before(request.POST) or counted(lines_in(request.POST.get("text", "")), desk)
    context = {**panel_context(desk, much, change.errors), "is_whole": change.is_whole}
    context["set"] = _set(request)
    template = "similarity/_settings.html" if change.is_whole else "similarity/_foot.html"
    response = render(request, template, context, status=422 if change.errors else 200)
    if change.is_whole:
        response["HX-Retarget"], response["HX-Reswap"] = "#similar-settings", "outerHTML"
    return response


def _set(request: TeamRequest) -> RowSet | None:
    """The rows beside whose page the settings stand: there they are those of one more model."""
    wanted = request.POST.get("set", "")
    return get_visible(request.membership, RowSet.objects.alive(), wanted) if wanted else None


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def show_request(request: TeamRequest) -> HttpResponse:
    """The first call of the next rows as curl, Python and JSON, with the first of its texts."""
    desk = Desk(request)
    choice, back = desk.chosen.choice, reverse("similarity:new")
    if choice is None:
        return HttpResponseRedirect(back, status=303)
    texts = [line[:400] for line in lines_in(request.POST.get("text", ""))[:SHOWN_TEXTS]] or [_("The first text"), _("The second text")]
    params = {"input": texts, **settings_of(choice.facts, desk.chosen.parameters)}
    shown = snippets.show(registry.get(Embed.name), choice.provider, choice.model.name, params, [])
    context = {"snippets": shown, "page": _("Similarity"), "back": back}
    return render_page(request, "runs/request.html", context, "runs/_request.html")
