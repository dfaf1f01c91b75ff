"""Asking: the page of a new chat and of a conversation, sending, trying again, stopping."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.chat.attaching import Gone
from apps.chat.attachment_views import AlreadySent, has_attachments, with_attachments
from apps.chat.bringing import Refused
from apps.chat.forms import MessageForm
from apps.chat.models import Conversation, Turn
from apps.chat.pages import load_thread, page_context, shown_path
from apps.chat.places import Place, answer_of, conversation_of, place_of
from apps.chat.reading_in import CannotTake
from apps.chat.services import Ask, StillWriting, begin_conversation, send_message, stop_answers, try_again
from apps.chat.threads import load_tree, load_turns
from apps.chat.variable_views import form_context, keep_values
from apps.chat.variables import MissingValues
from apps.core.fragments import wants_fragment
from apps.providers.chosen import NoModel
from apps.runs.services import KeyReused, TooManyRuns, fresh_key, key_of

PAGE = "chat/page.html"
SENTENCES = {
    StillWriting: gettext_lazy("The answer is still being written. Stop it, or send this when it is ready."),
    KeyReused: gettext_lazy("This page is out of date. Reload it and try again."),
    TooManyRuns: gettext_lazy("You have as many answers under way as one person may have. Wait for one of them, or stop one in History."),
    NoModel: gettext_lazy("No model can answer yet. Add a provider in Settings, then send this."),
}
REFUSALS = (*SENTENCES, CannotTake, Gone, Refused)


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def home(request: TeamRequest) -> HttpResponse:
    """A new chat. The first message makes it a conversation."""
    return _page_or_message(request, place_of(request, None))


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def conversation(request: TeamRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """A conversation, and the next message in it."""
    conversation = conversation_of(request, conversation_id)
    if request.method == "GET" and "until" in request.GET and wants_fragment(request):
        return _earlier_turns(request, conversation)
    return _page_or_message(request, Place(request, conversation))


@requires(Role.EDITOR)
@require_POST
def again(request: TeamRequest, run_id: uuid.UUID) -> HttpResponse:
    """Another answer to the same question. The old one stays beside it."""
    answer = answer_of(request, run_id)
    conversation = answer.conversation
    place = Place(request, conversation)
    try:
        try_again(request.membership, conversation, answer, key=key_of(request.POST.get("key", "")))
    except MissingValues as missing:
        return _refusal(request, place, str(missing), 422, is_missing=True)
    except REFUSALS as refused:
        return _refusal(request, place, sentence_of(refused), 409)
    return _see(place)


@requires(Role.EDITOR)
@require_POST
def stop(request: TeamRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """End the answer that is being written. What came so far stays."""
    conversation = conversation_of(request, conversation_id)
    stop_answers(conversation)
    return HttpResponse(status=204) if wants_fragment(request) else _see(Place(request, conversation))


def _page_or_message(request: TeamRequest, place: Place) -> HttpResponse:
    if request.method == "POST":
        return _take_message(request, place)
    return render(request, PAGE, page_context(place, request.GET, text=request.GET.get("message", "")))


def _take_message(request: TeamRequest, place: Place) -> HttpResponse:
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    form = MessageForm(request.POST, is_bare=not has_attachments(request))
    if not form.is_valid():
        return _refusal(request, place, form.sentence, 422)
    ask = Ask(form.cleaned_data["message"], str(form.cleaned_data["key"]), form.cleaned_data["parent"])
    keep_values(place, ask.text)
    try:
        answer = _start(request, place, with_attachments(request, place, ask))
    except AlreadySent as sent:
        return _accepted(request, place, sent.answer)
    except MissingValues as missing:
        return _refusal(request, place, str(missing), 422, is_missing=True)
    except REFUSALS as refused:
        return _refusal(request, place, sentence_of(refused), 409)
    return _accepted(request, place, answer)


def _start(request: TeamRequest, place: Place, ask: Ask) -> Turn:
    if place.conversation:
        return send_message(request.membership, place.conversation, ask)
    answer = begin_conversation(request.membership, place.draft, ask)
    place.forget_draft()
    return answer


def _accepted(request: TeamRequest, place: Place, answer: Turn) -> HttpResponse:
    """The two new turns for a page that shows the conversation; for every other one its address."""
    of_place = Place(request, answer.conversation)
    if not wants_fragment(request):
        return _see(of_place)
    if place.conversation is None or place.conversation.pk != answer.conversation_id:
        response = HttpResponse()
        response["HX-Redirect"] = of_place.url
        return response
    tree = load_tree(answer.conversation)
    turns = load_turns(answer.conversation, tree, tree.path(answer.pk)[-2:])
    context = {"turns": turns, "conversation": answer.conversation, "run": answer.run, "leaf": answer.pk, "key": fresh_key()}
    context |= {"place": of_place, **form_context(of_place, "")}
    return render(request, "chat/_sent.html", context)


def _refusal(request: TeamRequest, place: Place, sentence: str, status: int, is_missing: bool = False) -> HttpResponse:
    """Why it was not sent. What was typed stays where it is. `is_missing`: values of variables are asked for."""
    text = request.POST.get("message", "")
    asked = form_context(place, text, is_missing)
    if wants_fragment(request):
        context = {"error": sentence, "place": place, "is_missing": is_missing, **asked}
        return _into(render(request, "chat/_refusal.html", context, status=status), "#composer-error", "innerHTML")
    context = page_context(place, request.GET, text=text, error=sentence) | asked
    return render(request, PAGE, context, status=status)


def sentence_of(refused: Exception) -> str:
    """Why nothing was done, for the person."""
    return str(SENTENCES.get(type(refused)) or getattr(refused, "sentence", refused))


def _earlier_turns(request: TeamRequest, conversation: Conversation) -> HttpResponse:
    """The turns before the ones on the page."""
    tree = load_tree(conversation)
    thread = load_thread(conversation, tree, shown_path(conversation, tree, request.GET.get("leaf", "")), request.GET)
    return render(request, "chat/_turns.html", {"thread": thread, "conversation": conversation})


def _into(response: HttpResponse, target: str, swap: str) -> HttpResponse:
    response["HX-Retarget"] = target
    response["HX-Reswap"] = swap
    return response


def _see(place: Place) -> HttpResponseRedirect:
    return HttpResponseRedirect(place.url, status=303)
