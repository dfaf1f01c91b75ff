"""Pictures in the jump box: by their names, among the newest ones."""

from collections.abc import Iterator

from apps.accounts.jump import by_name
from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.images.models import Picture


def find_pictures(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    return by_name(membership, Picture.objects.alive(), "images:picture", "image", text, most)
