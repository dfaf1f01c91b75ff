"""Conversations and their turns, as `apps.core.holdings` asks for them.

A conversation goes with its turns, newest first, in as many short transactions as it takes; the words of its
answers go in the same ones.
"""

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.bin import BIN_DAYS
from apps.chat import attachments
from apps.chat.erased_words import merge_erased
from apps.chat.models import Attachment, Conversation, ConversationQuerySet, Function, Share, Turn
from apps.chat.told import as_json, as_markdown, share_as_told
from apps.core.holdings import Counts, Holding, Part, TeamId, as_lines, in_order
from apps.core.ids import first_id_at
from apps.runs.erasure import release, remove_files
from apps.runs.holdings import stop_all
from apps.runs.models import ACTIVE, Run

CHATS: Final = _("Chats")
OF_FUNCTION: Final = ("id", "name", "description", "parameters", "address", "created_at")
AT_ONCE: Final = 50  # conversations that one transaction looks at
SHARES_AT_ONCE: Final = 10  # in memory: each may have a million characters


class ChatHolding(Holding):
    name = "chat"
    position = 20  # turns point to runs
    content = (Conversation,)

    def count(self, team_id: TeamId, since: datetime.datetime | None = None) -> Counts:
        rows = Conversation.objects.filter(team=team_id)
        return [(CHATS, (rows if since is None else rows.filter(pk__gte=first_id_at(since))).count())]

    def count_old(self, team_id: TeamId, before: datetime.datetime) -> Counts:
        return [(CHATS, _resting(_old(team_id, before)).count())]

    def forget(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        return remove(lambda: _old(team_id, before), limit)

    def wipe(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        made = Conversation.objects.filter(team=team_id, pk__lt=first_id_at(before))
        stop_all(Run.objects.filter(turn__conversation__in=made), limit)
        return remove(made.all, limit)

    def delete(self, team_id: TeamId, limit: int) -> int:
        stop_all(Run.objects.filter(turn__conversation__team=team_id), limit)
        return remove(lambda: Conversation.objects.filter(team=team_id), limit)

    def left(self, team_id: TeamId, before: datetime.datetime | None = None) -> int:
        rows = Conversation.objects.filter(team=team_id)
        return (rows if before is None else rows.filter(pk__lt=first_id_at(before))).count()

    def tidy(self, limit: int) -> int:
        """Deleted chats can be brought back for a while; copies whose time is over, and words of what is gone, cannot."""
        over = Share.objects.filter(expires_at__lte=timezone.now(), withdrawn_at=None).values_list("pk", flat=True)[:limit]
        if emptied := Share.objects.filter(pk__in=list(over)).empty():
            return emptied
        due = timezone.now() - datetime.timedelta(days=BIN_DAYS)
        return remove(lambda: Conversation.objects.filter(deleted_at__lt=due), limit) or merge_erased()

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        rows = Conversation.objects.filter(team=team_id).select_related("person")
        if since is not None:
            rows = rows.filter(pk__gte=first_id_at(since))
        yield Part("conversations.jsonl", (piece for each in in_order(rows) for piece in as_json(each)))
        functions = Function.objects.filter(team=team_id)
        yield Part("functions.jsonl", as_lines({name: getattr(each, name) for name in OF_FUNCTION} for each in in_order(functions)))
        shares = Share.objects.filter(team=team_id, conversation__in=rows).select_related("person")
        yield Part("shared_chats.jsonl", as_lines(share_as_told(each) for each in in_order(shares, SHARES_AT_ONCE)))
        for each in in_order(rows):
            yield Part(f"conversations/{each.pk}.md", as_markdown(each))


def _old(team_id: TeamId, before: datetime.datetime) -> ConversationQuerySet:
    """Nobody wrote in them since then, and they are here for as long: an imported one is older than that."""
    return Conversation.objects.filter(team=team_id, updated_at__lt=before, pk__lt=first_id_at(before))


def remove(which: Callable[[], ConversationQuerySet], limit: int) -> int:
    """Remove the first of these conversations with at most `limit` turns. How many rows it were.

    Where an answer is under way the conversation waits for its end.
    """
    found = list(_resting(which()).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    answers = Turn.objects.filter(conversation__in=found).order_by("-pk").values_list("pk", "run_id")[:limit]
    turns = dict(answers)
    attachments.remove(Attachment.objects.filter(Q(turn__in=turns) | Q(turn=None), conversation__in=found).defer("text"))
    runs = [run_id for run_id in turns.values() if run_id is not None]
    elsewhere = read_elsewhere(runs, list(turns))
    ready = {*elsewhere, *remove_files([run_id for run_id in runs if run_id not in elsewhere])}
    return _remove_rows(which, found, [pk for pk, run_id in turns.items() if run_id is None or run_id in ready])


def _remove_rows(which: Callable[[], ConversationQuerySet], found: Sequence[uuid.UUID], turns: Sequence[uuid.UUID]) -> int:
    """Asks again whether they are to go: one may have been brought back, or written in, a moment ago."""
    with transaction.atomic():
        still = list(which().select_for_update().filter(pk__in=found).order_by("pk").values_list("pk", flat=True))
        going = Turn.objects.filter(pk__in=turns, conversation__in=still)
        runs = list(going.exclude(run=None).values_list("run_id", flat=True))
        elsewhere = read_elsewhere(runs, [turn.pk for turn in going.only("pk")])
        release([run_id for run_id in runs if run_id not in elsewhere])
        Conversation.objects.filter(pk__in=still).update(leaf=None)
        Turn.objects.filter(parent__in=going).update(parent=None)
        count, _each = going.delete()
        hand_on(elsewhere)
        empty = Conversation.objects.filter(pk__in=still).exclude(Exists(Turn.objects.filter(conversation=OuterRef("pk"))))
        return count + empty.delete()[0]


def read_elsewhere(runs: Sequence[uuid.UUID], turns: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these runs that another turn than these shows: a branch has them, or what a branch was made of."""
    return set(Turn.objects.filter(run__in=runs).exclude(pk__in=turns).values_list("run_id", flat=True))


def hand_on(runs: Iterable[uuid.UUID]) -> None:
    """What was an answer of a chat that is gone is one of the oldest branch that has it."""
    for run_id in runs:
        if Turn.objects.filter(run=run_id, is_copy=False).exists():
            continue
        heir = Turn.objects.filter(run=run_id).order_by("pk").first()
        if heir is not None:
            Turn.objects.filter(pk=heir.pk).update(is_copy=False)
            Run.objects.filter(pk=run_id, parent_kind="chat").update(parent_id=heir.conversation_id)


def _resting(rows: ConversationQuerySet) -> ConversationQuerySet:
    return rows.exclude(Exists(Turn.objects.filter(conversation=OuterRef("pk"), run__status__in=ACTIVE)))
