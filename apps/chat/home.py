"""What chats have for Home: the last ones of whoever looks, and the step of asking something."""

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.chat.models import Conversation
from apps.core.home import MOST_THINGS, Contribution, Step, Thing


def contribution(membership: Membership) -> Contribution:
    """One question; one more for somebody without chats."""
    of_team = visible(membership, Conversation.objects.alive())
    mine = list(of_team.filter(person=membership.user_id).order_by("-updated_at").only("title", "updated_at")[:MOST_THINGS])
    text = _("The first answer shows that all works.")
    step = Step(_("Ask something"), text, reverse("chat:home"), bool(mine) or of_team.exists(), 20, "editor")
    return Contribution(things=[_thing(conversation) for conversation in mine], steps=[step])


def _thing(conversation: Conversation) -> Thing:
    url = reverse("chat:conversation", args=[conversation.pk])
    return Thing(str(conversation), _("Chat"), "message-square", url, conversation.updated_at)
