"""The settings at the right: changing them, and looking at the request they make."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.chat.answer_settings import Answering, change_saved, read_saved
from apps.chat.asking import build_params
from apps.chat.attaching import unsent
from apps.chat.dialects import operation_for
from apps.chat.forms import LONGEST_MESSAGE
from apps.chat.history import Message, load_messages, messages_of
from apps.chat.pages import page_context, panel_context, shown_path
from apps.chat.places import Place, place_of
from apps.chat.reading_in import attached_to, read_in, taken_out, why_not
from apps.chat.room import room_of
from apps.chat.threads import load_tree
from apps.chat.tool_settings import reshapes
from apps.chat.variables import fill
from apps.core.fragments import render_page, wants_fragment
from apps.providers.answer_ways import ANSWERING
from apps.providers.picker import list_for
from apps.runs import registry, snippets

KEPT_ON_RESET = ("model", "variables", "as_written")
RESHAPES = ("model", "preset", "reasoning_effort")  # what changes which other settings there are


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def settings(request: TeamRequest, conversation_id: uuid.UUID | None = None) -> HttpResponse:
    """Save what was changed. The answer is the foot with the new estimate, or the whole panel where more of it changes."""
    place = place_of(request, conversation_id)
    if request.method == "GET":
        return _look(request, place)
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    if "reset" in request.POST:
        place.save(settings={key: value for key, value in place.settings.items() if key in KEPT_ON_RESET})
        return _panel(request, place, {}, is_whole=True)
    saved, errors = change_saved(place.team, place.settings, request.POST.dict(), request.membership)
    place.save(settings=saved)
    is_whole = bool(errors) or any(request.POST.get(name, "") != request.POST.get(f"shown.{name}", "") for name in RESHAPES)
    return _panel(request, place, errors, is_whole or reshapes(request.POST))


def _look(request: TeamRequest, place: Place) -> HttpResponse:
    """The foot of the panel for htmx; for people without scripts `?choose=model` is the list of models as a page."""
    if wants_fragment(request):
        return render(request, "chat/_panel_foot.html", panel_context(place))
    if request.GET.get("choose") != "model" or not may(request.membership, Role.EDITOR):
        return _see(place)
    context = {
        "models": list_for(place.team, ANSWERING, request.membership),
        "chosen": read_saved(place.team, place.settings, request.membership).choice,
        "action": place.settings_url,
        "back_url": place.url,
    }
    return render(request, "providers/picker.html", context)


def _panel(request: TeamRequest, place: Place, errors: dict[str, str], is_whole: bool) -> HttpResponse:
    status = 422 if errors else 200
    if not wants_fragment(request):
        return render(request, "chat/page.html", page_context(place, request.GET, errors=errors), status=status) if errors else _see(place)
    if not is_whole:
        return render(request, "chat/_panel_changed.html", panel_context(place))
    has_new_model = request.POST.get("model", "") != request.POST.get("shown.model", "")
    context = {**panel_context(place, errors), "has_new_model": has_new_model, "is_reset": "reset" in request.POST}
    response = render(request, "chat/_panel_new.html", context, status=status)
    response["HX-Retarget"] = "#settings"
    response["HX-Reswap"] = "innerHTML"
    return response


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def show_request(request: TeamRequest, conversation_id: uuid.UUID | None = None) -> HttpResponse:
    """The next call as curl, Python and JSON: with what stands in the composer, or a place for it."""
    place = place_of(request, conversation_id)
    answering = read_saved(place.team, place.settings, request.membership)
    if answering.choice is None:
        return _see(place)
    question = request.POST.get("message", "")[:LONGEST_MESSAGE].strip() or _("Your next message")
    messages, _files = taken_out(_messages(place, fill(question, place.settings), answering))  # their bytes are hinted at
    params = build_params(messages, answering)
    shown = snippets.show(registry.get(operation_for(answering.choice)), answering.choice.provider, answering.choice.model.name, params)
    context = {"snippets": shown, "page": _("Chat"), "back": place.url}
    return render_page(request, "runs/request.html", context, "runs/_request.html")


def _messages(place: Place, question: str, answering: Answering) -> list[Message]:
    now = [each for each in unsent(place.request.membership, place.conversation) if not why_not(each, answering.choice)]
    if place.conversation is None:
        content = read_in([], now, answering.choice, len(question)).content(None, question)
        return messages_of(fill(place.instructions, place.settings), [("user", content)])
    tree = load_tree(place.conversation)
    path = shown_path(place.conversation, tree, place.request.GET.get("leaf", ""))
    characters = tree.characters(path) + len(question)
    reading = read_in(attached_to(place.conversation, path), now, answering.choice, characters, room_of(answering))
    return load_messages(place.conversation, path, question, reading)


def _see(place: Place) -> HttpResponseRedirect:
    return HttpResponseRedirect(place.url, status=303)
