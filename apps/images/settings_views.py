"""The settings at the right: changing them, choosing a model without scripts, and looking at the request they make."""

import pathlib
import uuid
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.models import Role
from apps.core.addresses import own_address
from apps.core.fragments import render_page, wants_fragment
from apps.images.choosing import Desk
from apps.images.forms import LONGEST_DESCRIPTION
from apps.images.models import Picture
from apps.images.operations import EditPicture, MakePictures, VaryPicture
from apps.images.panels import panel_context, references_context
from apps.images.pictures.encoding import PNG
from apps.images.sending import MOST_FILES
from apps.images.services import Wish, shown_params
from apps.providers.desks import choose_without_scripts
from apps.runs import registry, snippets
from apps.runs.operations import InputFile

OPERATIONS: Final = {"make": MakePictures.name, "edit": EditPicture.name, "vary": VaryPicture.name}
PAGES: Final = tuple(OPERATIONS)


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
    change = desk.change(request.POST)
    if not wants_fragment(request):
        return HttpResponseRedirect(_back(request), status=303)
    back = _back(request)
    context = {
        **panel_context(desk, change.errors),
        "page_url": back,
        "picture_id": _picture_of(back),
        **references_context(desk, request.POST),
    }
    template = "images/_settings.html" if change.is_whole else "images/_foot.html"
    response = render(request, template, {**context, "is_whole": change.is_whole}, status=422 if change.errors else 200)
    if change.is_whole:
        response["HX-Retarget"], response["HX-Reswap"] = "#picture-settings", "outerHTML"
    return response


def _choose(request: TeamRequest, desk: Desk) -> HttpResponse:
    back = _back(request)
    return choose_without_scripts(request, desk, f"{reverse('images:settings', args=[desk.page])}?back={back}", back)


def _back(request: TeamRequest) -> str:
    return own_address(request, request.GET.get("back", ""), reverse("images:new"))


def _picture_of(address: str) -> uuid.UUID | None:
    """The picture that a page of ours is about."""
    try:
        return resolve(address).kwargs.get("picture_id")
    except Resolver404:
        return None


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def show_request(request: TeamRequest, page: str) -> HttpResponse:
    """The next call as curl, Python and JSON, with what stands in the form. `?picture=`: the one it begins with."""
    if page not in PAGES:
        raise Http404
    desk = Desk(request, page)
    choice = desk.chosen.choice
    if choice is None:
        return HttpResponseRedirect(_back(request), status=303)
    begun_with = request.GET.get("picture", "")
    picture = get_visible(request.membership, Picture.objects.alive(), begun_with) if begun_with else None
    words = request.POST.get("prompt", "").strip()[:LONGEST_DESCRIPTION] or _("What the picture shows")
    params = shown_params(page, Wish(words, desk.chosen, ""), picture)
    shown = snippets.show(registry.get(OPERATIONS[page]), choice.provider, choice.model.name, params, _named_files(request, page))
    context = {"snippets": shown, "page": _("Images"), "back": _back(request)}
    return render_page(request, "runs/request.html", context, "runs/_request.html")


def _named_files(request: TeamRequest, page: str) -> list[InputFile]:
    """The files that would go along, by the names under which they are sent."""
    if page == "make":
        return []
    pictures = 1 + len([each for each in request.POST.get("references", "").split(",") if each.strip()][:MOST_FILES])
    files = [InputFile("input", pathlib.Path(), f"image-{number}.png", PNG) for number in range(1, pictures + 1)]
    return [*files, InputFile("mask", pathlib.Path(), "mask.png", PNG)] if page == "edit" else files
