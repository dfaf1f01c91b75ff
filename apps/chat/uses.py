"""Chats that have chosen a model, for whoever asks what uses it."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any, Final

from django.db.models import CharField, Count
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.chat.models import Conversation
from apps.providers.models import Model
from apps.providers.uses import Counts, Use, UseSource

AT_ONCE: Final = 200


class ChatUses(UseSource):
    name = "chats"
    position = 20

    def count(self, membership: Membership, models: Collection[uuid.UUID]) -> Counts:
        wanted = {str(model) for model in models}
        rows = _chats(membership).annotate(chosen=Cast(KT("settings__model"), CharField())).filter(chosen__in=wanted).order_by()
        counted = rows.values("chosen").annotate(number=Count("pk")).values_list("chosen", "number")
        return {uuid.UUID(chosen): number for chosen, number in counted}

    def words(self, number: int) -> str:
        return ngettext("%(n)s chat", "%(n)s chats", number) % {"n": number}

    def find(self, membership: Membership, model: uuid.UUID, most: int) -> Sequence[Use]:
        rows = _chats(membership).filter(settings__model=str(model)).order_by("-updated_at")[:most]
        return [Use(_("Chat"), str(row), reverse("chat:conversation", args=[row.pk]), "message-square") for row in rows]

    def replace(self, membership: Membership, old: Model, new: Model) -> int:
        rows = list(_chats(membership).filter(settings__model=str(old.pk)).select_for_update().only("settings"))
        for row in rows:
            row.settings = {**row.settings, "model": str(new.pk)}
        Conversation.objects.bulk_update(rows, ["settings"], batch_size=AT_ONCE)
        return len(rows)


def _chats(membership: Membership) -> Any:
    return visible(membership, Conversation.objects.alive())
