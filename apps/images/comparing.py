"""What a service changed outside of what was painted, for an edit where the original was not put back.

Judged from the files when somebody asks, behind everything else that wants the processor, and kept for a moment: a page asks
for the number first and for the map a second later.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Final

from django.core.files.storage import default_storage

from apps.images.models import Picture
from apps.images.pictures.changes import Changes, changed_outside, heat_map
from apps.images.pictures.decoding import open_upright
from apps.images.pictures.masks import fit, read_stored
from apps.runs.background import in_background

KEPT: Final = 8  # maps in memory, of some 100 KB each


@dataclass(frozen=True, slots=True)
class Comparison:
    changes: Changes
    map: bytes  # PNG, to lie over the picture


def can_compare(picture: Picture) -> bool:
    """Whether there is a rest that was to stay, and nothing that made it so."""
    return bool(picture.made_from_id and picture.mask_id) and not picture.is_exact


def compared(picture: Picture) -> Comparison:
    """Raises Unusable for damaged files, FileNotFoundError for lost ones."""
    original, mask = picture.made_from, picture.mask
    if original is None or mask is None:
        raise FileNotFoundError
    return _compared(str(original.file.name), str(picture.file.name), str(mask.file.name))


@lru_cache(maxsize=KEPT)
def _compared(original: str, result: str, mask: str) -> Comparison:
    """By names in the storage, behind which nothing ever changes."""
    with default_storage.open(original) as first, default_storage.open(result) as second, default_storage.open(mask) as painted:
        return in_background(lambda: _judge(first, second, painted))


def _judge(original: IO[bytes], result: IO[bytes], mask: IO[bytes]) -> Comparison:
    before, after = open_upright(original), open_upright(result)
    coverage = fit(read_stored(mask), before.size)
    return Comparison(changed_outside(before, after, coverage), heat_map(before, after, coverage))
