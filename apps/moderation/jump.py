"""Safety checks in the jump box: by their names, among the newest ones."""

from collections.abc import Iterator

from apps.accounts.jump import by_name
from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.moderation.models import Check


def find_checks(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    return by_name(membership, Check.objects.alive(), "moderation:check", "shield-check", text, most)
