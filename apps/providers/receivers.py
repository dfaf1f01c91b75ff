"""What happens here when something happens to a team."""

from typing import Any

from django.db import transaction

from apps.accounts.models import Team
from apps.providers.checkup import check
from apps.providers.services import ensure_builtin


def connect_builtin(sender: type[Team], team: Team, **more: Any) -> None:
    """A new team can ask the models of this machine from its first page on: they are looked at once it is made.

    Those of the first team are looked at by set-up, where the person watches.
    """
    builtin = ensure_builtin(team)
    if Team.objects.exclude(pk=team.pk).exists():
        transaction.on_commit(lambda: check(builtin), robust=True)
