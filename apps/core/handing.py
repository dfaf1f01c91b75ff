"""A text of one capability that another one goes on with: a transcript that is asked about in a chat.

Neither knows the other. Who takes texts registers when it starts; who has one hands it over and is told where it went.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Handed:
    """A text with the name by which people know it."""

    title: str
    text: str


class TooMuch(Exception):
    """The text is longer than can be taken. Its text is a sentence for the person."""


Taker = Callable[..., str]  # the request of a member and what is handed over give an address
_takers: dict[str, Taker] = {}


def register_taker(name: str, take: Taker) -> None:
    _takers[name] = take


def hand_over(name: str, request: HttpRequest, handed: Handed) -> str:
    """The address at which it goes on. Raises TooMuch, and KeyError where nobody takes such texts."""
    return _takers[name](request, handed)
