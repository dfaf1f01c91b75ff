"""Words of turns go into the index of the search, once they stay as they are: a question at once, an answer when it has ended.

A turn says itself whether it is in the index (`is_indexed`), so nobody who writes turns need think of it. The sweeper
comes by every quarter of a minute; until then the search reads those few turns themselves (`searching`).
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.db import transaction

from apps.chat.models import Conversation, Said, Turn
from apps.chat.texts import whole
from apps.chat.words import OF_TEAM, to_keep
from apps.runs.followups import FollowUp
from apps.runs.models import ACTIVE

AT_ONCE: Final = 200  # turns of one transaction


class Indexing(FollowUp):
    kind = "chat_words"

    def work(self, pk: uuid.UUID) -> None:
        while index(pk):
            pass

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        waiting = Turn.objects.filter(is_indexed=False).exclude(run__status__in=ACTIVE)
        chats = Conversation.objects.filter(pk__in=waiting.values("conversation_id"))  # each once, however many turns wait in it
        return chats.order_by("?").values_list("pk", flat=True)[:limit]


def index(*conversation_ids: uuid.UUID) -> int:
    """Some of the turns of these conversations that wait, in one transaction. How many."""
    with transaction.atomic():
        waiting = Turn.objects.filter(conversation__in=conversation_ids, is_indexed=False).exclude(run__status__in=ACTIVE)
        rows = list(
            waiting.order_by("id")
            .select_for_update(of=("self",))
            .values_list("id", "conversation_id", "conversation__team_id", "text", "run__text")[:AT_ONCE]
        )
        said = [(pk, chat, to_keep(whole(text, answer or "")), team) for pk, chat, team, text, answer in rows]
        numbers = free_numbers([pk for pk, _chat, words, _team in said if words])
        Said.objects.bulk_create(
            Said(id=next(numbers), turn_id=pk, conversation_id=chat, words=f"{words} {of_team(team)}")
            for pk, chat, words, team in said
            if words
        )
        Turn.objects.filter(pk__in=[pk for pk, *_rest in rows]).update(is_indexed=True)
    return len(rows)


def of_team(team_id: uuid.UUID) -> str:
    """A word that all texts of a team have, so that the others' are never looked through."""
    return f"{OF_TEAM}{team_id.hex}"


def number_of(turn_id: uuid.UUID) -> int:
    """By the time of the turn, in 63 bits: milliseconds, and the first bits of what counts within one."""
    count = (turn_id.int >> 64 & 0xFFF) << 3 | turn_id.int >> 59 & 0b111
    return (turn_id.int >> 80) << 15 | count


def free_numbers(turn_ids: Sequence[uuid.UUID]) -> Iterator[int]:
    """One for each; two turns of one millisecond may want the same one."""
    wanted = [number_of(pk) for pk in turn_ids]
    taken = set(Said.objects.filter(pk__gte=min(wanted), pk__lte=max(wanted) + AT_ONCE).values_list("pk", flat=True)) if wanted else set()
    for number in wanted:
        while number in taken:
            number += 1  # noqa: PLW2901
        taken.add(number)
        yield number
