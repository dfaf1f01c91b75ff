"""What else is made of a transcript: heard again by another model, compared, translated, asked about."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, requires
from apps.accounts.models import Role
from apps.core.handing import Handed, TooMuch, hand_over
from apps.providers.chosen import NoModel
from apps.providers.languages import CODES
from apps.runs.services import KeyReused, key_of
from apps.transcription import services, translating
from apps.transcription.choosing import HEARING, Desk
from apps.transcription.differences import difference
from apps.transcription.finding import transcript_of
from apps.transcription.models import Transcript, Translation
from apps.transcription.reading import segments_of, spoken_of
from apps.transcription.subtitles.plain import write_text


@requires(Role.EDITOR)
@require_POST
def versions(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """The same recording heard by another model, with the settings of the first page as far as that takes them."""
    row = transcript_of(request, transcript_id)
    saved = {**Desk(request).saved, "model": request.POST.get("model", "")}
    chosen = HEARING.read(row.team, saved)
    if chosen.choice is None or str(chosen.choice.model.pk) != saved["model"]:
        return _back(request, row, _("This model is not there any more. Choose another one."))
    try:
        (made,) = services.start_transcripts(request.membership, [row.recording], chosen, key_of(request.POST.get("key", "")))
    except KeyReused:
        return _back(request, row, str(KeyReused.sentence))
    return HttpResponseRedirect(reverse("transcription:transcript", args=[made.pk]), status=303)


@requires(Role.VIEWER)
@require_safe
def compare(request: TeamRequest, transcript_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """What the other model heard differently. The first is taken for right."""
    first, second = transcript_of(request, transcript_id), transcript_of(request, other_id)
    if first.recording_id != second.recording_id:
        raise Http404
    found = difference(_words(first), _words(second))
    return render(request, "transcription/compare.html", {"first": first, "second": second, "found": found, "percent": found.rate * 100})


def _words(row: Transcript) -> str:
    return "\n".join(row.segments.values_list("text", flat=True))


@requires(Role.EDITOR)
@require_POST
def translate(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    row = transcript_of(request, transcript_id)
    language = request.POST.get("language", "")
    if language not in CODES or not row.segments.exists():
        return _back(request, row, _("Choose a language first.") if row.segments.exists() else _("There is nothing to translate yet."))
    try:
        made = translating.translate(request.membership, row, language, key_of(request.POST.get("key", ""))[:60])
    except NoModel:
        return _back(request, row, str(NoModel.sentence))
    except KeyReused:
        return _back(request, row, str(KeyReused.sentence))
    return HttpResponseRedirect(f"{_url(row)}?in={made.pk}", status=303)


@requires(Role.VIEWER)
@require_safe
def translation(request: TeamRequest, translation_id: uuid.UUID) -> HttpResponse:
    """The transcript with this column."""
    row = _translation(request, translation_id)
    return HttpResponseRedirect(f"{_url(row.transcript)}?in={row.pk}")


@requires(Role.EDITOR)
@require_POST
def translate_again(request: TeamRequest, translation_id: uuid.UUID) -> HttpResponse:
    """What is missing of it, once more."""
    row = _translation(request, translation_id)
    translating.try_again(row)
    return HttpResponseRedirect(f"{_url(row.transcript)}?in={row.pk}", status=303)


@requires(Role.EDITOR)
@require_POST
def ask(request: TeamRequest, transcript_id: uuid.UUID) -> HttpResponse:
    """A chat that has the transcript in its instructions."""
    row = transcript_of(request, transcript_id)
    text = write_text(spoken_of(row, segments_of(row)), has_names=True)
    try:
        url = hand_over("chat", request, Handed(str(row.recording), text))
    except TooMuch as error:
        return _back(request, row, str(error))
    return HttpResponseRedirect(url, status=303)


def _translation(request: TeamRequest, translation_id: uuid.UUID) -> Translation:
    found = Translation.objects.select_related("transcript__recording", "heard").filter(pk=translation_id).first()
    if found is None:
        raise Http404
    get_visible(request.membership, Transcript.objects.alive(), found.transcript_id)
    return found


def _back(request: TeamRequest, row: Transcript, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(_url(row), status=303)


def _url(row: Transcript) -> str:
    return reverse("transcription:transcript", args=[row.pk])
