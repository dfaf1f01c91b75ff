"""Files in the jump box: by their names, among the newest ones."""

from collections.abc import Iterator

from apps.accounts.jump import by_name
from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.files.models import File


def find_files(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    return by_name(membership, File.objects.alive(), "files:file", "folder", text, most, moment="added_at")
