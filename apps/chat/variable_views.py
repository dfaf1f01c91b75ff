"""The form above the composer that asks for the values of variables."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Role
from apps.chat import variables
from apps.chat.forms import LONGEST_MESSAGE
from apps.chat.places import Place, place_of
from apps.core.fragments import wants_fragment


@requires(Role.EDITOR)
@require_POST
def ask(request: TeamRequest, conversation_id: uuid.UUID | None = None) -> HttpResponse:
    """The form for what stands in the composer now. What was filled in so far is kept."""
    place = place_of(request, conversation_id)
    message = request.POST.get("message", "")[:LONGEST_MESSAGE]
    keep_values(place, message)
    if not wants_fragment(request):
        return HttpResponseRedirect(place.url, status=303)
    return render(request, "chat/_variables.html", {"place": place, **form_context(place, message)})


def keep_values(place: Place, message: str) -> None:
    """Save what the posted form says of the names in this message and the instructions."""
    if not place.may_write:
        raise PermissionDenied(Role.EDITOR)
    saved = variables.read(place.settings, place.request.POST.dict(), (place.instructions, message))
    if saved != place.settings:
        place.save(settings=saved)


def form_context(place: Place, message: str, is_refused: bool = False) -> dict[str, Any]:
    """What `chat/_variables.html` needs beside `place`."""
    saved = place.settings
    fields = variables.asked(saved, place.instructions, message, is_refused=is_refused)
    return {"variables": fields, "as_written": bool(saved.get("as_written"))}
