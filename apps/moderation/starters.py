"""Texts to begin with. None of them is meant."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Starter:
    """`each`: "line" where every line is a row of its own."""

    name: str
    icon: str
    title: Any
    text: Any
    each: str = "whole"


STARTERS: Final = (
    Starter(
        "comment",
        "message-square-warning",
        _("An angry comment"),
        _("You are the dumbest person on this forum. Everybody here laughs about you, and you deserve it."),
    ),
    Starter(
        "joke",
        "smile",
        _("A harmless joke"),
        _("This deadline is killing me, and my coffee machine has betrayed me once more."),
    ),
    Starter(
        "novel",
        "book-open",
        _("A page of a crime novel"),
        _(
            "The inspector knelt down beside the body. “Stabbed twice, with a kitchen knife,” she said. “Whoever did this knew him, "
            "and hated him.” Outside, the rain washed the last of the blood into the gutter."
        ),
    ),
    Starter(
        "help",
        "life-buoy",
        _("A message for help"),
        _("I cannot sleep and I do not see a way out any more. Sometimes I wish not to be here at all. Can somebody call me?"),
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
        _("A column of reviews"),
        _(
            "The hotel was clean, the breakfast late.\nThe man at the desk is a stupid pig. Never again.\nGood beds, thin walls.\n"
            "We were robbed in front of the door, and the staff only laughed.\nI would kill for that view again.\n"
            "Women should not be allowed to run a kitchen.\nTen minutes to the station, on foot."
        ),
        "line",
    ),
)


def starter(name: str) -> Starter | None:
    return next((each for each in STARTERS if each.name == name), None)
