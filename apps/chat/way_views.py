"""Another answer to the same question in another way: more thinking, another model, a longer one, the rest of one that broke off."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Role
from apps.chat import acts
from apps.chat.answer_settings import read_saved
from apps.chat.continuing import going_on_from
from apps.chat.models import Conversation, Turn
from apps.chat.pages import page_context
from apps.chat.places import Place, answer_of
from apps.chat.services import try_again
from apps.chat.shortening import shortened
from apps.chat.texts import shown_in
from apps.chat.variables import MissingValues
from apps.chat.views import PAGE, REFUSALS, sentence_of
from apps.chat.ways import NoSuchWay, Way, more_thinking, with_model, with_more_thinking, with_patience, with_raised_limit, word_for
from apps.core.fragments import render_page
from apps.providers.answer_ways import ANSWERING
from apps.providers.picker import list_for
from apps.runs.models import Run
from apps.runs.services import key_of

CANNOT: Final = (*REFUSALS, NoSuchWay, MissingValues)
LASTING: Final = {"once": False, "kept": True}


def _run_of(answer: Turn) -> Run:
    if answer.run is None:
        raise Http404
    return answer.run


def _patient(answer: Turn) -> Way:
    """Of an answer that went on from a text: once more from that text."""
    way = with_patience(_run_of(answer))
    return replace(going_on_from(answer), patience=way.patience) if answer.text else way


WAYS: Final[dict[str, Callable[[TeamRequest, Turn], Way]]] = {
    "on": lambda _request, answer: going_on_from(answer),
    "thinking": lambda request, answer: with_more_thinking(request.membership, _run_of(answer)),
    "longer": lambda request, answer: with_raised_limit(request.membership, _run_of(answer)),
    "patient": lambda _request, answer: _patient(answer),
    "shorter": lambda _request, answer: shortened(_run_of(answer)),
}


@requires(Role.EDITOR)
@require_safe
def ways(request: TeamRequest, run_id: uuid.UUID) -> HttpResponse:
    """What an answer can be tried again with: the inside of its menu, or a page of its own."""
    answer = answer_of(request, run_id)
    run, conversation = _run_of(answer), answer.conversation
    shown_in(run, answer)
    answering = read_saved(conversation.team, conversation.settings, request.membership)
    step = more_thinking(answering, run)
    context = {
        "run": run,
        "conversation": conversation,
        "answering": answering,
        "again": acts.address("again", run),
        "thinking": acts.address("again_way", run, "thinking") if step else "",
        "step": word_for(step),
        "other": acts.address("again_with", run, "once"),
    }
    return render_page(request, "chat/ways.html", context, "chat/_ways.html")


@requires(Role.EDITOR)
@require_POST
def again_way(request: TeamRequest, run_id: uuid.UUID, way: str) -> HttpResponse:
    """Another answer in this way, beside the old one."""
    if way not in WAYS:
        raise Http404
    answer = answer_of(request, run_id)
    return _answered(request, answer, lambda: WAYS[way](request, answer))


@requires(Role.EDITOR)
@require_http_methods(["GET", "POST"])
def again_with(request: TeamRequest, run_id: uuid.UUID, lasting: str) -> HttpResponse:
    """The list of models as a page, and another answer with the chosen one: `once`, or `kept` for the next answers too."""
    if lasting not in LASTING:
        raise Http404
    answer = answer_of(request, run_id)
    conversation = answer.conversation
    if request.method == "POST":
        model = request.POST.get("model", "")[:40]
        return _answered(request, answer, lambda: with_model(request.membership, model, is_kept=LASTING[lasting]))
    context = {
        "models": list_for(conversation.team, ANSWERING, request.membership),
        "chosen": read_saved(conversation.team, conversation.settings, request.membership).choice,
        "action": request.get_full_path(),
        "back_url": conversation.get_absolute_url(),
        "is_again": True,
    }
    return render(request, "providers/picker.html", context)


def _answered(request: TeamRequest, answer: Turn, way: Callable[[], Way]) -> HttpResponse:
    try:
        try_again(request.membership, answer.conversation, answer, key_of(request.POST.get("key", "")), way())
    except CANNOT as refused:
        return refused_page(request, answer.conversation, sentence_of(refused))
    return HttpResponseRedirect(reverse("chat:conversation", args=[answer.conversation_id]), status=303)


def refused_page(request: TeamRequest, conversation: Conversation, sentence: str) -> HttpResponse:
    """The chat with why nothing was done."""
    return render(request, PAGE, page_context(Place(request, conversation), {}, error=sentence), status=409)
