"""Recordings that come piece by piece: begun, continued after a break, finished; renamed, deleted, brought back.

A key of the browser makes a beginning that is sent twice one recording. A piece has a number, which is the number of those
before it: a repeated one is known by that, and a gap is answered with the number that is expected. Bytes are in the storage
before a row tells of them, and no transaction is open while they are written.
"""

import hashlib
import uuid
from typing import Any, Final

from django.core.files.base import ContentFile, File
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.access import is_visible
from apps.accounts.models import Membership
from apps.core.storing import fresh_name, remove, store
from apps.runs.followups import publish_follow_up
from apps.transcription.judging import Announced, Refused, judge, judge_piece, name_of_file, old_page
from apps.transcription.models import PREPARING, Piece, Recording, Transcript

IS_UNFINISHED: Final = "is_unfinished"  # in `details`: its pieces stopped coming, and it was ended without a word
Kind, State = Recording.Kind, Recording.State


class OutOfOrder(Exception):
    """Another piece is expected, or none: `recording` as it is now tells which."""

    def __init__(self, recording: Recording) -> None:
        super().__init__()
        self.recording = recording


def begin(membership: Membership, wish: Announced) -> Recording:
    """A new recording, or the one that this key has begun. Raises Refused."""
    judge(wish)
    key = _key_of(membership, wish.key)
    found = Recording.objects.filter(team=membership.team, key=key).first()
    if found is not None and _is_over(membership, found):
        Recording.objects.filter(pk=found.pk, key=key).update(key=str(found.pk))
        found = None
    if found is None:
        found = _create(membership, wish, key)
    if found.expected != wish.size or found.kind != wish.kind:
        raise Refused(old_page(), 409)
    return found


def _create(membership: Membership, wish: Announced, key: str) -> Recording:
    row = Recording(
        team=membership.team,
        person=membership.user,
        kind=wish.kind,
        name=name_of_file(wish.name),
        key=key,
        content_type=wish.content_type[:100],
        expected=wish.size,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # sent twice at the same moment
        found: Recording = Recording.objects.get(team=membership.team, key=key)
        return found
    return row


def _is_over(membership: Membership, row: Recording) -> bool:
    """Nothing more becomes of it: whoever sends the same again wants a new one."""
    return row.deleted_at is not None or row.state == State.UNUSABLE or not is_visible(membership, row)


def _key_of(membership: Membership, typed: str) -> str:
    """The same file of two people is two recordings."""
    return hashlib.sha256(f"{membership.user_id}:{typed or uuid.uuid4()}".encode()).hexdigest()


def add_piece(row: Recording, number: int, body: bytes) -> Recording:
    """The recording with this piece in it. An empty piece says that more will come. Raises OutOfOrder, Refused, DiskFull."""
    if number < row.pieces:
        return row
    if number > row.pieces or not _is_open(row):
        raise OutOfOrder(row)
    if not body:
        Recording.objects.filter(pk=row.pk, state=State.COMING).update(touched_at=Now())
        return row
    judge_piece(row, len(body))
    if _append(row, number, body):
        return _fresh(row)
    return add_piece(_fresh(row), number, body)  # another tab was a moment earlier


def _append(row: Recording, number: int, body: bytes) -> bool:
    piece = Piece(recording=row, number=number, size=len(body))
    store(piece.file, fresh_name(f"{number:06d}"), ContentFile(body))
    try:
        with transaction.atomic():
            open_rows = Recording.objects.alive().filter(_open(), pk=row.pk, pieces=number)
            came = {"pieces": number + 1, "received": F("received") + len(body), "state": State.COMING, "touched_at": Now()}
            if open_rows.update(**came):
                piece.save(force_insert=True)
                return True
    except IntegrityError:  # the same moment, and the same piece
        remove(piece.file)
        return False
    remove(piece.file)
    return False


def _open() -> Q:
    """Rows that take another piece: those that are coming, and recordings that were ended while their page could not be heard."""
    was_ended = Q(kind=Kind.RECORDED, details__is_unfinished=True) & ~Exists(Transcript.objects.filter(recording=OuterRef("pk")))
    return Q(state=State.COMING) | was_ended


def _is_open(row: Recording) -> bool:
    return row.state == State.COMING or Recording.objects.alive().filter(_open(), pk=row.pk).exists()


def finish(row: Recording) -> Recording:
    """All of it is here: now somebody looks at it. Raises OutOfOrder where something is missing, Refused where nothing came."""
    if row.state != State.COMING:
        return _said_its_end(row)
    if row.expected is not None and row.received != row.expected:
        raise OutOfOrder(row)
    if not row.pieces:
        raise Refused(_("Nothing was recorded."))
    end_of_pieces(row)
    return _fresh(row)


def end_of_pieces(row: Recording, **details: Any) -> bool:
    """coming → being checked, if no piece came meanwhile. Whether it was so."""
    with transaction.atomic():
        coming = Recording.objects.filter(pk=row.pk, state=State.COMING, pieces=row.pieces)
        done = coming.update(state=State.CHECKING, size=F("received"), details=details, touched_at=Now())
        publish_follow_up(PREPARING, row.pk)
    return bool(done)


def _said_its_end(row: Recording) -> Recording:
    """It was ended without a word, and now its page says that there is no more."""
    if row.details.get(IS_UNFINISHED):
        with transaction.atomic():
            row = Recording.objects.select_for_update().get(pk=row.pk)
            row.details.pop(IS_UNFINISHED, None)
            row.save(update_fields=["details"])
    return row


def keep_whole(membership: Membership, file: "File[bytes]", name: str, content_type: str) -> Recording:
    """A file that came in one request. Raises Refused, DiskFull."""
    wish = Announced(name, Kind.UPLOADED, content_type, "", file.size)
    judge(wish)
    row = Recording(team=membership.team, person=membership.user, kind=Kind.UPLOADED, name=name_of_file(name), state=State.CHECKING)
    row.key, row.content_type = _key_of(membership, ""), content_type[:100]
    row.expected = row.received = row.size = file.size
    store(row.file, fresh_name("whole"), file)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            publish_follow_up(PREPARING, row.pk)
    except DatabaseError:
        remove(row.file)
        raise
    return row


def _fresh(row: Recording) -> Recording:
    found: Recording = Recording.objects.get(pk=row.pk)
    return found
