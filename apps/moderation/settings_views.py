"""The settings at the right: the model, the limits of the team, and the request that would be sent."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.core.addresses import own_address
from apps.core.fragments import render_page, wants_fragment
from apps.core.lists import clean
from apps.moderation.choosing import Desk, panel_context
from apps.moderation.operations import SafetyCheck
from apps.moderation.rules import may_change_limits, save_limits
from apps.moderation.verdicts import limit_lines
from apps.providers.desks import choose_without_scripts
from apps.runs import registry, snippets

LONGEST_SHOWN = 100_000
PREFIX = "limit-"


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def settings(request: TeamRequest) -> HttpResponse:
    """GET: the models as a page, for people without scripts. POST saves: the answer is the foot, or the panel for another model."""
    desk = Desk(request)
    if request.method == "GET":
        return choose_without_scripts(request, desk, reverse("moderation:settings"), reverse("moderation:new"))
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    change = desk.change(request.POST)
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("moderation:new"), status=303)
    context = {**panel_context(desk, request.POST.get("text", "")[:LONGEST_SHOWN]), "is_whole": change.is_whole}
    template = "moderation/_settings.html" if change.is_whole else "moderation/_foot.html"
    response = render(request, template, context)
    if change.is_whole:
        response["HX-Retarget"], response["HX-Reswap"] = "#safety-settings", "outerHTML"
    return response


@requires(Role.EDITOR)
@require_POST
def limits(request: TeamRequest) -> HttpResponse:
    """The limits of the team. They hold for every check, also for those that are there. `was-`: what the page showed; what was not
    touched there says nothing, since a colleague may have changed it."""
    if not may_change_limits(request.membership):
        raise PermissionDenied(Role.ADMIN)
    fields = {name: str(value) for name, value in request.POST.items() if name.startswith(PREFIX)}
    posted = {name.removeprefix(PREFIX): value for name, value in fields.items() if value != request.POST.get(f"was-{name}")}
    found, errors = save_limits(request.membership, posted)
    back = own_address(request, request.POST.get("next", ""), reverse("moderation:new"))
    if not errors and not wants_fragment(request):
        return HttpResponseRedirect(back, status=303)
    others = [name.removeprefix(PREFIX) for name in fields if name.removeprefix(PREFIX) not in found]
    context = {
        "limits": limit_lines(found, others, errors),
        "limit_errors": errors,
        "can_limit": True,
        "back": back,
        "is_saved": not errors,
    }
    status = 422 if errors else 200
    response = render_page(request, "moderation/limits.html", context, "moderation/_limits.html", status=status)
    if not errors and wants_fragment(request):
        response["HX-Trigger"] = "results-changed"
    return response


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def show_request(request: TeamRequest) -> HttpResponse:
    """The next check as curl, Python and JSON."""
    choice = Desk(request).chosen.choice
    back = reverse("moderation:new")
    if choice is None:
        return HttpResponseRedirect(back, status=303)
    text = clean(request.POST.get("text", ""))[:LONGEST_SHOWN].strip()
    lines = [line for line in text.split("\n") if line.strip()] if request.POST.get("each") == "line" else []
    params = {"input": lines if len(lines) > 1 else text or _("The text that is to be checked")}
    shown = snippets.show(registry.get(SafetyCheck.name), choice.provider, choice.model.name, params, [])
    context = {"snippets": shown, "page": _("Safety check"), "back": back}
    return render_page(request, "runs/request.html", context, "runs/_request.html")
