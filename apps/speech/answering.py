"""What the pages answer when something was asked of them."""

from typing import Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from apps.accounts.access import TeamRequest
from apps.core.fragments import wants_fragment

NO_MODEL: Final = _("No model can do this yet. Add a provider in Settings that has one.")


def go_to(request: TeamRequest, url: str) -> HttpResponse:
    """A page, also for htmx."""
    if not wants_fragment(request):
        return HttpResponseRedirect(url, status=303)
    response = HttpResponse()
    response["HX-Redirect"] = url
    return response


def refused(request: TeamRequest, sentence: str, status: int) -> HttpResponse:
    """Why nothing was started. What was typed stays where it is."""
    response = render(request, "speech/_refusal.html", {"error": sentence}, status=status)
    response["HX-Retarget"] = "#speech-error"
    response["HX-Reswap"] = "innerHTML"
    return response
