"""The settings at the right: changing them, choosing a model without scripts."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.images.choosing import Desk
from apps.images.panels import panel_context
from apps.providers.picker import list_for

PAGES = ("make", "edit", "vary")


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def settings(request: TeamRequest, page: str) -> HttpResponse:
    """Save what was changed. The answer is the foot with the new price, or the whole panel where the model changed."""
    if page not in PAGES:
        raise Http404
    desk = Desk(request, page)
    if request.method == "GET":
        return _choose(request, desk)
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    is_whole = request.POST.get("model", "") != request.POST.get("shown.model", "") or "reset" in request.POST
    errors = {} if "reset" in request.POST else desk.take(request.POST)
    if "reset" in request.POST:
        desk.keep({name: value for name, value in desk.saved.items() if name == "model"})
    if not wants_fragment(request):
        return HttpResponseRedirect(_back(request), status=303)
    context = {**panel_context(desk, errors), "page_url": _back(request)}
    template = "images/_settings.html" if is_whole or errors else "images/_foot.html"
    response = render(request, template, {**context, "is_whole": is_whole}, status=422 if errors else 200)
    if is_whole or errors:
        response["HX-Retarget"], response["HX-Reswap"] = "#picture-settings", "outerHTML"
    return response


def _choose(request: TeamRequest, desk: Desk) -> HttpResponse:
    """The models as a page, for people without scripts."""
    context = {
        "models": list_for(desk.team, desk.kind.endpoint),
        "chosen": desk.chosen.choice,
        "action": f"{reverse('images:settings', args=[desk.page])}?back={_back(request)}",
        "back_url": _back(request),
    }
    return render(request, "providers/picker.html", context)


def _back(request: TeamRequest) -> str:
    back = request.GET.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return back if is_ours else reverse("images:new")
