"""What admins and owners do with the content of their team."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.audit import record
from apps.accounts.data_keeping import kept_from
from apps.accounts.models import Membership, Team
from apps.core import holdings
from apps.core.holdings import Counts


def what_is_there(team: Team) -> Counts:
    """Labels with numbers, of what is more than none."""
    return _more_than_none(holding.count(team.pk, team.erase_before) for holding in holdings.all_holdings())


def what_would_go(team: Team, keep_days: int | None, keeps_content: bool) -> Counts:
    """What would be erased at once if the team kept things like that; nothing for rules that it has already."""
    strips = team.keeps_content and not keeps_content
    is_shorter = keep_days is not None and (team.keep_days is None or keep_days < team.keep_days)
    before = kept_from(keep_days) if keep_days is not None and is_shorter else None
    going = []
    for holding in holdings.all_holdings():
        if strips and holding.has_words:
            going.append(holding.count(team.pk, team.erase_before))
        elif before is not None:
            going.append(holding.count_old(team.pk, before))
    return _more_than_none(going)


def _more_than_none(counts: Iterable[Counts]) -> Counts:
    return [(label, number) for each in counts for label, number in each if number]


def keep(membership: Membership, keep_days: int | None, keeps_content: bool) -> bool:
    """Set for how long, and whether more than numbers. False if it was so already."""
    with transaction.atomic():
        team = Team.objects.select_for_update().get(pk=membership.team_id)
        if (team.keep_days, team.keeps_content) == (keep_days, keeps_content):
            return False
        Team.objects.filter(pk=team.pk).update(keep_days=keep_days, keeps_content=keeps_content)
        before, after = _in_words(team.keep_days, team.keeps_content), _in_words(keep_days, keeps_content)
        record(membership, "data.settings", before=before, after=after)
        return True


def _in_words(keep_days: int | None, keeps_content: bool) -> str:
    span = _("for ever") if keep_days is None else ngettext("%(n)d day", "%(n)d days", keep_days) % {"n": keep_days}
    return span if keeps_content else _("%(span)s, numbers only") % {"span": span}


def delete_everything(membership: Membership) -> None:
    """From here on nothing that was made before is on any page; housekeeping stops what runs and takes the rest."""
    with transaction.atomic():
        Team.objects.filter(pk=membership.team_id).update(erase_before=timezone.now())
        record(membership, "data.deleted", target=membership.team.name)


def left_to_delete(team: Team) -> int:
    """How many rows are still on the disk of what was deleted."""
    if team.erase_before is None:
        return 0
    return sum(holding.left(team.pk, team.erase_before) for holding in holdings.all_holdings())
