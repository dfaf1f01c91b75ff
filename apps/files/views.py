"""The list of files, and one file with what is known of it."""

import json
import uuid
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires, visible
from apps.accounts.bin import BIN_DAYS
from apps.accounts.models import Role, User
from apps.core.addresses import same_page
from apps.core.fragments import render_page, wants_fragment
from apps.core.listing import as_id
from apps.files.finding import HERE, NOT_SEEN, SORTS, Filters, leaving
from apps.files.models import File, Kind
from apps.files.places import can_expire, offered
from apps.files.purposes import OFFERED
from apps.files.telling import STATES, sent_of, status_of
from apps.providers.models import Provider

ORDERS: Final = (  # word of the address, and what it says where the heads of the table have no room
    ("", gettext_lazy("Newest first")),
    ("added", gettext_lazy("Oldest first")),
    ("name", gettext_lazy("Name, A to Z")),
    ("-name", gettext_lazy("Name, Z to A")),
    ("-size", gettext_lazy("Largest first")),
    ("size", gettext_lazy("Smallest first")),
)


@requires(Role.VIEWER)
@require_safe
def listed(request: TeamRequest) -> HttpResponse:
    """Filters, order and place are in the address. For htmx only the table. `?file=` opens that one beside it."""
    filters = Filters(request.GET, request.membership)
    context = _list_context(request, filters)
    if wants_fragment(request):
        return render(request, "files/_list.html", context)
    places = offered(request.membership)
    context |= _offers(request, filters, places) | {"file": _chosen(request)}
    return render_page(request, "files/list.html", context, "files/_list.html")


def _list_context(request: TeamRequest, filters: Filters) -> dict[str, Any]:
    files, after = filters.page()
    totals = filters.totals()
    return {
        "filters": filters,
        "files": files,
        "sent": sent_of(files),
        "totals": totals,
        "found": filters.count() if filters.is_narrowing else totals.files if totals.is_counted else None,
        "next_page": _with(request, after=after) if after else "",
        "is_begun": bool(filters.after),
        "sorts": [_sort(request, filters, name) for name in SORTS],
        "can_write": may(request.membership, Role.EDITOR),
        "bin_days": BIN_DAYS,
        "here": request.get_full_path() if not wants_fragment(request) else _with(request, after=""),
    }


@requires(Role.VIEWER)
@require_safe
def totals(request: TeamRequest) -> HttpResponse:
    """How many files there are, how large, and where: for the head of the list, which asks when something has changed."""
    filters = Filters(request.GET, request.membership)
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("files:list"))
    return render(request, "files/_totals.html", {"filters": filters, "totals": filters.totals(is_patient=True)})


def _sort(request: TeamRequest, filters: Filters, name: str) -> dict[str, str]:
    """A head of the table: how it is sorted now, and the address that sorts by it, or turns it round."""
    is_now = filters.sort.lstrip("-") == name and not filters.is_bin
    is_down = filters.sort.startswith("-") if is_now else not SORTS[name][1]
    order = {True: "descending", False: "ascending"}[filters.sort.startswith("-")] if is_now else "none"
    return {"name": name, "order": order, "url": _with(request, sort=name if is_down else f"-{name}", after="")}


def _offers(request: TeamRequest, filters: Filters, places: list[Provider]) -> dict[str, Any]:
    """What can be chosen, in the filters and for what is brought."""
    chosen = filters.place
    shown = [(str(place.pk), place.name) for place in places]
    if chosen and chosen != HERE and chosen not in dict(shown):  # it narrows, so it is seen
        shown += [
            (str(pk), name)
            for pk, name in Provider.objects.filter(pk=chosen, files__team=request.membership.team)[:1].values_list("pk", "name")
        ]
    return {
        "places": places,
        "places_shown": shown,
        "expiring": [place.pk for place in places if can_expire(place)],
        "purposes": OFFERED,
        "orders": ORDERS,
        "states": STATES.items(),
        "kinds": Kind.choices,
        "people": User.objects.filter(memberships__team=request.membership.team_id).order_by("name", "email"),
        "leaving": leaving(request.membership),
        "most_bytes": settings.MAX_FILE_BYTES,
        "most_plain_bytes": settings.PLAIN_FILE_BYTES,
        "piece_bytes": settings.FILE_PIECE_BYTES,
    }


def _with(request: TeamRequest, **changed: str) -> str:
    """The address of this list with something else in its query; nothing of which file is open."""
    query = request.GET.copy()
    for name, value in {**changed, "file": ""}.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _chosen(request: TeamRequest) -> File | None:
    """The one that the address opens beside the list; a word that is none opens nothing."""
    wanted = request.GET.get("file", "")
    rows = visible(request.membership, all_files())
    return rows.filter(pk=as_id(wanted)).first() if wanted else None


def all_files() -> Any:
    """Files of all teams with what a row and a panel show of them, deleted ones too."""
    return File.objects.select_related("provider", "person").defer(*NOT_SEEN)


@requires(Role.VIEWER)
@require_safe
def file(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """All that is known of it: a page of its own, or for htmx the panel beside the list."""
    found = get_visible(request.membership, all_files(), file_id)
    return render_page(request, "files/file.html", context_of(request, found), "files/_panel.html")


@requires(Role.VIEWER)
@require_safe
def row(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """Its row in the list; as a page of its own the file. A row whose file was deleted meanwhile says so and leaves."""
    if not wants_fragment(request):
        found = get_visible(request.membership, all_files().filter(deleted_at=None), file_id)
        return render_page(request, "files/file.html", context_of(request, found), "files/_row.html")
    row = visible(request.membership, all_files()).filter(pk=file_id).first()
    if row is None or row.deleted_at is not None:
        return told_of_change(render(request, "files/_left.html", {"file": row}))
    response = render(request, "files/_row.html", context_of(request, row))
    return response if status_of(row).is_going_on else told_of_change(response)


def told_of_change(response: HttpResponse, **events: str) -> HttpResponse:
    """Other parts of the page hear that the files of the team are not what they were."""
    response["HX-Trigger"] = json.dumps({"files-changed": True, **events})
    return response


def context_of(request: TeamRequest, found: File) -> dict[str, Any]:
    back = same_page(request, file="") or request.path
    return {
        "file": found,
        "sent": sent_of([found]),
        "can_write": may(request.membership, Role.EDITOR),
        "bin_days": BIN_DAYS,
        "here": back,
    }
