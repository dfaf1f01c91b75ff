"""The first page: bring or record sound, have it transcribed, find what was made."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.core.addresses import same_page
from apps.core.fragments import wants_fragment
from apps.transcription.choosing import Desk, panel_context
from apps.transcription.forms import SearchForm
from apps.transcription.judging import longest_in_words
from apps.transcription.listing import made, waiting
from apps.transcription.models import Recording

PARTS = {"made": "transcription/_made.html", "more-made": "transcription/_made_rows.html", "more-waiting": "transcription/_recordings.html"}


@requires(Role.VIEWER)
@require_safe
def new(request: TeamRequest) -> HttpResponse:
    """`?q=` and `?after=` narrow what was made, `?waiting=` goes on in what waits. For htmx only the list that was asked for."""
    part = PARTS.get(request.htmx.target or "") if wants_fragment(request) else None
    context: dict[str, Any] = {"can_write": may(request.membership, Role.EDITOR), "me": request.membership.user_id}
    if part != PARTS["more-waiting"]:
        context |= _made(request)
    if part not in (PARTS["made"], PARTS["more-made"]):
        context |= _waiting(request)
    if part is None:
        context |= panel_context(Desk(request), [row for row in context["recordings"] if _is_chosen(row, context["me"])]) | _limits()
    return render(request, part or "transcription/new.html", context)


def _is_chosen(recording: Recording, me: uuid.UUID) -> bool:
    """Those that are ticked when the page opens: one's own that can be heard."""
    is_ready = recording.state == Recording.State.READY and not recording.details.get("is_silent")
    return is_ready and recording.person_id == me


def _made(request: TeamRequest) -> dict[str, Any]:
    chosen = SearchForm(request.GET).chosen
    found, after = made(request.membership, chosen["q"], chosen["after"])
    return {"transcripts": found, "words": chosen["q"], "is_begun": "after" in request.GET, "next_made": same_page(request, after=after)}


def _waiting(request: TeamRequest) -> dict[str, Any]:
    found, after = waiting(request.membership, SearchForm(request.GET).chosen["waiting"])
    return {"recordings": found, "next_waiting": same_page(request, waiting=after)}


def _limits() -> dict[str, Any]:
    return {
        "most_bytes": settings.MAX_RECORDING_BYTES,
        "most_plain_bytes": settings.PLAIN_RECORDING_BYTES,
        "longest": longest_in_words(),
        "most_seconds": settings.MAX_RECORDING_SECONDS,
        "piece_bytes": settings.RECORDING_PIECE_BYTES,
    }
