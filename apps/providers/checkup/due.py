"""The quiet repetition: providers whose time has come are looked at again, one at a time and never for money."""

import datetime
import logging

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from apps.core.ids import first_id_at
from apps.providers.checkup.checking import CLAIM, ORDINARY, check
from apps.providers.connections import NotReady, connection_of
from apps.providers.models import Provider

log = logging.getLogger(__name__)
IN_USE = datetime.timedelta(days=30)


def check_due(limit: int = 5) -> int:
    """Check up on at most so many providers that are due and in use. How many it were.

    Any number of processes may call it at the same moment: each provider goes to one of them.
    """
    checked = 0
    for provider in _due()[:limit]:
        if not _claim(provider):
            continue
        try:
            connection_of(provider)
        except NotReady:  # a card that says so already, or one that needs a person's own key
            Provider.objects.filter(pk=provider.pk).update(recheck_at=timezone.now() + ORDINARY)
            continue
        result = check(provider)
        checked += 1
        log.info("Provider %s was looked at again: %s", provider.pk, result.error or "works")
    return checked


def _due() -> list[Provider]:
    now = timezone.now()
    called = Provider.objects.filter(pk=OuterRef("pk"), runs__pk__gte=first_id_at(now - IN_USE))
    is_in_use = Q(created_at__gte=now - IN_USE) | Exists(called)
    of_living_teams = Provider.objects.alive().filter(team__deleted_at=None)  # and those that are offered to all
    return list(of_living_teams.filter(is_in_use, recheck_at__lte=now).order_by("recheck_at")[:50])


def _claim(provider: Provider) -> bool:
    """Whether it is ours now. A process that dies with it gives it back by the clock."""
    due = Provider.objects.filter(pk=provider.pk, recheck_at=provider.recheck_at)
    return bool(due.update(recheck_at=timezone.now() + CLAIM))
