"""The calls of an answer: their replies, going on, leaving them, and having one filled by the address of its function."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.models import Role
from apps.chat import filling, replying, services
from apps.chat.models import FunctionCall, Turn
from apps.chat.places import answer_of
from apps.chat.texts import shown_in
from apps.chat.tools import MOST_CALLS
from apps.chat.variables import MissingValues
from apps.chat.views import REFUSALS, sentence_of
from apps.core.fragments import go_to, wants_fragment
from apps.runs.followups import publish_follow_up
from apps.runs.services import key_of

REPLY = "reply."


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def calls(request: TeamRequest, run_id: uuid.UUID) -> HttpResponse:
    """GET: one call as it is now. POST: go on with all replies, or leave the calls."""
    answer = answer_of(request, run_id)
    if request.method != "POST":
        return _call_or_page(request, answer, request.GET.get("position", ""))
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    if request.POST.get("act") == "leave":
        replying.leave(answer.conversation, answer)
        return _see(answer)
    replies = [request.POST.get(f"{REPLY}{number}", "") for number in range(MOST_CALLS)]
    last = max((number for number, reply in enumerate(replies) if reply), default=-1)
    try:
        replying.go_on(request.membership, answer.conversation, answer, replies[: last + 1], key_of(request.POST.get("key", "")))
    except (replying.NoReply, MissingValues) as missing:
        messages.error(request, str(missing))
    except replying.AnsweredAlready as done:
        messages.info(request, str(done.sentence))
    except REFUSALS as refused:
        messages.error(request, sentence_of(refused))
    return _see(answer)


@requires(Role.EDITOR)
@require_POST
def fill(request: TeamRequest, run_id: uuid.UUID) -> HttpResponse:
    """Ask the address of the function of one call. The same key asks once."""
    answer = answer_of(request, run_id)
    wanted = request.POST.get("position", "")
    key = key_of(request.POST.get(f"fill_key.{wanted[:4]}", ""))
    with transaction.atomic():
        services.lock(answer.conversation)  # two pages have two keys: the second one finds that it is asked already
        for each in replying.open_calls(answer, answer.run):
            if str(each.call.position) == wanted and each.may_be_filled:
                row, is_new = FunctionCall.objects.get_or_create(
                    team_id=request.membership.team_id,
                    key=key,
                    position=each.call.position,
                    defaults={
                        "answer": answer,
                        "person": request.membership.user,
                        "function": each.function,
                        "address": each.function.address,
                        "arguments": each.call.values or {},
                    },
                )
                if is_new:
                    publish_follow_up(filling.Filling.kind, row.pk)
    return _call_or_page(request, answer, wanted)


@requires(Role.EDITOR)
@require_POST
def stop(request: TeamRequest, filling_id: uuid.UUID) -> HttpResponse:
    row = get_visible(request.membership, FunctionCall.objects.select_related("answer__conversation__team", "answer__run"), filling_id)
    filling.stop(row)
    return _call_or_page(request, row.answer, str(row.position))


def _call_or_page(request: TeamRequest, answer: Turn, position: str) -> HttpResponse:
    """The block of one call. Where somebody else went on meanwhile, the page."""
    if answer.run:
        shown_in(answer.run, answer)
    found = [each for each in replying.open_calls(answer, answer.run) if str(each.call.position) == position]
    if found and wants_fragment(request):
        return render(request, "chat/_call.html", {"each": found[0], "run": answer.run})
    return go_to(request, reverse("chat:conversation", args=[answer.conversation_id]))


def _see(answer: Turn) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("chat:conversation", args=[answer.conversation_id]), status=303)
