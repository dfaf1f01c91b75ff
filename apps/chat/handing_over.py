"""A conversation goes to another page: what was said in it, message by message."""

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.db.models.fields.files import FieldFile
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Role
from apps.chat.exporting import turns_of
from apps.chat.models import Conversation
from apps.chat.pages import shown_path
from apps.chat.places import conversation_of
from apps.chat.reading_in import attached_to
from apps.chat.threads import load_tree
from apps.chat.told import who_asks
from apps.core.handing import HandedTexts, TooMuch, hand_over
from apps.runs.models import RunFile


@requires(Role.EDITOR)
@require_POST
def check(request: TeamRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """The messages that are shown and the pictures in them, each checked by itself. The key of the page makes a double click one check."""
    conversation = conversation_of(request, conversation_id)
    path = shown_path(conversation, load_tree(conversation), request.POST.get("leaf", ""))
    handed = HandedTexts(str(conversation), said_in(conversation, path), request.POST.get("key", ""), shown_in(conversation, path))
    try:
        url = hand_over("safety", request, handed)
    except TooMuch as error:
        messages.error(request, str(error))
        url = reverse("chat:conversation", args=[conversation.pk])
    return HttpResponseRedirect(url, status=303)


def said_in(conversation: Conversation, path: Sequence[uuid.UUID]) -> list[tuple[str, str]]:
    """Who said what on this path; the instructions first."""
    said = [(turn.model_name or (who_asks(turn.call) if turn.call else _("You")), turn.full_text) for turn in turns_of(conversation, path)]
    return [(_("Instructions"), conversation.instructions), *said]


def shown_in(conversation: Conversation, path: Sequence[uuid.UUID]) -> list[tuple[str, FieldFile]]:
    """The pictures that were attached on this path, and those of its answers, in their order, each with who made it."""
    turns = conversation.turns.filter(id__in=path, run__isnull=False).values_list("id", "run_id", "run__model_label")
    of = {run_id: (path.index(pk), model or _("Answer")) for pk, run_id, model in turns}
    files = RunFile.objects.filter(run__in=of, role=RunFile.Role.OUTPUT, content_type__startswith="image/")
    in_order = sorted(files, key=lambda each: (of[each.run_id][0], each.position))
    attached = [(_("Picture “%(name)s”") % {"name": each.name}, each.file) for each in attached_to(conversation, path) if each.is_picture]
    return attached + [(_("Picture of %(model)s") % {"model": of[each.run_id][1]}, each.file) for each in in_order]
