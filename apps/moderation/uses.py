"""Whether the check before sending has chosen a model, for whoever asks what uses it."""

import uuid
from collections.abc import Collection, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.access import may
from apps.accounts.models import Membership, Role
from apps.moderation.models import Rules
from apps.providers.models import Model
from apps.providers.uses import Counts, Use, UseSource


class GateUses(UseSource):
    name = "gate"
    position = 30

    def count(self, membership: Membership, models: Collection[uuid.UUID]) -> Counts:
        return dict.fromkeys(Rules.objects.filter(team=membership.team_id, model__in=models).values_list("model", flat=True), 1)

    def words(self, number: int) -> str:
        return ngettext("the check before sending", "%(n)s checks before sending", number) % {"n": number}

    def find(self, membership: Membership, model: uuid.UUID, most: int) -> Sequence[Use]:
        if not Rules.objects.filter(team=membership.team_id, model=model).exists():
            return []
        address = reverse("before_sending:rules") if may(membership, Role.ADMIN) else ""
        return [Use(_("Settings"), _("Check before sending"), address, "shield-check")]

    def replace(self, membership: Membership, old: Model, new: Model) -> int:
        return Rules.objects.filter(team=membership.team_id, model=old).update(model=new)
