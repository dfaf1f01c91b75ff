"""Compared rows in the jump box: by their names, among the newest ones."""

from collections.abc import Iterator

from apps.accounts.jump import by_name
from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.similarity.models import RowSet


def find_sets(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    return by_name(membership, RowSet.objects.alive(), "similarity:set", "waypoints", text, most)
