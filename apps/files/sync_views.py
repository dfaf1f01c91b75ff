"""Reading the lists of providers: begun by a click, told while it goes on."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.files.models import Sync
from apps.files.syncing import OPEN, providers_of, sync_all
from apps.files.syncing import sync as begin_sync


@requires(Role.VIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def sync(request: TeamRequest) -> HttpResponse:
    """GET: how it stands. POST: all lists, or that of one `provider`, are read now; one that is being read is not begun twice."""
    if request.method == "POST":
        return _begin(request)
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("files:list"))
    return _shown(request)


@requires(Role.EDITOR)
def _begin(request: TeamRequest) -> HttpResponse:
    wanted = request.POST.get("provider", "")
    places = [place for place in providers_of(request.membership) if not wanted or str(place.pk) == wanted]
    if wanted:
        for place in places:
            begin_sync(request.membership, place)
    else:
        sync_all(request.membership)
    if wants_fragment(request):
        return _shown(request)
    messages.success(request, _("The lists are being read.") if places else _("No provider of this team keeps files."))
    return HttpResponseRedirect(reverse("files:list"), status=303)


def _shown(request: TeamRequest) -> HttpResponse:
    answer = render(request, "files/_sync.html", {"can_write": may(request.membership, Role.EDITOR)})
    if request.method != "POST" and not Sync.objects.filter(team=request.membership.team, state__in=OPEN).exists():
        answer["HX-Trigger"] = "files-synced"  # the list on the page is read again
    return answer
