"""A text that was spoken: its takes side by side, another voice, its name, deleting and bringing back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.models import Role
from apps.providers.chosen import NoModel
from apps.speech import services
from apps.speech.bin import SPEECHES
from apps.speech.choosing import Desk, clean_voices, price_context, voices_of
from apps.speech.forms import no_voice
from apps.speech.models import Speech
from apps.speech.telling import with_pieces

LONGEST_NAME = 200


@requires(Role.VIEWER)
@require_safe
def speech(request: TeamRequest, speech_id: uuid.UUID) -> HttpResponse:
    return _page(request, _row(request, speech_id))


def _page(request: TeamRequest, row: Speech, error: str = "", status: int = 200) -> HttpResponse:
    chosen = Desk(request).chosen
    spoken = list(row.takes.defer("peaks"))
    used = {take.voice for take in spoken}
    voices = voices_of(chosen.choice.facts) if chosen.choice else []
    context: dict[str, Any] = {
        "speech": row,
        "takes": with_pieces(spoken),
        "voices": [voice for voice in voices if voice not in used] or voices,
        "has_list": bool(voices),
        "chosen": chosen,
        **price_context(request.membership, chosen.choice, len(row.text)),
        "error": error,
        "can_write": may(request.membership, Role.EDITOR),
    }
    return render(request, "speech/speech.html", context, status=status)


@requires(Role.EDITOR)
@require_POST
def add_voice(request: TeamRequest, speech_id: uuid.UUID) -> HttpResponse:
    """The same text in one more voice, as the first page is set. The page says how many there are, so that a double click asks for one."""
    row = _row(request, speech_id)
    desk = Desk(request)
    choice, voice = desk.chosen.choice, next(iter(clean_voices([request.POST.get("voice", "")])), "")
    if choice is None:
        return _page(request, row, str(NoModel.sentence), 409)
    if not services.has_voice(choice, voice):
        return _page(request, row, no_voice(voice), 422)
    services.add_take_once(request.membership, row, voice, choice, desk.chosen.parameters, request.POST.get("count", ""))
    return HttpResponseRedirect(reverse("speech:speech", args=[row.pk]), status=303)


@requires(Role.EDITOR)
@require_POST
def rename(request: TeamRequest, speech_id: uuid.UUID) -> HttpResponse:
    """Nothing typed: it is called by its first words again."""
    row = _row(request, speech_id)
    typed = "".join(letter if letter.isprintable() else " " for letter in request.POST.get("name", ""))
    row.name = " ".join(typed.split())[:LONGEST_NAME] or services.name_of(row.text)
    row.save(update_fields=["name"])
    return HttpResponseRedirect(reverse("speech:speech", args=[row.pk]), status=303)


@requires(Role.EDITOR)
@require_POST
def delete(request: TeamRequest, speech_id: uuid.UUID) -> HttpResponse:
    row = get_visible(request.membership, Speech.objects.all(), speech_id)
    if SPEECHES.put_away(request.membership, [row.pk]):
        messages.info(request, mark_safe(render_to_string("speech/_deleted_toast.html", {"speech": row}, request)))  # noqa: S308
    return HttpResponseRedirect(reverse("speech:new"), status=303)


@requires(Role.EDITOR)
@require_POST
def restore(request: TeamRequest, speech_id: uuid.UUID) -> HttpResponse:
    row = get_visible(request.membership, Speech.objects.all(), speech_id)
    SPEECHES.bring_back(request.membership, [row.pk])
    return HttpResponseRedirect(reverse("speech:speech", args=[row.pk]), status=303)


def _row(request: TeamRequest, speech_id: uuid.UUID) -> Speech:
    row: Speech = get_visible(request.membership, Speech.objects.alive(), speech_id)
    return row
