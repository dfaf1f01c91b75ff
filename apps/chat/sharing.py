"""A chat shared by a link: a frozen copy of the shown path, for members of the team, and for anybody where an Admin allowed that.

The copy has the text, the names of models and the times; the instructions only where somebody chose so. Nothing of it leads
back to the chat. Withdrawn, over, deleted and never made look the same.
"""

import datetime
import hashlib
import re
import secrets
import uuid
from collections.abc import Sequence
from typing import Any, Final

from allauth.core.internal.ratelimit import consume
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, is_visible, may, requires, visible
from apps.accounts.audit import record
from apps.accounts.models import Membership, Role
from apps.chat.exporting import text_with_files, turns_of
from apps.chat.models import Conversation, Share, ShareQuerySet, SharingRule, Turn
from apps.chat.pages import shown_path
from apps.chat.places import conversation_of
from apps.chat.threads import Tree, load_tree
from apps.chat.told import who_asks
from apps.core.listing import page_by_id
from apps.runs.models import ACTIVE
from apps.runs.services import key_of

DAYS: Final = ("7", "30")  # anything else: for ever
ON_A_PAGE: Final = 50
LONGEST, MOST_TURNS = 1_000_000, 2_000  # characters and turns of one copy: whoever reads it has all of it rendered
MOST_OPEN: Final = 1_000  # links of a team: each holds a copy of a whole chat
LIMIT: Final = {"app": "allauth.account", "action": "shared_chat", "limit_get": True}  # how many: ACCOUNT_RATE_LIMITS
TOKEN: Final = re.compile(r"[\w-]{1,64}", re.ASCII)


