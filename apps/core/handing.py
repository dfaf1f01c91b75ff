"""What one capability gives and another one goes on with: a transcript that is asked about in a chat, a chat or a picture that is checked.

Neither knows the other. Who takes such things registers when it starts; who has one hands it over and is told where it went.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import File
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Handed:
    """A text with the name by which people know it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class HandedTexts:
    """Several texts of one thing, each with who said it or what it is, and the stored pictures that belong to it. The same `key` is
    handed over once."""

    title: str
    texts: Sequence[tuple[str, str]]  # label, text
    key: str = ""
    pictures: Sequence[tuple[str, FieldFile]] = ()  # label, file


@dataclass(frozen=True, slots=True)
class HandedPicture:
    """A stored picture: its file, open. The same `key` is handed over once."""

    title: str
    content: "File[Any]" = field(repr=False)
    key: str = ""


class TooMuch(Exception):
    """It is more than can be taken, or cannot be taken now. Its text is a sentence for the person."""


Taker = Callable[..., str]  # the request of a member and what is handed over give an address
_takers: dict[str, Taker] = {}


def register_taker(name: str, take: Taker) -> None:
    _takers[name] = take


def hand_over(name: str, request: HttpRequest, handed: Handed | HandedTexts | HandedPicture) -> str:
    """The address at which it goes on. Raises TooMuch, and KeyError where nobody takes such things."""
    return _takers[name](request, handed)
