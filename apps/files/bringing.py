"""Files that come piece by piece: begun, continued after a break, finished; or whole, from a form.

A key of the browser makes a beginning that is sent twice one file. A piece has a number, which is the number of those before it: a
repeated one is known by that, and a gap is answered with the number that is expected. Bytes are in the storage before a row tells of
them, and no transaction is open while they are written.
"""

import hashlib
import uuid
from typing import Any

from django.core.files.base import File as Upload
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.access import is_visible
from apps.accounts.models import Membership
from apps.core.storing import remove
from apps.files.content import becoming_rows, stored_piece, write_whole
from apps.files.judging import Announced, Refused, judge, judge_piece, name_of_file, old_page
from apps.files.models import LOOKING, Copy, File, Piece, Remote
from apps.files.purposes import BY_WORD
from apps.providers.models import Provider
from apps.runs.followups import publish_follow_up


class OutOfOrder(Exception):
    """Another piece is expected, or none: `file` as it is now tells which."""

    def __init__(self, file: File) -> None:
        super().__init__()
        self.file = file


def begin(membership: Membership, wish: Announced) -> File:
    """A new file, or the one that this key has begun, which now goes where this wish says. Raises Refused."""
    judge(wish)
    key = _key_of(membership, wish.key)
    found = File.objects.filter(team=membership.team, key=key).first()
    if found is not None and _is_over(membership, found, wish):
        File.objects.filter(pk=found.pk, key=key).update(key=str(found.pk))
        found = None
    if found is None:
        return _create(membership, wish, key)
    if found.size != wish.size:
        raise Refused(old_page(), 409)
    if found.copy == Copy.COMING:
        File.objects.filter(pk=found.pk, copy=Copy.COMING).update(**_place(membership, wish), touched_at=Now())
    return _fresh(found)


def _create(membership: Membership, wish: Announced, key: str) -> File:
    row = _new(membership, wish, key, copy=Copy.COMING)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # sent twice at the same moment
        found: File = File.objects.get(team=membership.team, key=key)
        return found
    return row


def _new(membership: Membership, wish: Announced, key: str, **state: Any) -> File:
    return File(
        team=membership.team,
        person=membership.user,
        name=name_of_file(wish.name),
        size=wish.size or 0,
        content_type=wish.content_type[:100],
        key=key,
        added_at=timezone.now(),
        **_place(membership, wish),
        **state,
    )


def _place(membership: Membership, wish: Announced) -> dict[str, Any]:
    """Where it is to go, and what for."""
    there = wish.provider is not None
    return {
        "purpose": wish.purpose,
        "check_method": BY_WORD[wish.purpose].check if wish.purpose else "",
        "provider": wish.provider,
        "wisher": membership.user if there else None,
        "remote": Remote.WAITING if there else Remote.NONE,
        "lifetime": wish.lifetime if there else None,
    }


def _is_over(membership: Membership, row: File, wish: Announced) -> bool:
    """Whoever sends the same again wants a new one: it was deleted, or is to go somewhere else, or for something else."""
    if row.deleted_at is not None or not is_visible(membership, row) or row.copy == Copy.NONE:
        return True
    return row.copy != Copy.COMING and (row.provider != wish.provider or row.purpose != wish.purpose)


def _key_of(membership: Membership, typed: str) -> str:
    """The same file of two people is two files."""
    return hashlib.sha256(f"{membership.user_id}:{typed or uuid.uuid4()}".encode(errors="replace")).hexdigest()


def add_piece(file: File, number: int, body: bytes) -> File:
    """The file with this piece in it. An empty piece says that more will come. Raises OutOfOrder, Refused, DiskFull."""
    if number < file.pieces:
        return file
    if number > file.pieces or file.copy != Copy.COMING or file.remote_id:  # what is fetched comes from its provider alone
        raise OutOfOrder(file)
    if not body:
        File.objects.filter(pk=file.pk, copy=Copy.COMING).update(touched_at=Now())
        return file
    judge_piece(file, len(body))
    is_kept = _append(file, number, body)
    now = _fresh(file)
    if not is_kept and now.pieces <= number:  # cancelled or deleted meanwhile; else another tab was a moment earlier
        raise OutOfOrder(now)
    return now


def _append(file: File, number: int, body: bytes) -> bool:
    piece = stored_piece(file, number, body)
    try:
        with becoming_rows([piece]), transaction.atomic():
            coming = File.objects.alive().filter(pk=file.pk, copy=Copy.COMING, pieces=number, remote_id="")
            if coming.update(pieces=number + 1, received=F("received") + len(body), touched_at=Now()):
                piece.save(force_insert=True)
                return True
    except IntegrityError:  # the same moment, and the same piece
        return False
    remove(piece.content)
    return False


def finish(file: File) -> File:
    """All of it is here: now somebody looks at it. Raises OutOfOrder where something is missing."""
    if file.copy != Copy.COMING:
        return file
    if file.received != file.size:
        raise OutOfOrder(file)
    with transaction.atomic():
        came = File.objects.filter(pk=file.pk, copy=Copy.COMING, pieces=file.pieces, remote_id="")
        came.update(copy=Copy.LOOKING, touched_at=Now())
        publish_follow_up(LOOKING, file.pk)
    return _fresh(file)


def keep_whole(
    membership: Membership,
    upload: "Upload[bytes]",
    name: str,
    content_type: str,
    purpose: str = "",
    provider: Provider | None = None,
    lifetime: int | None = None,
) -> File:
    """A file that came in one request. Raises Refused, DiskFull."""
    wish = Announced(name, upload.size, content_type, "", purpose, provider, lifetime)
    judge(wish)
    row = _new(membership, wish, _key_of(membership, ""), copy=Copy.LOOKING)
    pieces = write_whole(row, upload.chunks())
    row.pieces, row.received = len(pieces), sum(piece.size for piece in pieces)
    row.size = row.received
    with becoming_rows(pieces), transaction.atomic():
        row.save(force_insert=True)
        Piece.objects.bulk_create(pieces)
        publish_follow_up(LOOKING, row.pk)
    return row


def _fresh(file: File) -> File:
    found: File = File.objects.select_related("provider", "person").get(pk=file.pk)
    return found
