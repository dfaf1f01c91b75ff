"""What can be done with an imported answer. It has no run, so its addresses have the number of its turn."""

import uuid

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Role
from apps.chat import branching
from apps.chat.models import Turn
from apps.chat.places import conversation_of, turn_in
from apps.chat.services import try_again
from apps.chat.way_views import CANNOT, refused_page, sentence_of
from apps.runs.services import key_of


@requires(Role.EDITOR)
@require_POST
def again(request: TeamRequest, conversation_id: uuid.UUID, turn_id: uuid.UUID) -> HttpResponse:
    """The model of the chat answers the same question. The imported answer stays beside it."""
    answer = _imported(request, conversation_id, turn_id)
    if answer.parent_id is None:  # nothing was asked
        raise Http404
    try:
        try_again(request.membership, answer.conversation, answer, key_of(request.POST.get("key", "")))
    except CANNOT as refused:
        return refused_page(request, answer.conversation, sentence_of(refused))
    return HttpResponseRedirect(answer.conversation.get_absolute_url(), status=303)


@requires(Role.EDITOR)
@require_POST
def branch(request: TeamRequest, conversation_id: uuid.UUID, turn_id: uuid.UUID) -> HttpResponse:
    """A new chat that goes on from this answer."""
    answer = _imported(request, conversation_id, turn_id)
    try:
        made = branching.branch(request.membership, answer, key_of(request.POST.get("key", "")))
    except CANNOT as refused:
        return refused_page(request, answer.conversation, sentence_of(refused))
    return HttpResponseRedirect(made.get_absolute_url(), status=303)


def _imported(request: TeamRequest, conversation_id: uuid.UUID, turn_id: uuid.UUID) -> Turn:
    conversation = conversation_of(request, conversation_id)
    turn = turn_in(conversation, turn_id)
    if not turn.said_by:
        raise Http404
    turn.conversation = conversation
    return turn