@requires(Role.EDITOR)
@require_POST
def share(request: TeamRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Freeze what is shown, and show its link in the list of all."""
    conversation = conversation_of(request, conversation_id)
    tree = load_tree(conversation)
    path = shown_path(conversation, tree, request.POST.get("leaf", ""))
    if obstacle := _obstacle(conversation, tree, path):
        messages.error(request, obstacle)
        return HttpResponseRedirect(reverse("chat:conversation", args=[conversation.pk]), status=303)
    turns = [as_shared(turn) for turn in turns_of(conversation, path)]
    days = request.POST.get("days", "")
    frozen = {
        "conversation": conversation,
        "person": request.membership.user,
        "token": secrets.token_urlsafe(32),
        "title": str(conversation)[:120],
        "instructions": conversation.instructions if request.POST.get("instructions") else "",
        "turns": turns,
        "expires_at": timezone.now() + datetime.timedelta(days=int(days)) if days in DAYS else None,
    }
    with transaction.atomic():
        _row, is_new = Share.objects.get_or_create(team=conversation.team, key=_key_of(request, path), defaults=frozen)
        if is_new:
            record(request.membership, "chat.shared", target=_("Chat"), number=str(conversation.pk), days=days if days in DAYS else None)
    return HttpResponseRedirect(reverse("chat:shared"), status=303)


def _obstacle(conversation: Conversation, tree: Tree, path: Sequence[uuid.UUID]) -> str:
    """Why this path cannot be shared now, in words, or "". Half an answer would stay half in the copy for ever."""
    if tree.characters(path) > LONGEST or len(path) > MOST_TURNS:
        return _("This chat is too long to be shared. Download it instead.")
    if Share.objects.open().filter(team=conversation.team_id)[:MOST_OPEN].count() >= MOST_OPEN:
        return _("This team has %(most)s shared chats, which is the most. Withdraw some of them first.") % {"most": f"{MOST_OPEN:,}"}
    under_way = conversation.turns.filter(run__status__in=ACTIVE).values_list("pk", flat=True)
    if not set(path).isdisjoint(under_way):
        return _("An answer is still being written. Share the chat when it has ended, or stop it first.")
    return ""


def _key_of(request: TeamRequest, path: Sequence[uuid.UUID]) -> str:
    """The same form with the same choices makes one link, however often it is sent; with others it makes another one."""
    chosen = [str(path[-1]) if path else request.path, request.POST.get("days", ""), request.POST.get("instructions", "")]
    return f"{key_of(request.POST.get('key', ''))}-{hashlib.sha256(repr(chosen).encode()).hexdigest()[:32]}"


def as_shared(turn: Turn) -> dict[str, Any]:
    reply = who_asks(turn.call) if turn.call else ""
    return {"by": turn.model_name or reply, "text": text_with_files(turn), "at": turn.created_at.isoformat()}


@requires(Role.VIEWER)
@require_safe
def shared(request: TeamRequest) -> HttpResponse:
    """All links that show something, newest first, and who may read them."""
    rows = open_links(request.membership)
    page, after = page_by_id(rows.select_related("person").defer("turns", "instructions"), request.GET.get("after", ""), ON_A_PAGE)
    links = [(row, request.build_absolute_uri(reverse("chat:read_shared", args=[row.token]))) for row in page]
    rights = {"can_write": may(request.membership, Role.EDITOR), "can_rule": may(request.membership, Role.ADMIN)}
    context = {"links": links, "after": after, "is_public": is_public(request.membership.team_id), **rights}
    if context["can_rule"] and not context["is_public"]:
        context["to_open"] = rows.count()
    response = render(request, "chat/shared.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def open_links(membership: Membership) -> ShareQuerySet:
    """Of the member's team, those that show something."""
    chats = visible(membership, Conversation.objects.alive())
    return visible(membership, Share.objects.open().filter(conversation__in=chats))


@requires(Role.EDITOR)
@require_POST
def withdraw(request: TeamRequest, share_id: uuid.UUID) -> HttpResponse:
    """From now on the link shows nothing; what was frozen is gone."""
    row: Share = get_visible(request.membership, Share.objects.all(), share_id)
    with transaction.atomic():
        if Share.objects.filter(pk=row.pk).empty():
            record(request.membership, "chat.withdrawn", target=_("Chat"), number=str(row.conversation_id))
    return HttpResponseRedirect(reverse("chat:shared"), status=303)


@requires(Role.ADMIN)
@require_POST
def rule(request: TeamRequest) -> HttpResponse:
    """Who may read the links of this team: `who` is "anybody" or "members"."""
    wanted = request.POST.get("who") == "anybody"
    with transaction.atomic():
        if wanted != is_public(request.membership.team_id):
            SharingRule.objects.update_or_create(team=request.membership.team, defaults={"is_public": wanted})
            record(request.membership, "chat.sharing", after="anybody" if wanted else "members")
    return HttpResponseRedirect(reverse("chat:shared"), status=303)


def is_public(team_id: Any) -> bool:
    return SharingRule.objects.filter(team=team_id, is_public=True).exists()


@require_safe
def read(request: HttpRequest, token: str) -> HttpResponse:
    """The frozen copy, for whoever may read it. Somebody unknown signs in first, where only members may.

    What strangers read is counted by their address, also where there is nothing: rendering costs, and guesses should.
    """
    if not request.user.is_authenticated and not consume(request, **LIMIT):
        return _unkept(render(request, "429.html", status=429))
    row = Share.objects.open().filter(token=token).select_related("team", "conversation").first() if TOKEN.fullmatch(token) else None
    if row is None or not _is_kept(row):
        raise Http404
    return _unkept(_page(request, row) if is_public(row.team_id) else _read_as_member(request, row))


@requires(Role.VIEWER)
def _read_as_member(request: TeamRequest, row: Share) -> HttpResponse:
    get_visible(request.membership, Share.objects.all(), row.pk)
    return _page(request, row)


def _page(request: HttpRequest, row: Share) -> HttpResponse:
    turns = [turn | {"at": parse_datetime(turn["at"])} for turn in row.turns]
    return render(request, "chat/read_shared.html", {"share": row, "turns": turns})


def _is_kept(row: Share) -> bool:
    """Whether the chat is still there for the team: "delete all" takes its links at once."""
    return is_visible(Membership(team=row.team), row.conversation)


def _unkept(response: Any) -> Any:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
