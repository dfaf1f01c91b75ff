"""Attaching: what a person brings to the next message of a chat, and takes away again, until it is sent."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.core.files.base import ContentFile, File
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.chat.attachments import LONGEST_NAME, Attachment, remove_files, remove_unsent
from apps.chat.bringing import Refused, digest_of, judge
from apps.chat.models import Conversation, Turn
from apps.core.file_names import readable, shortened, without_folders
from apps.core.ids import new_id
from apps.core.storing import DiskFull, fresh_name, store

MOST: Final = 20  # with one message
MOST_UNSENT: Final = 100  # of one person, in all chats
MOST_BYTES: Final = 48 * 1024 * 1024  # with one message, as sent


class Gone(Exception):
    """Something that was to be sent is not there any more: taken away, or sent, in another tab."""

    sentence = gettext_lazy("One of the attachments is not there any more. Look at those that are left, and send again.")


def unsent(membership: Membership, conversation: Conversation | None) -> "QuerySet[Attachment]":
    """What this person has attached to the next message here, in the order in which it was brought."""
    mine = visible(membership, Attachment.objects.filter(turn=None, person=membership.user, conversation=conversation))
    return mine.defer("text").order_by("pk")


def attach(membership: Membership, conversation: Conversation | None, file: "File[Any]", typed_name: str) -> Attachment:
    """Keep it with the next message. The same file a second time is the first one. Raises Refused."""
    name = name_of(typed_name)
    digest = digest_of(file)
    here = list(unsent(membership, conversation))
    same = next((each for each in here if each.digest == digest and each.name == name), None)
    if same is not None:
        return same
    if len(here) >= MOST:
        raise Refused(_("%(most)s attachments go with one message at most. “%(name)s” was not attached.") % {"most": MOST, "name": name})
    if visible(membership, Attachment.objects.filter(turn=None, person=membership.user)).count() >= MOST_UNSENT:
        raise Refused(_("You have %(most)s attachments in messages that were not sent. Take some away first.") % {"most": MOST_UNSENT})
    brought = judge(file, name)
    if sum(each.size for each in here) + brought.content.size > MOST_BYTES:
        told = {"most": MOST_BYTES // 1024**2, "name": name}
        raise Refused(_("The attachments of one message have %(most)s MB at most. “%(name)s” was not attached.") % told)
    details = {**brought.details, "characters": len(brought.text)} if brought.text else brought.details
    row = Attachment(
        team=membership.team, person=membership.user, conversation=conversation, name=name, digest=digest, kind=brought.kind,
        content_type=brought.content_type, size=brought.content.size, head=brought.head, text=brought.text, details=details,
    )  # fmt: skip
    return _kept(row, brought.content, brought.thumbnail)


def _kept(row: Attachment, content: "File[Any]", thumbnail: bytes) -> Attachment:
    """In the storage, then as a row; or nothing of it."""
    try:
        store(row.file, fresh_name("file"), content)
        if thumbnail:
            store(row.thumbnail, fresh_name("small"), ContentFile(thumbnail))
        row.save(force_insert=True)
    except BaseException as error:
        remove_files([row])
        if isinstance(error, DiskFull):
            raise Refused(_("There is no room for “%(name)s” on this server. Ask who runs it to make some.") % {"name": row.name}) from None
        raise
    return row


def name_of(typed: str) -> str:
    """What a person may read again of a name from a stranger: no folders, nothing that nobody sees or that turns what follows."""
    return shortened(readable(without_folders(typed), 4 * LONGEST_NAME), LONGEST_NAME) or _("File")


def take_away(membership: Membership, conversation: Conversation | None, pk: str) -> None:
    """Nothing to take away is no error."""
    try:
        wanted = uuid.UUID(pk)
    except ValueError:
        return
    remove_unsent(unsent(membership, conversation).filter(pk=wanted))


def chosen(membership: Membership, ids: Iterable[str]) -> tuple[Attachment, ...]:
    """The attachments that a form names, also those that were sent a moment ago: a form may come twice."""
    wanted = [pk for pk in ids if _is_id(pk)][:MOST]
    rows = visible(membership, Attachment.objects.filter(pk__in=wanted, person=membership.user))
    return tuple(rows.order_by("pk"))


def _is_id(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def mark_of(digests: Iterable[str]) -> str:
    """What tells the same attachments from others, for the key of a message; empty for none."""
    found = sorted(digests)
    return hashlib.sha256(" ".join(found).encode()).hexdigest() if found else ""


def refuse_too_much(attachments: Sequence[Attachment]) -> None:
    """What was brought at the same time from two pages may be more together than each of them saw. Raises Refused."""
    if len(attachments) > MOST or sum(each.size for each in attachments) > MOST_BYTES:
        told = {"most": MOST, "bytes": MOST_BYTES // 1024**2}
        raise Refused(_("One message takes %(most)s attachments, and %(bytes)s MB of them. Take some away.") % told)


def send_with(question: Turn, attachments: Sequence[Attachment], place: Conversation | None) -> None:
    """They belong to the question from now on. Call it in the transaction that writes it. Raises Gone."""
    ids = [each.pk for each in attachments]
    taken = Attachment.objects.filter(pk__in=ids, turn=None, person__isnull=False, conversation=place).update(
        turn=question, conversation=question.conversation
    )
    if taken != len(ids):
        raise Gone


def copy_to(turns: Mapping[uuid.UUID, Turn]) -> None:
    """What is attached to these questions, once more for those that take their place: another wording, or a copy in a branch.

    `turns`: the new question of each old one. The copies name the same files.
    """
    copies = list(Attachment.objects.filter(turn__in=list(turns)).order_by("pk"))
    for copy in copies:
        question = turns[copy.turn_id]  # type: ignore[index]  # those that were asked for have one
        copy.pk, copy._state.adding = new_id(), True
        copy.turn, copy.conversation = question, question.conversation
    Attachment.objects.bulk_create(copies)
