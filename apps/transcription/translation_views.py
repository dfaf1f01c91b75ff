"""A second column of a transcript: asked for, how far it is, what is missing, stop."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.providers.chosen import NoModel
from apps.providers.languages import CODES
from apps.runs.services import KeyReused, key_of
from apps.transcription import translations
from apps.transcription.finding import transcript_of
from apps.transcription.models import Transcript, Translation
from apps.transcription.reading import segments_of
from apps.transcription.starting import OPEN
from apps.transcription.translations import EnglishOnly

MORE_CAME = "translated"  # the segments are to be shown anew


@requires(Role.EDITOR)
@require_POST
def translate(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    row = transcript_of(request, transcript_id)
    language, model = request.POST.get("language", ""), request.POST.get("model", "")
    if sentence := _why_not(row, language):
        return _back(request, row, sentence)
    try:
        made = translations.translate(request.membership, row, language, model, key_of(request.POST.get("key", ""))[:60])
    except EnglishOnly:
        return _back(request, row, _("This model translates into English only. Choose another one."))
    except (NoModel, KeyReused) as refusal:
        return _back(request, row, str(refusal.sentence))
    return _to(made)


def _why_not(row: Transcript, language: str) -> str:
    if language not in CODES:
        return _("Choose a language first.")
    if row.state in OPEN:
        return _("Wait until all of it was heard, then translate.")
    return "" if row.segments.exists() else _("There is nothing to translate yet.")


@requires(Role.VIEWER)
@require_safe
def translation(request: TeamRequest, translation_id: uuid.UUID) -> HttpResponse:
    """The transcript with this column; for htmx the line that says how far it is. `?done=`: the blocks that the page has."""
    row = _translation(request, translation_id)
    if not wants_fragment(request):
        return _to(row)
    told = translations.told_of(row, segments_of(row.transcript))
    response = render(request, "transcription/_column.html", {**told, "can_write": may(request.membership, Role.EDITOR)})
    if row.state != Translation.State.WORKING or str(told.get("done", "")) != request.GET.get("done", ""):
        response["HX-Trigger-After-Swap"] = MORE_CAME
    return response


@requires(Role.EDITOR)
@require_POST
def translate_again(request: TeamRequest, translation_id: uuid.UUID) -> HttpResponse:
    """What is missing of it or older than the text, once more."""
    row = _translation(request, translation_id)
    translations.bring_up_to_date(row)
    return _to(row)


@requires(Role.EDITOR)
@require_POST
def stop_translation(request: TeamRequest, translation_id: uuid.UUID) -> HttpResponse:
    row = _translation(request, translation_id)
    translations.stop(row)
    return _to(row)


def _translation(request: TeamRequest, translation_id: uuid.UUID) -> Translation:
    found = Translation.objects.select_related("transcript__recording", "heard").filter(pk=translation_id).first()
    if found is None:
        raise Http404
    get_visible(request.membership, Transcript.objects.alive(), found.transcript_id)
    return found


def _to(row: Translation) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('transcription:transcript', args=[row.transcript_id])}?in={row.pk}", status=303)


def _back(request: TeamRequest, row: Transcript, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("transcription:transcript", args=[row.pk]), status=303)
