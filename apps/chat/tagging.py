"""Tags: up to twelve short words on a chat, the same ones for the whole team, and past chats by one of them."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, requires, visible
from apps.accounts.models import Membership, Role
from apps.chat.models import Conversation, Tag
from apps.chat.places import conversation_of
from apps.chat.words import fold
from apps.core.file_names import readable

MOST: Final = 12
LONGEST: Final = 30
SUGGESTED: Final = 100


@requires(Role.EDITOR)
@require_POST
def add(request: TeamRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """One tag, or several apart by commas."""
    conversation = conversation_of(request, conversation_id)
    try:
        put_on(conversation, request.POST.get("tag", "")[: MOST * (LONGEST + 2) * 2])
    except ValidationError as refused:
        messages.error(request, refused.message)
    return _see(conversation)


@requires(Role.EDITOR)
@require_POST
def remove(request: TeamRequest, conversation_id: uuid.UUID) -> HttpResponse:
    conversation = conversation_of(request, conversation_id)
    conversation.tags.filter(folded=fold(clean(request.POST.get("tag", "")))).delete()
    return _see(conversation)


@requires(Role.VIEWER)
@require_safe
def words(request: TeamRequest) -> HttpResponse:
    """What the field of a tag offers."""
    return render(request, "chat/_tag_words.html", {"tag_words": tags_of_team(request.membership)})


def put_on(conversation: Conversation, typed: str) -> None:
    """Add what is new of it, spelled as the team has spelled it before. Raises ValidationError with a sentence: then none is added."""
    names = {fold(name): name for part in typed.split(",") if (name := clean(part))}
    if not names:
        raise ValidationError(_("Write a tag first."))
    if too_long := next((name for name in names.values() if max(len(name), len(fold(name))) > LONGEST), ""):
        raise ValidationError(
            _("“%(tag)s” is too long for a tag: at most %(most)s characters.") % {"tag": f"{too_long[:LONGEST]}…", "most": LONGEST}
        )
    spelled = dict(Tag.objects.filter(team=conversation.team_id, folded__in=names).order_by("-pk").values_list("folded", "name"))
    with transaction.atomic():
        Conversation.objects.select_for_update().get(pk=conversation.pk)
        there = set(conversation.tags.values_list("folded", flat=True))
        new = {folded: spelled.get(folded, name) for folded, name in names.items() if folded not in there}
        if len(there) + len(new) > MOST:
            raise ValidationError(_("A chat takes %(most)s tags. Remove one first.") % {"most": MOST})
        Tag.objects.bulk_create(Tag(team_id=conversation.team_id, conversation=conversation, name=n, folded=f) for f, n in new.items())


def clean(typed: str) -> str:
    """Without a number sign before it, controls and doubled blanks."""
    return readable(typed[: 10 * LONGEST], 10 * LONGEST).lstrip("# ").rstrip()


def tag_of(request: HttpRequest) -> str:
    """The tag that the address asks for."""
    return clean(request.GET.get("tag", ""))[:LONGEST]


def tagged(rows: "QuerySet[Conversation]", name: str) -> "QuerySet[Conversation]":
    return rows.filter(tags__folded=fold(name)) if name else rows


def tags_of_team(membership: Membership) -> list[str]:
    """The ones on chats that are there, the most used first."""
    chats = visible(membership, Conversation.objects.alive())
    rows = Tag.objects.filter(team=membership.team_id, conversation__in=chats).values("folded")
    return [row["name"] for row in rows.annotate(name=Max("name"), number=Count("pk")).order_by("-number", "folded")[:SUGGESTED]]


def filter_context(request: TeamRequest) -> dict[str, Any]:
    """The tags to choose from, and the chosen one as the team spells it."""
    name, tags = tag_of(request), tags_of_team(request.membership)
    chosen = next((each for each in tags if fold(each) == fold(name)), name)
    return {"tag": chosen, "team_tags": tags if not name or chosen in tags else [chosen, *tags]}


def _see(conversation: Conversation) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("chat:conversation", args=[conversation.pk]), status=303)
