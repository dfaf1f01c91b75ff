"""What Home says of models: which of those that the team uses leave within thirty days."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Membership
from apps.catalog.retiring import used_and_soon
from apps.core.home import Contribution, Notice
from apps.providers.retirement import text

NAMED = 3


def contribution(membership: Membership) -> Contribution:
    leaving = used_and_soon(membership)
    if not leaving:
        return Contribution()
    number = len(leaving)
    title = ngettext("%(n)s model that you use leaves within 30 days", "%(n)s models that you use leave within 30 days", number)
    named = ", ".join(f"{each.choice.label} ({text(each.choice.facts)})" for each in leaving[:NAMED])
    more = _("and %(n)s more") % {"n": number - NAMED} if number > NAMED else ""
    told = " ".join(part for part in (named, more) if part)
    notice = Notice("warn", title % {"n": number}, told, _address(), _("See what to use instead"))
    return Contribution(notices=[notice])


def _address() -> str:
    return f"{reverse('catalog:retirements')}?show=used"
