"""Search in all chats of a team: names, questions and answers, newest first, each hit with the place where the words stand."""

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, QuerySet
from django.urls import reverse

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.chat.indexing import number_of, of_team
from apps.chat.models import Conversation, Said, Turn
from apps.chat.words import asked, fold, holds, is_whole

ON_A_PAGE: Final = 20
NAMES_SHOWN: Final = 5
MOST_WAITING: Final = 300  # turns that are not in the index yet: the newest ones are read
BEFORE, EXCERPT = 60, 220  # characters


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
    """One page. `after`: where the next one begins, "" on the last. `names`: chats that are called so, on the first page."""

    names: Sequence[Conversation]
    hits: Sequence[Hit]
    after: str

    def __bool__(self) -> bool:
        return bool(self.names or self.hits)


def find(membership: Membership, typed: str, after: str = "", chats: "QuerySet[Conversation] | None" = None) -> Found:
    """What has all these words. `chats` narrows where to look; all of the team otherwise."""
    words = asked(typed)
    mine = visible(membership, Conversation.objects.alive() if chats is None else chats)
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    names = _names(mine, typed) if start is None else []
    if not words:
        return Found(names, [], "")
    numbered = sorted([*_indexed(membership, mine, words, start), *_waiting(mine, words, start)], reverse=True)[: ON_A_PAGE + 1]
    shown = dict(numbered[:ON_A_PAGE])
    turns = Turn.objects.filter(pk__in=shown.values()).select_related("conversation__person", "run").defer(*HEAVY).in_bulk()
    hits = [Hit(number, turns[pk], excerpt(text_of(turns[pk]), words)) for number, pk in shown.items() if pk in turns]
    return Found(names, hits, str(numbered[ON_A_PAGE - 1][0]) if len(numbered) > ON_A_PAGE else "")


HEAVY: Final = ("run__params", "run__request", "run__response", "run__thinking", "conversation__instructions")


def text_of(turn: Turn) -> str:
    return turn.run.text if turn.run else turn.text


def _names(mine: "QuerySet[Conversation]", typed: str) -> list[Conversation]:
    named = mine.filter(title__icontains=typed).select_related("person").defer("instructions")
    return list(named.order_by("-updated_at")[:NAMES_SHOWN])


def _indexed(membership: Membership, mine: Any, words: Sequence[str], start: int | None) -> Iterator[tuple[int, uuid.UUID]]:
    whole = [word for word in words if is_whole(word)]
    beginnings = [word for word in words if not is_whole(word)]
    rows = Said.objects.filter(words__holds=(beginnings, [*whole, of_team(membership.team_id)]), conversation__in=mine)
    if start is not None:
        rows = rows.filter(pk__lt=start)
    yield from rows.order_by("-pk").values_list("pk", "turn_id")[: ON_A_PAGE + 1]


def _waiting(mine: Any, words: Sequence[str], start: int | None) -> Iterator[tuple[int, uuid.UUID]]:
    rows = Turn.objects.filter(is_indexed=False, conversation__in=mine).order_by("-pk").annotate(answer=F("run__text"))
    for pk, text, answer in rows.values_list("pk", "text", "answer")[:MOST_WAITING]:
        if (start is None or number_of(pk) < start) and holds(text or answer or "", words):
            yield number_of(pk), pk


def excerpt(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """The part of a text where the words begin to stand, cut into pieces that are one of them or not."""
    flat = " ".join(text.split())
    folded = fold(flat)
    if len(folded) != len(flat):  # letters that fall apart move all places behind them
        folded = flat.lower() if len(flat.lower()) == len(flat) else flat
    marks = re.compile("|".join(_mark(word) for word in sorted(words, key=len, reverse=True)))
    first = marks.search(folded)
    begin = max(0, first.start() - BEFORE) if first else 0
    begin = flat.find(" ", begin) + 1 if begin and 0 <= flat.find(" ", begin) < (first.start() if first else 0) else begin
    end = min(len(flat), begin + EXCERPT)
    pieces, at = [("…", False)] if begin else [], begin
    for mark in marks.finditer(folded, begin, end):
        pieces += [(flat[at : mark.start()], False), (flat[mark.start() : mark.end()], True)]
        at = mark.end()
    pieces += [(flat[at:end], False), ("…" if end < len(flat) else "", False)]
    return [piece for piece in pieces if piece[0]]


def _mark(word: str) -> str:
    dense_or_begun = re.escape(word)
    if is_whole(word):
        return rf"\b{dense_or_begun}\b"
    return dense_or_begun if not word[0].isascii() else rf"(?<![^\W_]){dense_or_begun}"
