"""Another wording of a question, switching between wordings and answers, and a branch of a chat."""

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Role
from apps.chat import branching
from apps.chat.forms import MessageForm
from apps.chat.models import Conversation, Turn
from apps.chat.pages import load_thread, shown_path
from apps.chat.places import Place, answer_of, conversation_of, turn_in
from apps.chat.services import Ask, send_message
from apps.chat.switching import switch as switch_to
from apps.chat.threads import load_tree, load_turns
from apps.chat.views import sentence_of
from apps.chat.way_views import CANNOT, refused_page
from apps.core.fragments import wants_fragment
from apps.runs.services import fresh_key, key_of


@requires(Role.EDITOR)
@require_http_methods(["GET", "POST"])
def edit(request: TeamRequest, conversation_id: uuid.UUID, turn_id: uuid.UUID) -> HttpResponse:
    """A question as a form in its place, or as a page. What is sent stands beside it; `?shown` gives the question again."""
    conversation = conversation_of(request, conversation_id)
    turn = turn_in(conversation, turn_id)
    if not turn.is_question:
        return _see(conversation)
    if request.method == "GET":
        return _shown(request, conversation, turn) if "shown" in request.GET else _form(request, turn, turn.text)
    form = MessageForm(request.POST, is_bare=not turn.attachments.exists())
    if not form.is_valid():
        return _form(request, turn, request.POST.get("message", ""), form.sentence, 422)
    try:
        answer = send_message(
            request.membership, conversation, Ask(form.cleaned_data["message"], str(form.cleaned_data["key"]), beside=turn.pk)
        )
    except CANNOT as refused:
        return _form(request, turn, request.POST.get("message", ""), sentence_of(refused), 409)
    if not wants_fragment(request):
        return _see(answer.conversation)
    writer = answer.run.model_label if answer.run else ""
    return _thread(request, answer.conversation, _("%(writer)s is writing an answer. Press Escape to stop.") % {"writer": writer})


@requires(Role.EDITOR)
@require_POST
def switch(request: TeamRequest, conversation_id: uuid.UUID, turn_id: uuid.UUID) -> HttpResponse:
    """Show another wording of a question, or another answer. An old page gets the chat as it is now."""
    conversation = conversation_of(request, conversation_id)
    switch_to(conversation, turn_id)
    if wants_fragment(request):
        return _thread(request, conversation, "")
    return HttpResponseRedirect(f"{Place(request, conversation).url}#turn-{turn_id}", status=303)


@requires(Role.EDITOR)
@require_POST
def branch(request: TeamRequest, run_id: uuid.UUID) -> HttpResponse:
    """A new chat that goes on from this answer."""
    answer = answer_of(request, run_id)
    try:
        made = branching.branch(request.membership, answer, key_of(request.POST.get("key", "")))
    except CANNOT as refused:
        return refused_page(request, answer.conversation, sentence_of(refused))
    return _see(made)


def _form(request: TeamRequest, turn: Turn, text: str, error: str = "", status: int = 200) -> HttpResponse:
    context = {"turn": turn, "conversation": turn.conversation, "text": text, "error": error, "key": fresh_key()}
    if not wants_fragment(request):
        return render(request, "chat/edit.html", context, status=status)
    if not error:
        return render(request, "chat/_edit.html", context)
    response = render(request, "chat/_refusal.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = f"#edit-error-{turn.pk}", "innerHTML"
    return response


def _shown(request: TeamRequest, conversation: Conversation, turn: Turn) -> HttpResponse:
    """The question as it stands in the thread."""
    if not wants_fragment(request):
        return _see(conversation)
    tree = load_tree(conversation)
    path = tree.path(tree.newest_leaf(turn.pk))
    turns = load_turns(conversation, tree, path[path.index(turn.pk) :][:2])
    return render(request, "chat/_turn.html", {"shown": turns[0], "conversation": conversation})


def _thread(request: TeamRequest, conversation: Conversation, told: str) -> HttpResponse:
    """All of the shown path anew, and a composer that goes on from its end."""
    conversation.refresh_from_db(fields=["leaf"])
    tree = load_tree(conversation)
    thread = load_thread(conversation, tree, shown_path(conversation, tree, ""), {})
    context = {"thread": thread, "conversation": conversation, "key": fresh_key(), "leaf": thread.leaf, "told": told}
    return render(request, "chat/_rewound.html", context)


def _see(conversation: Conversation) -> HttpResponseRedirect:
    return HttpResponseRedirect(conversation.get_absolute_url(), status=303)
