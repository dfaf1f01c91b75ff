"""Changing a picture, and making more like it."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, get_visible, may, requires, visible
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.images.answering import REFUSALS, accepted, refused, sentence_of
from apps.images.choosing import Desk
from apps.images.forms import EditForm, VaryForm, WishForm
from apps.images.masking import coverage_asked, saved_masks
from apps.images.models import Picture
from apps.images.operations import PARENT, EditPicture, VaryPicture
from apps.images.panels import panel_context, references_context
from apps.images.sending import TooLarge, most_references
from apps.images.services import Change, Wish, edit_picture, vary_picture
from apps.images.starters import words_to_begin_with
from apps.runs.models import Run

SHOWN = 20  # calls in the strip; the gallery has all


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def edit(request: TeamRequest, picture_id: uuid.UUID) -> HttpResponse:
    """The painter, the wish, and below them what became of this picture so far."""
    return _page(request, _picture(request, picture_id), Desk(request, "edit"))


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def variations(request: TeamRequest, picture_id: uuid.UUID) -> HttpResponse:
    """More like this."""
    return _page(request, _picture(request, picture_id), Desk(request, "vary"))


def _picture(request: TeamRequest, picture_id: uuid.UUID) -> Picture:
    return get_visible(request.membership, Picture.objects.alive(), picture_id)


def _page(request: TeamRequest, picture: Picture, desk: Desk) -> HttpResponse:
    if request.method == "GET":
        return render(request, f"images/{desk.page}.html", _context(request, picture, desk, words_to_begin_with(request)))
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    errors = desk.take(request.POST)
    facts = desk.chosen.choice.facts if desk.chosen.choice else None
    form = (EditForm if desk.page == "edit" else VaryForm)(request.POST, request.FILES, facts=facts)
    if not form.is_valid() or errors:
        return _refuse(request, picture, desk, form.sentence or next(iter(errors.values())), 422)
    try:
        run = (_edit if desk.page == "edit" else _vary)(request, picture, desk, form)
    except REFUSALS as error:
        return _refuse(request, picture, desk, sentence_of(error), 409, is_too_large=isinstance(error, TooLarge))
    return accepted(request, run, f"{_url(desk, picture)}#run-{run.pk}")


def _edit(request: TeamRequest, picture: Picture, desk: Desk, form: WishForm) -> Run:
    data = form.cleaned_data
    coverage = coverage_asked(request.membership, picture, data)
    references = _references(request, data["references"], desk)
    change = Change(coverage, data["keep_outside"], references, data["shrink"])
    return edit_picture(request.membership, picture, Wish(data["prompt"], desk.chosen, form.run_key), change)


def _vary(request: TeamRequest, picture: Picture, desk: Desk, form: WishForm) -> Run:
    data = form.cleaned_data
    wish = Wish(data["prompt"], desk.chosen, form.run_key)
    return vary_picture(request.membership, picture, wish, may_shrink=data["shrink"])


def _references(request: TeamRequest, ids: list[uuid.UUID], desk: Desk) -> list[Picture]:
    """In the order they were put; a foreign id is a missing one."""
    most = most_references(desk.chosen.choice.facts) if desk.chosen.choice else 0
    return [get_visible(request.membership, Picture.objects.alive(), pk) for pk in ids[:most]]


def _refuse(request: TeamRequest, picture: Picture, desk: Desk, sentence: str, status: int, **told: Any) -> HttpResponse:
    if wants_fragment(request):
        return refused(request, sentence, status, form_id="edit-form" if desk.page == "edit" else "wish-form", **told)
    context = _context(request, picture, desk, request.POST.get("prompt", ""))
    return render(request, f"images/{desk.page}.html", {**context, "error": sentence, **told}, status=status)


def _context(request: TeamRequest, picture: Picture, desk: Desk, description: str) -> dict[str, Any]:
    operation = EditPicture.name if desk.page == "edit" else VaryPicture.name
    of_picture = Run.objects.filter(parent_kind=PARENT, parent_id=picture.pk, operation=operation)
    runs = list(visible(request.membership, of_picture).defer("request", "response").order_by("-pk")[:SHOWN])
    return {
        **panel_context(desk),
        "picture": picture,
        "picture_id": picture.pk,
        "picture_url": f"{reverse('images:file', args=[picture.pk])}?inline",
        "page_url": _url(desk, picture),
        "description": description.replace("\x00", "")[:32_000],
        "runs": runs,
        "active": [run.pk for run in runs if run.is_active],
        "masks": saved_masks(request.membership),
        **references_context(desk, {"references": ",".join(request.GET.getlist("reference"))}),
    }


def _url(desk: Desk, picture: Picture) -> str:
    return reverse("images:edit" if desk.page == "edit" else "images:variations", args=[picture.pk])
