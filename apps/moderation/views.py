"""The first page of the safety check: what is to be checked, and what was checked before."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

import rows
from apps.accounts.access import TeamRequest, get_visible, may, requires, visible
from apps.accounts.models import Membership, Role
from apps.core.addresses import same_page
from apps.core.fragments import go_to, refuse, wants_fragment
from apps.core.listing import page_by_id, searched
from apps.core.lists import words_of
from apps.core.storing import DiskFull
from apps.moderation import services
from apps.moderation.choosing import Desk, panel_context
from apps.moderation.forms import Refused, read_form
from apps.moderation.models import Check, Judging
from apps.moderation.services import Wish
from apps.moderation.starters import STARTERS, starter
from apps.providers.choices import ModelChoice
from apps.providers.chosen import NoModel
from apps.runs.services import KeyReused, fresh_key, key_of

ON_A_PAGE: Final = 30
ERROR: Final = "#check-error"
FULL: Final = gettext_lazy("There is no room for it on this server. Ask who runs it to make some, then try again.")


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def new(request: TeamRequest) -> HttpResponse:
    """The form, and below it what the team had checked. `?like=<id>` begins with that text, `?example=<name>` with an example."""
    desk = Desk(request)
    if request.method == "POST":
        return _check(request, desk)
    if wants_fragment(request) and "after" in request.GET:
        return render(request, "moderation/_checked_rows.html", _checked(request))
    return render(request, "moderation/new.html", _context(request, desk, _beginning(request)))


def _check(request: TeamRequest, desk: Desk) -> HttpResponse:
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    if "model" in request.POST:
        desk.take(request.POST)
    choice = desk.chosen.choice
    if choice is None:
        return _refuse(request, desk, str(NoModel.sentence), 409)
    try:
        check = _begun(request, choice)
    except Refused as error:
        return _refuse(request, desk, str(error), 422)
    except rows.Unreadable as error:
        return _refuse(request, desk, words_of(error), 422)
    except KeyReused:
        return _refuse(request, desk, _("This page has sent something else already. Press Check again to have this checked."), 409)
    except DiskFull:
        return _refuse(request, desk, str(FULL), 507)
    return go_to(request, reverse("moderation:check", args=[check.pk]))


def _begun(request: TeamRequest, choice: ModelChoice) -> Check:
    """Raises Refused, Unreadable, KeyReused, DiskFull."""
    key = key_of(request.POST.get("key", ""))
    files = request.FILES.getlist("file")
    found = read_form(request.POST, files, takes_pictures=choice.facts.takes("image_url"), model=choice.label)
    if isinstance(found, Wish):
        return services.begin(request.membership, found, choice, key)
    return services.keep_file(request.membership, found, key)


def _refuse(request: TeamRequest, desk: Desk, sentence: str, status: int) -> HttpResponse:
    if wants_fragment(request):
        return refuse(request, sentence, status, ERROR, "moderation/_refusal.html", key=fresh_key())
    context = _context(request, desk, request.POST.get("text", ""))
    return render(request, "moderation/new.html", {**context, "each": request.POST.get("each", ""), "error": sentence}, status=status)


def _beginning(request: TeamRequest) -> str:
    like, chosen = request.GET.get("like", ""), starter(request.GET.get("example", ""))
    if chosen:
        return str(chosen.text)
    if not like:
        return ""
    first = get_visible(request.membership, Check.objects.alive(), like).rows.first()
    return first.text if first else ""


def _context(request: TeamRequest, desk: Desk, text: str) -> dict[str, Any]:
    chosen = starter(request.GET.get("example", ""))
    return {**panel_context(desk, text), **_checked(request), "text": text, "starters": STARTERS, "each": chosen.each if chosen else ""}


def _checked(request: TeamRequest) -> dict[str, Any]:
    words = searched(request)
    found, last = page_by_id(_rows(request.membership, words), request.GET.get("after", ""), ON_A_PAGE)
    following = same_page(request, after=last) if last else ""
    return {"checks": found, "next_checks": following, "words": words}


def _rows(membership: Membership, words: str) -> Any:
    found = visible(membership, Check.objects.alive())
    if words:
        found = found.filter(name__icontains=words)
    judgings = Judging.objects.only("model", "model_label", "state", "check_of", "position")
    return found.select_related("person").prefetch_related(Prefetch("judgings", judgings))
