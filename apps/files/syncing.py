"""The list of a provider's files becomes our rows: page by page, so that its length does not matter, and from where it was after a kill.

Nothing is lost and nothing doubled while the list changes: each entry is a row by its id, and what a page repeats changes nothing. What
was there before and is not listed any more is gone, once the list was read to its end. A list without end is left after so many files,
pages or hours, with what was read of it; until then it is read a minute at a time, so that others have their turn.
"""

import datetime
import enum
import time
import uuid
from collections.abc import Iterable
from typing import ClassVar, Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.files import remote_states, using
from apps.files.models import SYNCING, File, Remote, Sync
from apps.files.remote_answers import Listed, file_of
from apps.files.remote_calls import LONGEST_SENTENCE
from apps.files.remote_lists import EARLIER, NotListed, Page, Reader
from apps.files.storing_lists import store
from apps.providers.models import Provider
from apps.runs.followups import FollowUp, publish_follow_up
from apps.runs.leases import held, is_free

State = Sync.State
OPEN: Final = Sync.OPEN
AT_ONCE: Final = 500  # rows in one transaction
STEP_SECONDS: Final = 60.0  # of reading, then another list has its turn
MOST_PAGES, MOST_FILES = 20_000, 500_000  # of one reading
LONGEST: Final = datetime.timedelta(hours=6)
MOST_STARTS: Final = 3  # from the beginning, where the page that was to follow is gone
FILES: Final = "/files"


def providers_of(membership: Membership) -> list[Provider]:
    """Those of the team that keep files, by their names. What a check-up found to be missing is left out."""
    mine = Provider.objects.alive().filter(Q(team=membership.team) | Q(team=None)).order_by("name")
    return [provider for provider in mine if not provider.lacks("files")]


def sync(membership: Membership, provider: Provider) -> Sync:
    """Read the list of this provider. One that is being read already is not begun again."""
    fresh = {"person": membership.user, "state": State.WAITING, "started_at": timezone.now()}
    blank = {"finished_at": None, "after": "", "seen": 0, "pages": 0, "sentence": ""}
    with transaction.atomic():
        row, is_new = Sync.objects.get_or_create(team=membership.team, provider=provider, defaults=fresh)
        if not is_new:
            Sync.objects.filter(pk=row.pk).exclude(state__in=OPEN).update(**fresh, **blank)
        publish_follow_up(SYNCING, row.pk)
    found: Sync = Sync.objects.select_related("provider").get(pk=row.pk)
    return found


def sync_all(membership: Membership) -> list[Sync]:
    return [sync(membership, provider) for provider in providers_of(membership)]


class Outcome(enum.Enum):
    """How far a list was read. MORE: there is more of it, for the next step."""

    WHOLE = "whole"
    MORE = "more"
    REPEATS = "repeats"
    TOO_LONG = "too long"


class SyncFollowUp(FollowUp):
    kind: ClassVar[str] = SYNCING

    def work(self, pk: uuid.UUID) -> None:
        if not Sync.objects.filter(pk=pk, state__in=OPEN).exists():
            return
        with held(Sync.objects, pk) as is_ours:
            goes_on = is_ours and _read(Sync.objects.select_related("provider", "team", "person").get(pk=pk))
        if goes_on:
            publish_follow_up(SYNCING, pk)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        return list(Sync.objects.filter(is_free(), state__in=OPEN).order_by("?").values_list("pk", flat=True)[:limit])


def _read(row: Sync) -> bool:
    """To the end of the list, to what went wrong, or for a while. Whether it goes on."""
    try:
        reader = Reader(row.provider, None, row.team)  # the team's key: what lies at an account of somebody's own is not the team's
        outcome = _pages(row, reader)
    except NotListed as error:
        _end(row, State.FAILED, _sentence(row, error))
        return False
    if outcome is Outcome.MORE:
        return True
    if outcome is Outcome.WHOLE:
        _note_gone(row)
    using.read(row, reader)
    _end(row, State.DONE, _told(row, outcome))
    return False


def _told(row: Sync, outcome: Outcome) -> str:
    names = {"provider": row.provider, "n": row.seen}
    if outcome is Outcome.REPEATS:
        return _("The list of %(provider)s repeats itself, so some files may be missing here.") % names
    if outcome is Outcome.TOO_LONG:
        return _("The list of %(provider)s has no end, or is too long: reading stopped after %(n)s files. Those are here.") % names
    return ""


