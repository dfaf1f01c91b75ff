"""What another page gives to a new chat: a text stands in the instructions, where everybody sees it and can change it; a picture is
attached to the first message."""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.access import TeamRequest
from apps.chat import attaching
from apps.chat.bringing import Refused
from apps.chat.forms import LONGEST_INSTRUCTIONS
from apps.chat.models import Conversation
from apps.chat.places import Place
from apps.core.handing import Handed, HandedPicture, TooMuch

TITLE: Final = 120


def take_text(request: TeamRequest, handed: Handed) -> str:
    """A conversation about the text, with the settings of the next new chat. Raises TooMuch."""
    opening = _("Answer questions about the following text, “%(title)s”. Say so when the answer is not in it.") % {"title": handed.title}
    instructions = f"{opening}\n\n{handed.text}"
    if len(instructions) > LONGEST_INSTRUCTIONS:
        told = _("This text has %(have)s characters, and a chat takes %(most)s. Export it, and ask about a part of it.")
        raise TooMuch(told % {"have": f"{len(handed.text):,}", "most": f"{LONGEST_INSTRUCTIONS:,}"})
    conversation = Conversation.objects.create(
        team=request.membership.team,
        person=request.membership.user,
        title=(_("About %(title)s") % {"title": handed.title})[:TITLE],
        instructions=instructions,
        settings=Place(request, None).settings,
    )
    return reverse("chat:conversation", args=[conversation.pk])


def take_picture(request: TeamRequest, handed: HandedPicture) -> str:
    """It is attached to the next new chat; handed over twice it is there once. Raises TooMuch."""
    try:
        attaching.attach(request.membership, None, handed.content, handed.title)
    except Refused as refusal:
        raise TooMuch(refusal.sentence) from refusal
    return reverse("chat:home")
