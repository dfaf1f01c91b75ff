"""What happens here when something happens to a team."""

from typing import Any

from apps.accounts.models import Team
from apps.providers.services import ensure_builtin


def connect_builtin(sender: type[Team], team: Team, **more: Any) -> None:
    """A new team can ask the models of this machine from its first page on."""
    ensure_builtin(team)