def _pages(row: Sync, reader: Reader) -> Outcome:
    """At least one page. Raises NotListed."""
    starts, is_first, idle = 1, True, 0
    until = time.monotonic() + STEP_SECONDS
    while True:
        try:
            page = reader.page(FILES, row.after)
        except NotListed as error:
            if not row.after or error.status not in {400, 404} or starts >= MOST_STARTS:
                raise
            row.after, is_first, starts = "", True, starts + 1  # the file that the page was to follow was deleted meanwhile
            continue
        fresh = _keep(row, page)
        idle = 0 if fresh or is_first else idle + 1
        if not page.after:
            return Outcome.WHOLE
        if page.after == row.after or idle >= 2:
            return Outcome.REPEATS
        is_first = False
        if not _note(row, page.after, fresh):
            raise NotListed("")  # somebody else reads it
        if row.pages >= MOST_PAGES or row.seen >= MOST_FILES or timezone.now() - row.started_at > LONGEST:
            return Outcome.TOO_LONG
        if time.monotonic() > until:
            return Outcome.MORE


def _keep(row: Sync, page: Page) -> int:
    """Make our rows say what the page says. How many of them were not seen since this reading began."""
    listed = list({entry.id: entry for each in page.entries if (entry := file_of(each)) is not None}.values())
    return sum(store(row, listed[at : at + AT_ONCE]) for at in range(0, len(listed), AT_ONCE))


def _note(row: Sync, after: str, fresh: int) -> bool:
    """Where it goes on after a kill."""
    row.after = after
    row.seen += fresh
    row.pages += 1
    mine = Sync.objects.filter(pk=row.pk, started_at=row.started_at, state__in=OPEN)
    return bool(mine.update(after=after, seen=row.seen, pages=row.pages, state=State.READING))


def _seen(row: Sync) -> int:
    return File.objects.filter(team=row.team_id, provider=row.provider_id, seen_at=row.started_at).count()


def _end(row: Sync, state: str, sentence: str) -> None:
    mine = Sync.objects.filter(pk=row.pk, started_at=row.started_at, state__in=OPEN)
    mine.update(state=state, sentence=sentence[:LONGEST_SENTENCE], finished_at=Now(), seen=_seen(row), after="")


def _sentence(row: Sync, error: NotListed) -> str:
    names = {"provider": row.provider}
    if error.status in {404, 405, 501}:
        return _("%(provider)s keeps no files.") % names
    return (_("The list of %(provider)s could not be read.") % names + " " + error.sentence).strip()


def _note_gone(row: Sync) -> None:
    """What the whole list does not have any more; and what nobody knew of, which is known now."""
    mine = File.objects.filter(Q(seen_at=None) | ~Q(seen_at=row.started_at), team=row.team_id, provider=row.provider_id)
    mine = mine.filter(has_own_key=False)  # else it may lie at an account that this list is not of
    there = mine.filter(remote=Remote.THERE)
    expired = _("It expired at %(provider)s.") % {"provider": row.provider}
    elsewhere = _("It was deleted at %(provider)s, and not from here.") % {"provider": row.provider}
    for rows, sentence in ((there.filter(expires_at__lte=Now()), expired), (there, elsewhere)):
        while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
            File.objects.filter(pk__in=pks).update(remote=Remote.GONE, sentence=sentence, touched_at=Now())
    if row.provider.team_id is None:  # its list has files of all teams, and none of them became a row
        return
    for file in mine.filter(remote=Remote.UNCLEAR).select_related("provider"):
        _settle(row, file)


def _settle(row: Sync, file: File) -> None:
    """A file of which nobody knew whether it arrived: it is in the list, or it did not."""
    same = File.objects.filter(team=row.team_id, provider=row.provider_id, remote=Remote.THERE, wisher=None, seen_at=row.started_at)
    found = same.filter(name=file.name, size=file.size, added_at__gte=file.added_at - EARLIER).order_by("added_at").first()
    if found is None:
        sentence = _("It did not arrive at %(provider)s.") % {"provider": row.provider}
        remote_states.change(file, (Remote.UNCLEAR,), remote=Remote.FAILED, sentence=sentence)
    else:
        listed = Listed(found.remote_id, found.name, found.size, found.purpose, found.remote_status, found.added_at, found.expires_at)
        remote_states.arrived(file, listed, None)
