"""What people do: have something checked, by one model or two; try again what failed; stop. Workers do the work (`judging`)."""

import contextlib
import datetime
import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

import rows
from apps.accounts.models import Membership
from apps.core.lists import Brought, read_brought
from apps.core.storing import fresh_name, remove, remove_folder, store
from apps.core.templatetags.core import count
from apps.moderation.models import PARENT, Batch, Check, Judging, Row, folder_of
from apps.moderation.pictures import Ready
from apps.providers.choices import ModelChoice
from apps.runs.followups import publish_follow_up
from apps.runs.models import ACTIVE, Run
from apps.runs.services import KeyReused, stop_run

WORKING: Final = Judging.State.WORKING
AT_ONCE: Final = 5_000  # rows in one transaction: others want to write as well
MOST_MODELS: Final = 2
READING: Final = datetime.timedelta(minutes=10)  # longer than 100,000 rows take


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to be checked: a text, a picture, or both."""

    number: int
    text: str = ""
    label: str = ""
    picture: Ready | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is brought: its pieces, by what name it is known, and what is to be said of what is missing."""

    pieces: Sequence[Piece]
    name: str
    notes: Sequence[str] = field(default_factory=list)


def wish_of(brought: Brought, name: str = "") -> Wish:
    names = dict(enumerate(brought.names, 1))
    pieces = [Piece(row.number, row.text, names.get(row.number, "")[:200]) for row in brought.rows]
    if not name and len(pieces) > 1:  # the first line may be one that nobody should read in a list
        name = _("%(n)s lines") % {"n": count(len(pieces))}
    return Wish(pieces, name or name_of(brought.rows[0].text), brought.left_out)


def begin(membership: Membership, wish: Wish, choice: ModelChoice, key: str) -> Check:
    """All of it is checked. The same key is the same check, however often it is posted. Raises KeyReused, DiskFull."""
    fingerprint = _fingerprint(wish, choice)
    check = Check(team=membership.team, person=membership.user, name=wish.name, key=key, fingerprint=fingerprint, notes=list(wish.notes))
    whole = transaction.atomic() if len(wish.pieces) <= AT_ONCE else contextlib.nullcontext()
    try:
        with whole:
            with transaction.atomic():
                check.save(force_insert=True)
            _fill(check, wish.pieces)
            _open(membership, check, choice)
    except IntegrityError:  # a double click, a reload
        there: Check = Check.objects.get(team=membership.team, key=key)
        if there.fingerprint != fingerprint or there.deleted_at is not None:
            raise KeyReused(key) from None
        return there
    except BaseException:
        Check.objects.filter(pk=check.pk).delete()
        remove_folder(folder_of(check))
        raise
    return check


def keep_file(membership: Membership, file: "File[Any]", key: str) -> Check:
    """A table that was brought: looked at before anything is sent. Raises rows.Unreadable, DiskFull, KeyReused."""
    rows.look(file)
    name = (file.name or "")[:200]
    fingerprint = _digest_of(file)
    there = Check.objects.filter(team=membership.team, key=key).first()
    if there is not None:
        if there.fingerprint != fingerprint or there.deleted_at is not None:
            raise KeyReused(key)
        return there
    check = Check(team=membership.team, person=membership.user, name=name, source_name=name, key=key, fingerprint=fingerprint)
    store(check.source, fresh_name("source"), file)
    try:
        with transaction.atomic():
            check.save(force_insert=True)
    except IntegrityError:  # the other click was first
        remove(check.source)
        return Check.objects.get(team=membership.team, key=key)
    return check


def begin_file(membership: Membership, check: Check, post: Any, choice: ModelChoice) -> Check:
    """The rows of the chosen column are checked; those of another column later are a check of their own. Raises rows.Unreadable."""
    wish = {name: str(post.get(name, "")) for name in ("column", "has_header", "encoding", "delimiter")}
    with check.source.storage.open(str(check.source.name), "rb") as source:
        brought = read_brought(wish, [source])
    stale = timezone.now() - READING  # a process that was killed over it
    free = Check.objects.filter(Q(begun_at=None) | Q(begun_at__lt=stale), pk=check.pk, total=0)
    if free.update(wish=wish, notes=brought.left_out, begun_at=timezone.now()):
        check.rows.all().delete()
        _fill(check, wish_of(brought).pieces)
        _open(membership, check, choice)
    return check


def another_column(membership: Membership, check: Check, key: str) -> Check:
    """A draft of the same file, so that another of its columns can be chosen. Raises FileNotFoundError, Unreadable, DiskFull, KeyReused."""
    if not check.source:
        raise FileNotFoundError
    with check.source.storage.open(str(check.source.name), "rb") as source:
        return keep_file(membership, File(source, name=check.source_name), key)


