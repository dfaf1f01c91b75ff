"""Where files can lie: this server, and the providers of a team that keep files."""

from typing import Final

from apps.accounts.models import Membership
from apps.providers.choices import providers_of
from apps.providers.models import Provider

PART: Final = "files"  # of the API, as check-ups call it
EXPIRING: Final = frozenset({"openai", "azure", "builtin"})  # dialects that delete a file after a time
WITHHOLDING: Final = frozenset({"openai", "builtin"})  # dialects that do not give every file back (`Purpose.is_fetchable`)


def offered(membership: Membership) -> list[Provider]:
    """Those that a file can be sent to: all but the ones of which a check-up found that they keep none. One question."""
    rows = providers_of(membership.team).order_by("is_builtin", "name", "pk")
    return [provider for provider in rows if not provider.lacks(PART)]


def can_expire(provider: Provider) -> bool:
    return provider.dialect in EXPIRING
