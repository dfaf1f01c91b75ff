"""Calls in the jump box: by the beginning of their number, and by what was asked lately."""

import uuid
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.accounts.access import visible
from apps.accounts.jump import newest
from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.core.templatetags.core import short_date
from apps.runs import registry
from apps.runs.models import Run
from apps.runs.transitions import RunQuerySet

LOOKED_THROUGH = 2_000  # what was asked has no index; History looks through more
SHORTEST_NUMBER = 8
SHOWN = 4
DIGITS = frozenset("0123456789abcdef")


def find_runs(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    """The calls that fit, then the way to everything that History finds."""
    if not text:
        return
    runs = visible(membership, Run.objects.all()).order_by("-pk")
    of_number = _of_number(runs, text)
    if of_number is None and not membership.team.keeps_content:
        return  # as in History: there is nothing to find it in
    found = newest(runs, LOOKED_THROUGH).filter(summary__icontains=text) if of_number is None else of_number
    for pk, summary, operation, queued_at in found.values_list("pk", "summary", "operation", "queued_at")[: min(SHOWN, most - 1)]:
        known = registry.find(operation)
        title = (summary if membership.team.keeps_content else "") or (known.title if known else operation)
        yield Hit(title, reverse("runs:receipt", args=[pk]), "receipt-text", short_date(timezone.localtime(queued_at)))
    yield Hit(_("Find “%(text)s” in History") % {"text": text}, f"{reverse('runs:history')}?{urlencode({'q': text})}", "history")


def _of_number(runs: RunQuerySet, text: str) -> RunQuerySet | None:
    """Runs whose number begins so; None if it is no beginning of a number."""
    digits = text.lower().replace("-", "")
    if not SHORTEST_NUMBER <= len(digits) <= 32 or not DIGITS.issuperset(digits):
        return None
    first, last = uuid.UUID(digits.ljust(32, "0")), uuid.UUID(digits.ljust(32, "f"))
    return runs.filter(pk__gte=first, pk__lte=last)
