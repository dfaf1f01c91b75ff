"""A file that is made of another one of the team: repaired, edited, lines of JSON out of a table, or a copy for another provider.

The new row takes the name. The old one goes to the bin when the new one is there, and can be brought back from it; what lies at a provider
stays in the list as what it is. The row says in its details what it is made of, so whoever comes after a kill makes it:
"made" = {"of": id, "what": "fixes" | "edit" | "examples" | "copy", "how": …}.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import Membership
from apps.core.storing import remove_folder
from apps.files import writing_out
from apps.files.content import becoming_rows, write_whole, writing
from apps.files.models import LOOKING, Copy, File, Piece, Remote, folder_of
from apps.runs.followups import publish_follow_up

MADE: Final = "made"  # in the details; it stays there when the content was looked at
HELD: Final = "held"  # in the report: it was to be sent, and did not go because of what was found
TAKES_PLACE: Final = ("fixes", "edit")
COPY: Final = "copy"
KNOWN: Final = ("content_type", "kind", "md5", "check_method", "check_report", "flaws")  # of the same bytes
ONLY_HERE: Final = (Remote.NONE, Remote.WAITING, Remote.FAILED, Remote.GONE)
Told = Callable[[int], None]


class Replaced(Exception):
    """Another file has taken the place of the old one already. Nothing was written."""


def begin(membership: Membership, old: File, what: str, how: dict[str, Any], *, key: str, name: str = "", **fields: Any) -> File:
    """The row of the new one; a worker makes it. The same key gives the same row, brought back where it was deleted."""
    with transaction.atomic():
        row, is_new = File.objects.get_or_create(team=old.team, key=key, defaults=_fields(membership, old, what, how, name) | fields)
        if not is_new and row.deleted_at is not None:
            _bring_back(row)
        publish_follow_up(LOOKING, row.pk)
    return row


def _bring_back(row: File) -> None:
    """One that was made takes its place again; one that could not be made is tried once more, and nothing goes for it before that."""
    if row.pieces:
        File.objects.filter(pk=row.pk).update(deleted_at=None)
        _replace(row)
        return
    details = {MADE: row.details[MADE]}
    File.objects.filter(pk=row.pk).update(deleted_at=None, copy=Copy.LOOKING, details=details, md5="", sentence="")


def begin_edited(membership: Membership, old: File, body: bytes, *, key: str) -> File:
    """The row of what somebody typed, with its content. Raises DiskFull, Replaced."""
    row = File(team=old.team, key=key, **_fields(membership, old, "edit", {}, ""))
    pieces = write_whole(row, [body])
    row.pieces, row.size, row.received = len(pieces), len(body), len(body)
    try:
        with becoming_rows(pieces), transaction.atomic():
            row.save(force_insert=True)
            Piece.objects.bulk_create(pieces)
            _replace(row, is_asking=True)
            publish_follow_up(LOOKING, row.pk)
    except IntegrityError:  # pressed twice at the same moment
        found: File = File.objects.get(team=old.team, key=key)
        return found
    return row


def _fields(membership: Membership, old: File, what: str, how: dict[str, Any], name: str) -> dict[str, Any]:
    """What the new one begins with. One that takes the place of a file that was held back goes where that was to go."""
    made = {"of": str(old.pk), "what": what, "how": how}
    fields: dict[str, Any] = {"person": membership.user, "name": name or old.name, "added_at": timezone.now(), "copy": Copy.LOOKING}
    if what in TAKES_PLACE:
        wants = old.check_report.get(HELD) and old.remote == Remote.NONE and old.provider_id is not None
        fields |= {"purpose": old.purpose, "check_method": old.check_method, "lifetime": old.lifetime, "provider_id": old.provider_id}
        fields |= {"remote": Remote.WAITING, "wisher": membership.user} if wants else {}
    return fields | {"details": {MADE: made}}


def is_copy(file: File) -> bool:
    return bool(file.details.get(MADE, {}).get("what") == COPY)


def known_of(file: File) -> dict[str, Any]:
    """What need not be found out of a copy again, as fields; nothing while nobody has looked at the first one."""
    old = File.objects.filter(pk=file.details[MADE]["of"], copy=Copy.READY).exclude(md5="").first() if is_copy(file) else None
    if old is None or old.size != file.size:
        return {}
    report = {name: value for name, value in old.check_report.items() if name != HELD}
    return {name: getattr(old, name) for name in KNOWN} | {"check_report": report, "details": old.details | {MADE: file.details[MADE]}}


def is_to_be_made(file: File) -> bool:
    return MADE in file.details and not file.pieces and not file.md5


def make(file: File, told: Told) -> None:
    """Under the lease. Raises DiskFull, FileNotFoundError, Unmakeable, and what `told` raises: then nothing is left."""
    made = file.details[MADE]
    old = File.objects.filter(pk=made["of"]).first()
    if old is None:
        raise FileNotFoundError(made["of"])
    remove_folder(folder_of(file))  # what a killed process has left: nobody who lost the lease can make it count any more
    with writing(file) as writer:
        writing_out.WAYS[made["what"]](old, writer, made["how"], told)
    size = sum(piece.size for piece in writer.pieces)
    if not _save(file, writer.pieces, size):  # deleted meanwhile, or another worker has it
        writer.remove()
        file.refresh_from_db(fields=["pieces", "size", "received"])
        return
    file.pieces, file.size, file.received = len(writer.pieces), size, size


def _save(file: File, pieces: Sequence[Piece], size: int) -> bool:
    with becoming_rows(pieces), transaction.atomic():
        mine = File.objects.filter(pk=file.pk, copy=Copy.LOOKING, pieces=0, lease_token=file.lease_token)
        if not mine.update(pieces=len(pieces), size=size, received=size):
            return False
        Piece.objects.bulk_create(pieces)
        _replace(file)
    return True


def _replace(file: File, *, is_asking: bool = False) -> None:
    """The old one to the bin. `is_asking`: raises Replaced where it has gone already."""
    made = file.details[MADE]
    if made["what"] not in TAKES_PLACE:
        return
    old = File.objects.alive().filter(pk=made["of"], team=file.team_id)
    gone = old.filter(remote__in=ONLY_HERE).update(deleted_at=timezone.now())
    if is_asking and not gone and not old.exists():
        raise Replaced


def give_up(file: File, sentence: str) -> None:
    """What was to be made cannot be: it goes, and the old one says why. Any other is looked at again when the sweeper comes by."""
    made = file.details.get(MADE)
    if made and not file.pieces:
        with transaction.atomic():
            mine = File.objects.filter(pk=file.pk, pieces=0, copy=Copy.LOOKING)  # else another worker has made it meanwhile
            if mine.update(deleted_at=timezone.now(), copy=Copy.NONE):
                File.objects.filter(pk=made["of"]).update(sentence=sentence[:400])


# --- What took the place of what -----------------------------------------------------------------
def made_of(file: File) -> File | None:
    """The one in the bin that this one took the place of."""
    made = file.details.get(MADE, {})
    if made.get("what") not in TAKES_PLACE or file.remote not in ONLY_HERE:  # what a provider has is deleted, and not undone
        return None
    found: File | None = File.objects.filter(pk=made["of"], team=file.team_id, deleted_at__isnull=False).first()
    return found


def follower_of(file: File) -> File | None:
    """The one that took the place of this one and has it still."""
    found = File.objects.alive().filter(team=file.team_id, details__made__of=str(file.pk), details__made__what__in=TAKES_PLACE)
    newest: File | None = found.order_by("-added_at").first()
    return newest


def undo(file: File) -> File | None:
    """The old one comes back, this one goes to the bin. None where that is done already, or the old one is gone for good."""
    with transaction.atomic():
        old = made_of(file)
        if old is None or not File.objects.alive().filter(pk=file.pk, remote__in=ONLY_HERE).update(deleted_at=timezone.now()):
            return None
        File.objects.filter(pk=old.pk).update(deleted_at=None)
    return old


def key_of(what: str, old: uuid.UUID, how: str) -> str:
    return f"{what}-{old.hex}-{how}"[:80]
