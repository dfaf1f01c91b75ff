"""What the three pages answer when something was asked of them: the new card, or why there is none."""

from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from apps.accounts.access import TeamRequest
from apps.core.fragments import refuse, wants_fragment
from apps.images.pictures.unusable import Unusable
from apps.images.sending import TooLarge
from apps.providers.chosen import NoModel
from apps.runs.models import Run
from apps.runs.services import KeyReused, TooManyRuns, fresh_key

SENTENCES: Final[dict[type[Exception], Any]] = {
    KeyReused: KeyReused.sentence,
    TooManyRuns: _("You have as many calls under way as one person may have. Wait for one of them, or stop one in History."),
    NoModel: NoModel.sentence,
}
REFUSALS: Final = (*SENTENCES, Unusable, TooLarge)


def sentence_of(error: Exception) -> str:
    return str(SENTENCES.get(type(error), error))


def accepted(request: TeamRequest, run: Run, url: str) -> HttpResponse:
    """The card of the new call for a page that is open; else the page."""
    if not wants_fragment(request):
        return HttpResponseRedirect(url, status=303)
    return render(request, "images/_started.html", {"run": run, "key": fresh_key()})


def refused(request: TeamRequest, sentence: str, status: int, **context: Any) -> HttpResponse:
    """Why nothing was started. What was typed and painted stays where it is."""
    return refuse(request, sentence, status, "#wish-error", "images/_refusal.html", **context)
