"""Attaching to the next message, and looking at what is attached.

Scripts post one file at a time and get the chips; without them files come with a form, also with the message itself.
"""

import uuid
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, requires
from apps.accounts.models import Role
from apps.chat import attaching
from apps.chat.answer_settings import read_saved
from apps.chat.attachments import Attachment
from apps.chat.bringing import Refused, digest_of
from apps.chat.chips import chips_of
from apps.chat.models import Turn
from apps.chat.pages import page_context, shown_path
from apps.chat.places import Place, place_of
from apps.chat.services import Ask, taken_before
from apps.chat.threads import load_tree
from apps.core.file_names import ending_of
from apps.core.fragments import wants_fragment
from apps.core.serving import served

ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg"}


class AlreadySent(Exception):
    """This form came before, and was answered."""

    def __init__(self, answer: Turn) -> None:
        super().__init__()
        self.answer = answer


@requires(Role.EDITOR)
@require_POST
def attach(request: TeamRequest, conversation_id: uuid.UUID | None = None) -> HttpResponse:
    """Attach the files of a form (`files`), or take one away (`remove`: its id). The answer is the chips; 422 with one sentence."""
    place = place_of(request, conversation_id)
    if remove := request.POST.get("remove"):
        attaching.take_away(request.membership, place.conversation, remove)
        return _chips(request, place)
    files = request.FILES.getlist("files")
    try:
        if not files:
            raise Refused(_("Choose a file first."))
        for file in files:
            attaching.attach(request.membership, place.conversation, file, str(file.name))
    except Refused as refusal:
        return _refused(request, place, refusal.sentence)
    return _chips(request, place)


def _chips(request: TeamRequest, place: Place) -> HttpResponse:
    """Without scripts the whole page, so that what was typed stays."""
    if not wants_fragment(request):
        if request.POST.get("message"):
            return render(request, "chat/page.html", page_context(place, request.GET, text=request.POST["message"]))
        return HttpResponseRedirect(place.url, status=303)
    return render(request, "chat/_attachments.html", {"chips": _chips_of(place), "place": place, "can_write": True})


def _chips_of(place: Place) -> Any:
    choice = read_saved(place.team, place.settings, place.request.membership).choice
    path = shown_path(place.conversation, load_tree(place.conversation), "") if place.conversation else []
    return chips_of(place, choice, path)


def _refused(request: TeamRequest, place: Place, sentence: str) -> HttpResponse:
    if wants_fragment(request):
        return HttpResponse(sentence, status=422, content_type="text/plain; charset=utf-8")
    context = page_context(place, request.GET, text=request.POST.get("message", ""), error=sentence)
    return render(request, "chat/page.html", context, status=422)


def has_attachments(request: TeamRequest) -> bool:
    """Whether a message comes with something beside its words."""
    return bool(request.POST.getlist("attachment") or request.FILES.getlist("files"))


def with_attachments(request: TeamRequest, place: Place, ask: Ask) -> Ask:
    """The message with what is attached to it: what its form names, and files that come with it. Raises Refused, Gone, AlreadySent."""
    ids = request.POST.getlist("attachment")
    named = attaching.chosen(request.membership, ids)
    if len(named) < len(set(ids)):
        raise attaching.Gone
    files = request.FILES.getlist("files")
    attaching.refuse_too_much(named)
    if not files:
        return replace(ask, attachments=named)
    mark = attaching.mark_of([*(each.digest for each in named), *(digest_of(file) for file in files)])
    if answer := taken_before(request.membership, replace(ask, mark=mark).run_key):
        raise AlreadySent(answer)
    kept = [attaching.attach(request.membership, place.conversation, file, str(file.name)) for file in files]
    return replace(ask, attachments=tuple({each.pk: each for each in (*named, *kept)}.values()), mark=mark)


@requires(Role.VIEWER)
@require_safe
def file(request: TeamRequest, attachment_id: uuid.UUID) -> HttpResponseBase:
    """Its bytes, as a download; a picture with `?inline` in place."""
    row = _row(request, attachment_id)
    is_shown = row.is_picture and "inline" in request.GET
    return served(row.file, row.content_type, _name_of(row), is_shown=is_shown, is_for_ever=is_shown, request=request)


@requires(Role.VIEWER)
@require_safe
def thumbnail(request: TeamRequest, attachment_id: uuid.UUID) -> HttpResponseBase:
    row = _row(request, attachment_id)
    if not row.thumbnail:
        raise Http404
    return served(row.thumbnail, "image/webp", "small.webp", is_shown=True, is_for_ever=True, request=request)


def _row(request: TeamRequest, pk: uuid.UUID) -> Attachment:
    """What was sent is the team's to read, until its chat is deleted; what was not sent is for whoever brought it."""
    row = get_visible(request.membership, Attachment.objects.select_related("conversation").defer("text"), pk)
    is_deleted = row.conversation is not None and row.conversation.deleted_at is not None
    if is_deleted or (row.turn_id is None and row.person_id != request.user.pk):
        raise Http404
    return row


def _name_of(row: Attachment) -> str:
    """A picture was written anew: it is called after what it is now."""
    ending = ENDINGS.get(row.content_type, "") if row.is_picture else ""
    return f"{row.name.removesuffix(ending_of(row.name))}{ending}" if ending else row.name
