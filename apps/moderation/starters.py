"""Texts to begin with. None of them is meant."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

# icon, name, text
STARTERS: Final[tuple[tuple[str, Any, Any], ...]] = (
    (
        "message-square-warning",
        _("An angry comment"),
        _("You are the dumbest person on this forum. Everybody here laughs about you, and you deserve it."),
    ),
    ("smile", _("A harmless joke"), _("This deadline is killing me, and my coffee machine has betrayed me once more.")),
    (
        "list",
        _("Ten comments"),
        _(
            "Thank you, this helped me a lot.\nYou are an idiot and should be ashamed of yourself.\nWhere can I change my address?\n"
            "I will find out where you live, and then you will be sorry.\nGreat service, see you next year.\n"
            "I killed the process with Ctrl C, then it worked.\nPeople from that town are all thieves, throw them out.\n"
            "The knife in the picture is the one for bread.\nShut up, nobody wants to hear you.\nThe blood oranges are sold out."
        ),
    ),
)
