"""How far the index of the search has come, where so much waits that the search does not read it itself."""

from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.chat.models import Conversation, Turn

MOST_READ: Final = 300  # turns that are not in the index yet: the search reads the newest ones itself
MOST_COUNTED: Final = 200_000  # nobody waits for a page because it counts


def still_looking(chats: "QuerySet[Conversation]") -> str:
    """A sentence for the page while older turns of these chats are not found yet, else "".

    In most moments it costs one look at the few turns that wait in all chats.
    """
    waiting = Turn.objects.filter(is_indexed=False)
    if waiting.order_by("-id")[: MOST_READ + 1].count() <= MOST_READ:
        return ""
    left = waiting.filter(conversation__in=chats)[: MOST_COUNTED + 1].count()
    if left <= MOST_READ:
        return ""
    most = Turn.objects.filter(conversation__in=chats)[: MOST_COUNTED + 1].count()
    if most > MOST_COUNTED:
        return _("Still looking through older chats.")
    numbers = {"done": f"{most - left:,}", "all": f"{most:,}"}
    return _("Still looking through older chats: %(done)s of %(all)s messages.") % numbers
