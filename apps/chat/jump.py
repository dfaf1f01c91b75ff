"""Chats in the jump box: by their names, the ones that were written in last."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.chat.models import Conversation
from apps.core.jump import Hit
from apps.core.templatetags.core import short_date

LOOKED_THROUGH = 5_000  # names have no index; older chats are found on the page of past chats
AT_THE_START = 4


def find_chats(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    recent = visible(membership, Conversation.objects.alive()).order_by("-updated_at")
    if text:
        oldest = recent.values_list("updated_at", flat=True)[LOOKED_THROUGH - 1 : LOOKED_THROUGH].first()
        recent = recent.filter(title__icontains=text, **({"updated_at__gte": oldest} if oldest else {}))
    for pk, title, updated_at in recent.exclude(title="").values_list("pk", "title", "updated_at")[: most if text else AT_THE_START]:
        yield Hit(title, reverse("chat:conversation", args=[pk]), "message-square", short_date(timezone.localtime(updated_at)))
