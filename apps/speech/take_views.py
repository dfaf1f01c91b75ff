"""One voice of a text: how far it is, its sound, again, stop."""

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.core.serving import served
from apps.speech import services
from apps.speech.models import Take
from apps.speech.telling import file_name, with_pieces
from sound import FORMATS


@requires(Role.VIEWER)
@require_safe
def take(request: TeamRequest, take_id: uuid.UUID) -> HttpResponse:
    """The card as it is now, for a page that waits; else the page of its text."""
    row = _row(request, take_id)
    if not wants_fragment(request):
        return HttpResponseRedirect(_page_of(row))
    return _card(request, row)


@requires(Role.VIEWER)
@require_safe
def file(request: TeamRequest, take_id: uuid.UUID) -> HttpResponseBase:
    """The sound; in place for players, else as a file."""
    row = _row(request, take_id)
    if not row.file:
        return HttpResponse(status=404)
    kind = FORMATS[row.format].content_type
    return served(row.file, kind, file_name(row), is_shown="inline" in request.GET, request=request)


@requires(Role.EDITOR)
@require_POST
def again(request: TeamRequest, take_id: uuid.UUID) -> HttpResponse:
    row = _row(request, take_id)
    services.try_again(row)
    return _answer(request, row)


@requires(Role.EDITOR)
@require_POST
def stop(request: TeamRequest, take_id: uuid.UUID) -> HttpResponse:
    row = _row(request, take_id)
    services.stop(row)
    return _answer(request, row)


def _answer(request: TeamRequest, row: Take) -> HttpResponse:
    if not wants_fragment(request):
        return HttpResponseRedirect(_page_of(row), status=303)
    row.refresh_from_db()
    return _card(request, row)


def _card(request: TeamRequest, row: Take) -> HttpResponse:
    template = "speech/_sample.html" if row.speech.is_sample else "speech/_take.html"
    context = {"take": with_pieces([row])[0], "can_write": may(request.membership, Role.EDITOR), "is_asked": "asked" in request.GET}
    return render(request, template, context)


def _page_of(row: Take) -> str:
    return f"{reverse('speech:speech', args=[row.speech_id])}#take-{row.pk}"


def _row(request: TeamRequest, take_id: uuid.UUID) -> Take:
    rows = Take.objects.select_related("speech").filter(speech__deleted_at=None)
    row: Take = get_visible(request.membership, rows, take_id)
    return row
