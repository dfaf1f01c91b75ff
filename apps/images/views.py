"""Making pictures from words."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, may, requires, visible
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.images.answering import REFUSALS, accepted, refused, sentence_of
from apps.images.choosing import Desk
from apps.images.forms import MakeForm
from apps.images.operations import MakePictures
from apps.images.panels import panel_context
from apps.images.services import Wish, make_pictures
from apps.images.starters import STARTERS, beginning_of
from apps.runs.models import Run

SHOWN = 6  # calls below the form; the gallery has all


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def new(request: TeamRequest) -> HttpResponse:
    """The form, and below it what this person had made last. `?like=<picture>` begins with its words and settings."""
    desk = Desk(request, "make")
    if request.method == "POST":
        return _make(request, desk)
    description = beginning_of(request, desk)
    return render(request, "images/new.html", _context(request, desk, description))


def _make(request: TeamRequest, desk: Desk) -> HttpResponse:
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    errors = desk.take(request.POST)
    form = MakeForm(request.POST, facts=desk.chosen.choice.facts if desk.chosen.choice else None)
    if not form.is_valid() or errors:
        return _refuse(request, desk, form.sentence, errors, 422)
    try:
        run = make_pictures(request.membership, Wish(form.cleaned_data["prompt"], desk.chosen, form.run_key))
    except REFUSALS as error:
        return _refuse(request, desk, sentence_of(error), {}, 409)
    return accepted(request, run, f"{reverse('images:new')}#run-{run.pk}")


def _refuse(request: TeamRequest, desk: Desk, sentence: str, errors: dict[str, str], status: int) -> HttpResponse:
    sentence = sentence or next(iter(errors.values()), "")
    if wants_fragment(request):
        return refused(request, sentence, status)
    context = _context(request, desk, request.POST.get("prompt", ""), errors)
    return render(request, "images/new.html", {**context, "error": sentence}, status=status)


def _context(request: TeamRequest, desk: Desk, description: str, errors: dict[str, str] | None = None) -> dict[str, object]:
    mine = visible(request.membership, Run.objects.filter(operation=MakePictures.name, person=request.membership.user_id))
    runs = list(mine.defer("request", "response").order_by("-pk")[:SHOWN])
    return {
        **panel_context(desk, errors),
        "description": description,
        "runs": runs,
        "active": [run.pk for run in runs if run.is_active],
        "starters": STARTERS,
    }
