"""Search in all chats of a team: names, questions and answers, newest first, each hit with the place where the words stand."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import F, QuerySet
from django.urls import reverse

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.chat.catching_up import MOST_READ, still_looking
from apps.chat.excerpts import excerpt
from apps.chat.indexing import number_of, of_team
from apps.chat.models import Conversation, Said, Turn
from apps.chat.texts import whole
from apps.chat.words import TABLE, asked, holds, is_whole, match_of

ON_A_PAGE: Final = 20
NAMES_SHOWN: Final = 5
MOST_STEP: Final = 20_000
LAST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Hit:
    """A question or an answer with the words. `pieces`: an excerpt, each piece with whether it is one of the words."""

    number: int  # its place in the order of all
    turn: Turn
    pieces: Sequence[tuple[str, bool]]

    @property
    def conversation(self) -> Conversation:
        return self.turn.conversation

    @property
    def is_answer(self) -> bool:
        return self.turn.is_answer

    @property
    def url(self) -> str:
        return reverse("chat:see_turn", args=[self.turn.conversation_id, self.turn.pk])


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `after`: where the next one begins, "" on the last. `names`: chats that are called so, on the first page.

    `note`: a sentence while not all chats are looked through.
    """

    names: Sequence[Conversation]
    hits: Sequence[Hit]
    after: str
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.names or self.hits)


def find(membership: Membership, typed: str, after: str = "", chats: "QuerySet[Conversation] | None" = None) -> Found:
    """What has all these words. `chats` narrows where to look; all of the team otherwise."""
    typed = typed.replace("\x00", "")  # PostgreSQL takes none
    words = asked(typed)
    mine = visible(membership, Conversation.objects.alive() if chats is None else chats)
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    names = _names(mine, typed) if start is None else []
    if not words:
        return Found(names, [], "")
    numbered = sorted([*_indexed(membership, mine, words, start), *_waiting(mine, words, start)], reverse=True)[: ON_A_PAGE + 1]
    shown = numbered[:ON_A_PAGE]
    turns = Turn.objects.filter(pk__in=[pk for _number, pk in shown]).select_related("conversation__person", "run").defer(*HEAVY).in_bulk()
    hits = [Hit(number, turns[pk], excerpt(turns[pk].full_text, words)) for number, pk in shown if pk in turns]
    return Found(names, hits, str(numbered[ON_A_PAGE - 1][0]) if len(numbered) > ON_A_PAGE else "", still_looking(mine))


HEAVY: Final = ("run__params", "run__request", "run__response", "run__thinking", "conversation__instructions")


def _names(mine: "QuerySet[Conversation]", typed: str) -> list[Conversation]:
    named = mine.filter(title__icontains=typed).select_related("person").defer("instructions")
    return list(named.order_by("-updated_at")[:NAMES_SHOWN])


def _indexed(membership: Membership, mine: Any, words: Sequence[str], start: int | None) -> list[tuple[int, uuid.UUID]]:
    """From the newest on, in growing steps: chats that are put away, or have not the tag, are passed over."""
    whole = [word for word in words if is_whole(word)]
    wanted = ([word for word in words if not is_whole(word)], [*whole, of_team(membership.team_id)])
    found: list[tuple[int, uuid.UUID]] = []
    step = 4 * ON_A_PAGE
    while len(found) <= ON_A_PAGE:
        numbers = newest_with(wanted, start, step)
        rows = Said.objects.filter(pk__in=numbers, conversation__in=mine).order_by("-pk")
        found += rows.values_list("pk", "turn_id")[: ON_A_PAGE + 1]
        if len(numbers) < step:
            break
        start, step = numbers[-1], min(MOST_STEP, step * 4)
    return found


def newest_with(wanted: tuple[list[str], list[str]], start: int | None, most: int) -> list[int]:
    """The numbers of the newest texts with these words, before `start`. SQLite reads its full-text table backwards, and stops."""
    if connection.vendor == "postgresql":
        rows = Said.objects.filter(words__holds=wanted)
        rows = rows if start is None else rows.filter(pk__lt=start)
        return list(rows.order_by("-pk").values_list("pk", flat=True)[:most])
    sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s"  # noqa: S608  # names of ours
    with connection.cursor() as cursor:
        cursor.execute(sql, [match_of(*wanted), LAST if start is None else start, most])
        return [number for (number,) in cursor.fetchall()]


def _waiting(mine: Any, words: Sequence[str], start: int | None) -> Iterator[tuple[int, uuid.UUID]]:
    rows = Turn.objects.filter(is_indexed=False, conversation__in=mine).order_by("-pk").annotate(answer=F("run__text"))
    number = 0
    for pk, text, answer in reversed(rows.values_list("pk", "text", "answer")[:MOST_READ]):
        number = max(number_of(pk), number + 1)  # as `free_numbers` does for those of one millisecond
        if (start is None or number < start) and holds(whole(text, answer or ""), words):
            yield number, pk
