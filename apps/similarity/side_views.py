"""One model of a set: how far it is, again, stop, other groups, another limit, away with it."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.core.views import error_page
from apps.similarity import services
from apps.similarity.comparing import MOST_GROUPS
from apps.similarity.forms import GroupsForm, LimitForm
from apps.similarity.models import Side
from apps.similarity.telling import with_progress

FOUND = "similarity-found"  # the event that tells the page to ask for what is below its tabs


@requires(Role.VIEWER)
@require_safe
def side(request: TeamRequest, side_id: uuid.UUID) -> HttpResponse:
    """The card as it is now, for a page that waits; else the page of its set."""
    row = _row(request, side_id)
    if not wants_fragment(request):
        return HttpResponseRedirect(_page_of(row))
    return _card(request, row)


@requires(Role.EDITOR)
@require_POST
def again(request: TeamRequest, side_id: uuid.UUID) -> HttpResponse:
    row = _row(request, side_id)
    services.try_again(row)
    return _answer(request, row)


@requires(Role.EDITOR)
@require_POST
def stop(request: TeamRequest, side_id: uuid.UUID) -> HttpResponse:
    row = _row(request, side_id)
    services.stop(row)
    return _answer(request, row)


@requires(Role.EDITOR)
@require_POST
def groups(request: TeamRequest, side_id: uuid.UUID) -> HttpResponse:
    """So many groups; with nothing typed as many as fit."""
    row, form = _row(request, side_id), GroupsForm(request.POST)
    if not form.is_valid():
        return _refuse(request, _("Type a number of groups from 1 to %(most)s, or nothing.") % {"most": MOST_GROUPS})
    services.wish(row, groups=form.cleaned_data["groups"])
    return HttpResponseRedirect(_page_of(row, tab="groups"), status=303)


@requires(Role.EDITOR)
@require_POST
def limit(request: TeamRequest, side_id: uuid.UUID) -> HttpResponse:
    row, form = _row(request, side_id), LimitForm(request.POST)
    if not form.is_valid():
        return _refuse(request, _("Type a limit from 0.01 to 1, for example 0.95."))
    services.wish(row, limit=float(form.cleaned_data["limit"]))
    return HttpResponseRedirect(_page_of(row, tab="same"), status=303)


@requires(Role.EDITOR)
@require_POST
def remove(request: TeamRequest, side_id: uuid.UUID) -> HttpResponse:
    row = _row(request, side_id)
    if not services.remove_side(row):
        return _refuse(request, _("This is the only model of these rows, or it is being asked. Delete the rows, or wait."), 409)
    return HttpResponseRedirect(_page_of(row), status=303)


def _refuse(request: TeamRequest, sentence: str, status: int = 422) -> HttpResponse:
    return error_page(request, status, _("This cannot be done"), sentence)


def _answer(request: TeamRequest, row: Side) -> HttpResponse:
    if not wants_fragment(request):
        return HttpResponseRedirect(_page_of(row), status=303)
    row.refresh_from_db()
    return _card(request, row)


def _card(request: TeamRequest, row: Side) -> HttpResponse:
    """When something was found since the card was shown, the page is told."""
    [told] = with_progress([row])
    context: dict[str, Any] = {"side": told, "can_write": may(request.membership, Role.EDITOR), "has_others": row.set.sides.count() > 1}
    response = render(request, "similarity/_side.html", context)
    seen = request.GET.get("found", "")
    if seen != str(len(told.found)) or not row.is_busy:  # type: ignore[attr-defined]  # told
        response["HX-Trigger"] = FOUND
    return response


def _page_of(row: Side, **query: str) -> str:
    address = reverse("similarity:set", args=[row.set_id])
    return f"{address}?{urlencode(query)}" if query else address


def _row(request: TeamRequest, side_id: uuid.UUID) -> Side:
    rows = Side.objects.select_related("set", "provider").filter(set__deleted_at=None)
    row: Side = get_visible(request.membership, rows, side_id)
    return row
