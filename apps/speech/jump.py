"""Spoken texts in the jump box: by their names, among the newest ones."""

from collections.abc import Iterator

from apps.accounts.jump import by_name
from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.speech.models import Speech


def find_speeches(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    return by_name(membership, Speech.objects.alive().filter(is_sample=False), "speech:speech", "volume-2", text, most)
