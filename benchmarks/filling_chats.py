"""Fills a product's database for S21: `python -m benchmarks.filling_chats`, a child with the product's environment.

Reads how many turns.
"""

import itertools
import os
import sys
from typing import Any

from benchmarks.filling import _run, batches

IN_A_CHAT = 20
ANSWER = "The harbour was quiet when boat {0} came in, with `lemons`, lantern{1} and a letter. 항구에 배 {0}척이 있습니다.\n\n" * 6


def fill(number: int) -> None:
    from apps.accounts.models import Membership
    from apps.chat.indexing import index
    from apps.chat.models import Conversation
    from apps.providers.models import Provider

    member = Membership.objects.select_related("team", "user").order_by("id")[0]
    provider = Provider.objects.order_by("id")[0]
    common = {"team": member.team, "person": member.user, "provider": provider, "provider_label": provider.name}
    chats = (Conversation(team=member.team, person=member.user, title=f"Boats of pier {each}") for each in range(number // IN_A_CHAT))
    count = itertools.count()
    for batch in batches(chats):
        Conversation.objects.bulk_create(batch)
        for chat in batch:
            _fill_chat(common, chat, [next(count) for _ in range(IN_A_CHAT // 2)])
            index(chat.pk)


def _fill_chat(common: dict[str, Any], chat: Any, numbers: list[int]) -> None:
    from apps.chat.models import Turn
    from apps.runs.models import Run

    turns: list[Any] = []
    runs = [_run(common, 0, text=ANSWER.format(each, each % 2000), parent_kind="chat", parent_id=chat.pk) for each in numbers]
    for each, run in zip(numbers, runs, strict=True):
        turns.append(Turn(conversation=chat, parent=turns[-1] if turns else None, text=f"What of boat {each} in the harbour?"))
        turns.append(Turn(conversation=chat, parent=turns[-1], run=run))
    Run.objects.bulk_create(runs)
    Turn.objects.bulk_create(turns)
    chat.leaf = turns[-1]
    chat.save(update_fields=["leaf"])


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "playground.settings"
    import django

    django.setup()
    fill(int(sys.stdin.read()))