def add_model(membership: Membership, check: Check, choice: ModelChoice) -> Judging | None:
    """The same rows by one more model. None where that one has them already, or two have: a double click asks once."""
    with transaction.atomic():
        row = Check.objects.select_for_update().get(pk=check.pk)
        before = list(row.judgings.all())
        is_there = any((each.provider_id, each.model) == (choice.provider.pk, choice.model.name) for each in before)
        if is_there or len(before) >= MOST_MODELS or not row.total:
            return None
        return _judging(membership, row, choice, len(before))


def replace_model(membership: Membership, judging: Judging, choice: ModelChoice) -> bool:
    """Another model in the place of one that failed and judged no row. Its calls stay, with what they cost. False where it cannot be."""
    with transaction.atomic():
        check = Check.objects.select_for_update().get(pk=judging.check_of_id)
        others = check.judgings.exclude(pk=judging.pk).values_list("provider_id", "model")
        if (choice.provider.pk, choice.model.name) in set(others) or judging.verdicts.exists():
            return False
        fresh = {"state": WORKING, "sentence": "", "has_plan": False, "done": 0, "taken": 0, "tried": None, "finished_at": None}
        named = {"provider": choice.provider, "model": choice.model.name, "model_label": choice.label, "person": membership.user}
        failed = Judging.objects.filter(pk=judging.pk, state=Judging.State.FAILED, verdicts=None)
        if not failed.update(**fresh, **named, categories=[], turn=F("turn") + 1):
            return False
        Batch.objects.filter(judging=judging).delete()
        publish_follow_up(PARENT, judging.pk)
    return True


def try_again(judging: Judging) -> bool:
    """Ask once more for those rows that have no verdict. Clicked twice it is done once."""
    again = (Judging.State.PARTIAL, Judging.State.FAILED)
    with transaction.atomic():
        if not Judging.objects.filter(pk=judging.pk, state__in=again).update(state=WORKING, sentence="", finished_at=None):
            return False
        failed = Batch.objects.filter(judging=judging).exclude(sentence="", is_over=True)
        for batch in failed.iterator():
            batch.run, batch.tries, batch.is_over, batch.sentence = None, batch.tries + 1, False, ""
            batch.save(update_fields=["run", "tries", "is_over", "sentence"])
        publish_follow_up(PARENT, judging.pk)
    return True


def stop(judging: Judging) -> None:
    """Nothing more is sent, and what is under way is ended. Verdicts that are there stay."""
    with transaction.atomic():
        Judging.objects.filter(pk=judging.pk, state=WORKING, sentence="").update(sentence=_("Stopped."))
        publish_follow_up(PARENT, judging.pk)
    for run in Run.objects.filter(parent_kind=PARENT, parent_id=judging.pk, status__in=ACTIVE):
        stop_run(run)


def name_of(text: str) -> str:
    return " ".join(text.split())[:60].strip()


def _open(membership: Membership, check: Check, choice: ModelChoice) -> None:
    """All rows are there: from now on it is a check like others."""
    with transaction.atomic():
        total = check.rows.count()
        has_pictures = check.rows.exclude(picture="").exists()
        Check.objects.filter(pk=check.pk).update(total=total, has_pictures=has_pictures)
        check.total, check.has_pictures = total, has_pictures
        _judging(membership, check, choice, 0)


def _judging(membership: Membership, check: Check, choice: ModelChoice, position: int) -> Judging:
    judging = Judging.objects.create(
        team=membership.team,
        check_of=check,
        person=membership.user,
        provider=choice.provider,
        model=choice.model.name,
        model_label=choice.label,
        position=position,
    )
    publish_follow_up(PARENT, judging.pk)
    return judging


def _fill(check: Check, pieces: Iterable[Piece]) -> None:
    numbered = enumerate(pieces, 1)
    while some := list(itertools.islice(numbered, AT_ONCE)):
        with transaction.atomic():
            Row.objects.bulk_create([_row(check, position, piece) for position, piece in some])


def _row(check: Check, position: int, piece: Piece) -> Row:
    row = Row(check_of=check, position=position, number=piece.number, text=piece.text, label=piece.label)
    if piece.picture is not None:
        store(row.picture, fresh_name("picture"), piece.picture.content)
        row.width, row.height = piece.picture.width, piece.picture.height
    return row


def _fingerprint(wish: Wish, choice: ModelChoice) -> str:
    digest = hashlib.sha256(orjson.dumps([choice.provider.pk, choice.model.name], default=str))
    for piece in wish.pieces:
        digest.update(piece.text.encode() + b"\0" + (piece.picture.content.read() if piece.picture else b"") + b"\0")
        if piece.picture:
            piece.picture.content.seek(0)
    return digest.hexdigest()


def _digest_of(file: "File[Any]") -> str:
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
