"""Examples to begin with: such a model is shown what is wanted by its beginning."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Starter:
    name: str
    icon: str
    title: Any
    text: Any


STARTERS: Final = (
    Starter("story", "book-open", _("A story"), _("The lighthouse had been dark for eleven years when, one evening in March,")),
    Starter(
        "list",
        "list",
        _("A list by example"),
        _("Capitals of countries\n\nFrance: Paris\nJapan: Tokyo\nEgypt: Cairo\nGermany:"),
    ),
    Starter("letter", "mail", _("A letter"), _("Dear Ms Okafor,\n\nthank you for your letter of 3 May. I am writing to tell you that")),
)


def starter(name: str) -> Starter | None:
    return next((each for each in STARTERS if each.name == name), None)
