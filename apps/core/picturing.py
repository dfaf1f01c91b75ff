"""Pictures of strangers made harmless for whoever passes them on: new files of the pixels alone, upright, without places and names.

The app that knows pixels registers when it starts; who asks knows nothing of formats. Heavy: it is done beside the pages.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO


class NoPicture(ValueError):
    """This file cannot be passed on as a picture. Its text is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A new file, and a small WebP of it. `pictures`: how many there are in what was brought; the first was taken."""

    body: bytes = field(repr=False)
    content_type: str
    width: int
    height: int
    thumbnail: bytes = field(repr=False)
    pictures: int = 1


Cleaner = Callable[[IO[bytes], int], CleanPicture]
_cleaners: list[Cleaner] = []


def register_cleaner(cleaner: Cleaner) -> None:
    _cleaners[:] = [cleaner]


def clean_picture(file: IO[bytes], longest: int) -> CleanPicture:
    """With no edge above `longest` pixels. Raises NoPicture."""
    return _cleaners[0](file, longest)
