"""Keeping order: past chats, names, instructions, deleting and bringing back."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires, visible
from apps.accounts.audit import record
from apps.accounts.models import Role
from apps.chat import search_views, services
from apps.chat.forms import InstructionsForm
from apps.chat.models import Conversation, Turn
from apps.chat.places import conversation_of, place_of
from apps.chat.tagging import filter_context, tag_of, tagged
from apps.core.fragments import render_page, wants_fragment
from apps.core.listing import searched

ON_A_PAGE = 30


@requires(Role.VIEWER)
@require_safe
def past(request: TeamRequest) -> HttpResponse:
    """All chats of the team, newest first, with search; deleted ones on a page of their own."""
    words = searched(request, 200)
    is_bin = request.GET.get("show") == "deleted"
    if words and not is_bin:
        return search_views.show(request, words)
    rows = tagged(search(visible(request.membership, Conversation.objects.filter(deleted_at__isnull=not is_bin)), words), tag_of(request))
    page = Paginator(rows.select_related("person").prefetch_related("tags").order_by("-updated_at"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "words": words, "is_bin": is_bin, "can_write": may(request.membership, Role.EDITOR)}
    return render_page(request, "chat/past.html", context | filter_context(request), fragment="chat/_past_list.html")


def search(rows: "QuerySet[Conversation]", words: str) -> "QuerySet[Conversation]":
    """Conversations with these words in their title, a question or an answer."""
    if not words:
        return rows
    said = Turn.objects.filter(Q(text__icontains=words) | Q(run__text__icontains=words), conversation=OuterRef("pk"))
    return rows.filter(Q(title__icontains=words) | Exists(said))


@requires(Role.EDITOR)
@require_POST
def rename(request: TeamRequest, conversation_id: uuid.UUID) -> HttpResponse:
    conversation = conversation_of(request, conversation_id)
    services.rename(conversation, request.POST.get("title", ""))
    return HttpResponseRedirect(reverse("chat:conversation", args=[conversation.pk]), status=303)


@requires(Role.EDITOR)
@require_POST
def delete(request: TeamRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Put a chat away. The toast on the next page has Undo, the page of past chats keeps it."""
    conversation = conversation_of(request, conversation_id)
    with transaction.atomic():
        services.delete(conversation)
        _note(request, "data.deleted", conversation)
    toast = render_to_string("chat/_deleted.html", {"conversation": conversation}, request)
    messages.success(request, mark_safe(toast))  # noqa: S308  # a template of ours, escaped there
    return HttpResponseRedirect(reverse("chat:home"), status=303)


@requires(Role.EDITOR)
@require_POST
def restore(request: TeamRequest, conversation_id: uuid.UUID) -> HttpResponse:
    conversation = get_visible(request.membership, Conversation.objects.all(), conversation_id)
    with transaction.atomic():
        services.restore(conversation)
        _note(request, "data.restored", conversation)
    return HttpResponseRedirect(reverse("chat:conversation", args=[conversation.pk]), status=303)


def _note(request: TeamRequest, act: str, conversation: Conversation) -> None:
    """By its number: the audit outlives the words, also those of a name."""
    record(request.membership, act, target=_("Chat"), number=str(conversation.pk))


@requires(Role.EDITOR)
@require_POST
def instructions(request: TeamRequest, conversation_id: uuid.UUID | None = None) -> HttpResponse:
    """What the model is told before everything else."""
    place = place_of(request, conversation_id)
    form = InstructionsForm(request.POST)
    if form.is_valid():
        place.save(instructions=form.cleaned_data["instructions"])
        if not wants_fragment(request):
            return HttpResponseRedirect(place.url, status=303)
    text = place.instructions if form.is_valid() else request.POST.get("instructions", "")
    error = "" if form.is_valid() else next(iter(form.errors["instructions"]))
    context = {"place": place, "instructions": text, "error": error, "is_open": bool(error), "can_write": True}
    response = render_page(request, "chat/instructions.html", context, "chat/_instructions.html", status=422 if error else 200)
    response["HX-Trigger"] = "instructions-saved"  # other variables may stand in them
    return response
