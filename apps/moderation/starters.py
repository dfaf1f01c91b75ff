"""Texts to begin with: some to be flagged, some that only sound so. None of them is meant."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Starter:
    """`each`: "line" for a row of each line, else "whole"."""

    name: str
    icon: str
    title: Any
    text: Any
    each: str = "whole"


STARTERS: Final = (
    Starter(
        "angry",
        "message-square-warning",
        _("An angry comment"),
        _("You are the dumbest person on this forum. Everybody here laughs about you, and you deserve it."),
    ),
    Starter("joke", "smile", _("A harmless joke"), _("This deadline is killing me, and my coffee machine has betrayed me once more.")),
    Starter(
        "scene",
        "book-open",
        _("A scene from a thriller"),
        _("He raised the knife, and she ran down the stairs into the rain. Behind her the old man fell, and his blood ran over the floor."),
    ),
    Starter(
        "help",
        "life-buoy",
        _("A call for help"),
        _("I cannot sleep and nothing makes sense any more. Sometimes I think that it would be better if I were not here."),
    ),
    Starter(
        "comments",
        "list",
        _("Ten comments"),
        _(
            "Thank you, this helped me a lot.\nYou are an idiot and should be ashamed of yourself.\nWhere can I change my address?\n"
            "I will find out where you live, and then you will be sorry.\nGreat service, see you next year.\n"
            "I killed the process with Ctrl C, then it worked.\nPeople from that town are all thieves, throw them out.\n"
            "The knife in the picture is the one for bread.\nShut up, nobody wants to hear you.\nThe blood oranges are sold out."
        ),
        "line",
    ),
    Starter(
        "reviews",
        "star",
        _("Reviews of a shop"),
        _(
            "The vase came in one piece, and the glaze is lovely.\nWhoever packed this is a complete moron.\n"
            "Too small for my flowers, but sturdy.\nI hope your whole shop burns down.\nMy mother-in-law will die of envy.\n"
            "The colour bleeds in hot water, so wash it by hand.\nTwo cups were broken, and nobody answers my mails."
        ),
        "line",
    ),
)


def starter(name: str) -> Starter | None:
    return next((each for each in STARTERS if each.name == name), None)
