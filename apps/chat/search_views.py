"""Past chats with words: what was found, and the way to a turn in the middle of its conversation."""

import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.chat.models import Conversation
from apps.chat.places import conversation_of
from apps.chat.searching import find
from apps.chat.tagging import filter_context, tag_of, tagged
from apps.chat.threads import SHOWN_AT_ONCE, load_tree
from apps.core.fragments import render_page

TURNS_BEFORE = 1  # shown before the one that was found


def show(request: TeamRequest, words: str) -> HttpResponse:
    """The list of past chats where somebody looks for words: whole page, or the part for the popover."""
    chats = tagged(Conversation.objects.alive(), tag_of(request))
    found = find(request.membership, words, request.GET.get("after", ""), chats)
    context = {"found": found, "words": words, "can_write": may(request.membership, Role.EDITOR), **filter_context(request)}
    return render_page(request, "chat/past.html", context, fragment="chat/_found.html")


@requires(Role.VIEWER)
@require_safe
def see_turn(request: TeamRequest, conversation_id: uuid.UUID, turn_id: uuid.UUID) -> HttpResponse:
    """The conversation by the path through this turn, with the page at it."""
    conversation = conversation_of(request, conversation_id)
    tree = load_tree(conversation)
    if turn_id not in tree:
        raise Http404
    first = max(0, len(tree.path(turn_id)) - 1 - TURNS_BEFORE)
    last_page = len(tree.path(tree.newest_leaf(turn_id))) - SHOWN_AT_ONCE
    query = {"leaf": turn_id} | ({"first": first} if first < last_page else {})
    url = reverse("chat:conversation", args=[conversation.pk])
    return HttpResponseRedirect(f"{url}?{urlencode(query)}#turn-{turn_id}")
