"""Conversations of an import as rows: some at a time, each as a whole, and each once for a team."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.chat.chatgpt import Bad, Said, Talk
from apps.chat.import_models import MOST_LISTED, Import
from apps.chat.models import Conversation, Tag, Turn
from apps.chat.services import title_of
from apps.chat.words import fold
from apps.core.ids import first_id_at, new_id

TAG: Final = "ChatGPT"
SOMEBODY: Final = "ChatGPT"  # said an answer where the export names no model
PREFIX: Final = "chatgpt-"  # of the keys: other places may count as this one does
TRIES: Final = 3  # another import of the same file may write at the same moment
ROWS_AT_ONCE: Final = 500

Entry = Talk | Bad


class NotWanted(Exception):
    """The import was stopped, or somebody else goes on with it."""


def keep(row: Import, entries: Sequence[Entry], read: int) -> list[uuid.UUID]:
    """Write these entries, the next ones of the file, and how far it is. Gives the conversations that are new. Raises NotWanted."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _keep(row, entries, read)
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    raise AssertionError


def _keep(row: Import, entries: Sequence[Entry], read: int) -> list[uuid.UUID]:
    now = Import.objects.select_for_update(of=("self",)).select_related("team").filter(pk=row.pk).first()
    if now is None or now.state != Import.State.READING or now.done != row.done or not _is_visible(now):
        raise NotWanted
    talks = {PREFIX + entry.key: entry for entry in reversed(entries) if isinstance(entry, Talk)}
    there = set(Conversation.objects.filter(team=row.team_id, brought_key__in=talks).values_list("brought_key", flat=True))
    new = {key: talk for key, talk in reversed(talks.items()) if key not in there}
    made = _make(now, new)
    bad = [entry for entry in entries if isinstance(entry, Bad)]
    now.done += len(entries)
    now.made += len(made)
    now.left_out += len(bad)
    now.there += len(entries) - len(bad) - len(made)
    now.bad += [{"number": each.number, "title": each.title, "reason": each.reason.value} for each in bad[: MOST_LISTED - len(now.bad)]]
    now.read, now.tries = read, 0
    now.save(update_fields=["done", "made", "left_out", "there", "bad", "read", "tries"])
    row.done = now.done
    return made


def _is_visible(row: Import) -> bool:
    """Whether its team is there, and has not deleted everything since."""
    team = row.team
    return team.deleted_at is None and (team.erase_before is None or row.pk >= first_id_at(team.erase_before))


def _make(row: Import, talks: dict[str, Talk]) -> list[uuid.UUID]:
    conversations, turns, now = [], [], timezone.now()
    for key, talk in talks.items():
        began = _moment(talk.created, now) or next((when for said in talk.said if (when := _moment(said.at, now))), now)
        chat = Conversation(
            team_id=row.team_id, person_id=row.person_id, brought=row, brought_key=key, title=_title(talk), created_at=began
        )
        rows = _turns(chat, talk.said, began, now)
        chat.leaf_id = rows[talk.current].pk
        chat.updated_at = _moment(talk.updated, now) or max(turn.created_at for turn in rows)
        conversations.append(chat)
        turns += rows
    touched = [chat.updated_at for chat in conversations]
    Conversation.objects.bulk_create(conversations)  # which sets the time of now
    for chat, moment in zip(conversations, touched, strict=True):
        chat.updated_at = moment
    if conversations:
        Conversation.objects.bulk_update(conversations, ["updated_at"])
    Turn.objects.bulk_create(turns, ROWS_AT_ONCE)
    Tag.objects.bulk_create(Tag(team_id=row.team_id, conversation=chat, name=TAG, folded=fold(TAG)) for chat in conversations)
    return [chat.pk for chat in conversations]


def _title(talk: Talk) -> str:
    asked = next((said.text for said in talk.said if not said.is_answer), talk.said[0].text)
    return talk.title or title_of(asked) or _("Chat of ChatGPT")


def _turns(chat: Conversation, said: Sequence[Said], began: datetime.datetime, now: datetime.datetime) -> list[Turn]:
    """In the order of the export, which their numbers keep. One without a time has that of what it follows."""
    rows: list[Turn] = []
    for each, pk in zip(said, in_turn(len(said)), strict=True):
        parent = rows[each.parent] if each.parent is not None else None
        when = _moment(each.at, now) or (parent.created_at if parent else began)
        by: dict[str, Any] = {"said_by": each.model or SOMEBODY} if each.is_answer else {}
        rows.append(Turn(pk=pk, conversation=chat, parent=parent, text=each.text, created_at=when, **by))
    return rows


def in_turn(number: int) -> list[uuid.UUID]:
    """So many new ids, each greater than the one before: siblings stand in their order."""
    return sorted(new_id() for _each in range(number))


def _moment(seconds: float | None, now: datetime.datetime) -> datetime.datetime | None:
    """Nothing was said later than now: a clock was wrong."""
    return min(now, datetime.datetime.fromtimestamp(seconds, datetime.UTC)) if seconds is not None else None
