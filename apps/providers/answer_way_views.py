"""Choosing by which way the chat answers of a provider come."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.access import TeamRequest, requires
from apps.providers.access import get_own_provider
from apps.providers.answer_ways import WORDS, choose_way, way_of_provider


@require_POST
@requires("admin")
def choose(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """`way` is "chat", "responses", or nothing: what the check-up chooses."""
    provider = get_own_provider(request.membership, pk)
    way = request.POST.get("way", "")
    if way not in {"", *WORDS}:
        return HttpResponseBadRequest(_("There is no such way."))
    if way and provider.lacks(way):
        messages.error(request, _("%(provider)s has no %(way)s.") % {"provider": provider.name, "way": WORDS[way]})
        return redirect("providers:list")
    choose_way(provider, way, request.membership)
    told = {"provider": provider.name, "way": WORDS[way_of_provider(provider)]}
    messages.success(request, _("%(provider)s answers by %(way)s now.") % told)
    return redirect("providers:list")
