"""What goes to a service of pictures and masks: files of a kind and a size that it takes.

Names are ours, so that nothing of what somebody called a file leaves this server.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from apps.images.models import Picture
from apps.providers.facts import Facts
from apps.runs.files import NewFile

MOST_BYTES: Final = 50_000_000
MOST_MASK_BYTES: Final = 4_000_000
MOST_FILES: Final = 16
NAMES: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}  # as the facts call them


class TooLarge(Exception):
    """A picture is larger than the service takes. Nothing was sent; it may be made smaller. The text says how large and how small."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent: the picture to change first, then those to look at, then the mask. `box`: where the original lies in a padded one."""

    files: Sequence[NewFile]
    width: int
    height: int
    box: list[int] | None = None


def most_references(facts: Facts) -> int:
    """How many pictures may go beside the one that is changed."""
    return min(facts.limits.get("files", MOST_FILES), MOST_FILES) - 1


def pack(picture: Picture, references: Sequence[Picture], coverage: Image.Image | None, facts: Facts, *, may_shrink: bool) -> Parcel:
    """Raises TooLarge where something would have to be made smaller and nobody said that it may, and Unusable for what is damaged."""
    raise NotImplementedError
