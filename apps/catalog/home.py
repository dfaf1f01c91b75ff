"""What Home says of models: which of those that the team uses leave soon."""

import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Membership, Team
from apps.core.home import Contribution, Notice
from apps.core.ids import first_id_at
from apps.providers.choices import providers_of
from apps.providers.facts import facts_for_many
from apps.providers.models import DefaultModel, Model
from apps.runs.models import Run

LEAVES_WITHIN: Final = datetime.timedelta(days=60)
IN_USE: Final = datetime.timedelta(days=30)
MOST_MODELS: Final = 3  # named one by one; a longer list hides the rest


def contribution(membership: Membership) -> Contribution:
    """Two questions at the most."""
    return Contribution(notices=_notices(membership.team))


def _notices(team: Team) -> list[Notice]:
    leaving = models_that_leave(team)
    names = [_("%(model)s, until %(date)s") % {"model": model, "date": formats.date_format(date, "j M")} for model, date in leaving]
    shown = ", ".join(names[:MOST_MODELS])
    more = len(names) - MOST_MODELS
    if more > 0:
        shown = ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % {"names": shown, "n": more}
    title = ngettext("%(n)s model that you use leaves soon", "%(n)s models that you use leave soon", len(names)) % {"n": len(names)}
    return [Notice("warn", title, shown, f"{reverse('catalog:retirements')}?show=used", _("See what to use instead"))] if names else []


def models_that_leave(team: Team) -> list[tuple[str, datetime.date]]:
    """Models that are switched off within 60 days, or were, and that the team used in the last 30 or starts with; soonest first."""
    since = first_id_at(timezone.now() - IN_USE)
    # Asked for the last one, since PostgreSQL would look for any one without the index, through all runs for each model.
    last = Run.objects.filter(team=team, model=OuterRef("name")).order_by("-pk").values("pk")
    chosen = Exists(DefaultModel.objects.filter(team=team, model=OuterRef("pk")))
    named = Model.objects.alias(last=Subquery(last[:1])).filter(Q(last__gte=since) | chosen, provider__in=providers_of(team))
    limit = timezone.localdate() + LEAVES_WITHIN
    dates = {pk: facts.shutdown_date for pk, facts in facts_for_many(team, named.select_related("provider")).items()}
    leaving = {pk: date for pk, date in dates.items() if date is not None and date <= limit}
    if not leaving:
        return []
    with_provider = last.filter(provider=OuterRef("provider"))  # in no index, so it is asked of the few that leave
    used = Model.objects.alias(last=Subquery(with_provider[:1])).filter(Q(last__gte=since) | chosen, pk__in=leaving)
    return sorted(((str(model), leaving[model.pk]) for model in used), key=lambda each: each[1])
