"""Words of turns go into the index of the search, once they stay as they are: a question at once, an answer when it has ended.

A turn says itself whether it is in the index (`is_indexed`), so nobody who writes turns need think of it. The sweeper
comes by every quarter of a minute; until then the search reads those few turns themselves (`searching`). Where many wait,
after an upgrade or an import, whoever comes by goes on with those of all chats, newest first.
"""

import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.core.cache import cache
from django.db import transaction
from django.db.models.functions import Coalesce, Length

from apps.chat.models import Conversation, Said, Turn
from apps.chat.texts import whole
from apps.chat.words import OF_TEAM, to_keep
from apps.runs.followups import FollowUp
from apps.runs.models import ACTIVE

AT_ONCE: Final = 500  # turns that are read and cut together
MOST_CHARACTERS: Final = 1_000_000  # of them together
WRITTEN_AT_ONCE: Final = 100  # in one transaction: on SQLite all who write wait for it
MARK: Final = "chat_words"
MARK_SECONDS: Final = 60  # after that the one who set it is taken for dead
FILL_SECONDS: Final = 12.0  # at a time, so that a worker that is told to end can; the sweeper comes back
BREATH: Final = 0.02  # between two transactions, so that those who wait for SQLite get in


class Indexing(FollowUp):
    kind = "chat_words"

    def work(self, pk: uuid.UUID) -> None:
        while index(pk):
            pass
        fill()

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        waiting = Turn.objects.filter(is_indexed=False).exclude(run__status__in=ACTIVE)
        chats = Conversation.objects.filter(pk__in=waiting.values("conversation_id"))  # each once, however many turns wait in it
        return chats.order_by("?").values_list("pk", flat=True)[:limit]


def fill(seconds: float = FILL_SECONDS) -> None:
    """What waits in any chat, for about so long. One worker at a time: a second one would cut the same texts."""
    if not cache.add(MARK, 1, MARK_SECONDS):
        return
    until = time.monotonic() + seconds
    try:
        while index() and time.monotonic() < until:
            time.sleep(BREATH)
    finally:
        cache.delete(MARK)


def index(*conversation_ids: uuid.UUID) -> int:
    """Some of the turns that wait, of these conversations or of all. How many.

    Texts are read and cut into words before the transactions: they only write, and are short.
    """
    waiting = Turn.objects.filter(is_indexed=False).exclude(run__status__in=ACTIVE)
    rows = _texts(waiting.filter(conversation__in=conversation_ids) if conversation_ids else waiting)
    said = {pk: (chat, to_keep(whole(text, answer or "")), team) for pk, chat, team, text, answer in rows}
    for start in range(0, len(rows), WRITTEN_AT_ONCE):
        if start:
            time.sleep(BREATH)
        _keep({pk: said[pk] for pk, *_rest in rows[start : start + WRITTEN_AT_ONCE]})
    return len(said)


def _texts(waiting: Any) -> Sequence[tuple[uuid.UUID, uuid.UUID, uuid.UUID, str, str | None]]:
    """The newest of them that are not too long together, one at least."""
    room, taken = MOST_CHARACTERS, []
    sizes = waiting.order_by("-id").values_list("id", Length("text") + Coalesce(Length("run__text"), 0))
    for pk, size in sizes[:AT_ONCE]:
        room -= size
        if taken and room < 0:
            break
        taken.append(pk)
    texts = Turn.objects.filter(pk__in=taken).order_by("id")
    return list(texts.values_list("id", "conversation_id", "conversation__team_id", "text", "run__text"))


def _keep(said: dict[uuid.UUID, tuple[uuid.UUID, str, uuid.UUID]]) -> None:
    """What was deleted meanwhile, or indexed by somebody else, is passed over."""
    with transaction.atomic():
        still = Turn.objects.filter(pk__in=said, is_indexed=False).order_by("id").select_for_update(of=("self",))
        rows = [(pk, *said[pk]) for pk in still.values_list("id", flat=True)]
        numbers = free_numbers([pk for pk, _chat, words, _team in rows if words])
        Said.objects.bulk_create(
            Said(id=next(numbers), turn_id=pk, conversation_id=chat, words=f"{words} {of_team(team)}")
            for pk, chat, words, team in rows
            if words
        )
        Turn.objects.filter(pk__in=[pk for pk, *_rest in rows]).update(is_indexed=True)


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
