"""Rows to begin with: small, and each with something to find."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    icon: str
    title: Any
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


EXAMPLES: Final = (
    Example(
        "support",
        "inbox",
        _("Messages to a shop"),
        (
            "My parcel has not arrived yet.",
            "The package is a week late. Where is it?",
            "I ordered ten days ago and nothing came.",
            "How do I send back a pair of shoes?",
            "I want to return the jacket, it is too small.",
            "Can I exchange the boots for a larger size?",
            "I cannot sign in to my account.",
            "The password reset mail never reaches me.",
            "Your site says that my login is wrong.",
            "I was charged twice for the same order.",
            "There are two payments on my card for one purchase.",
            "Why is the amount on my invoice higher than in the cart?",
            "Do you ship to Norway?",
            "My parcel has still not arrived.",
            "Is the green kettle coming back in stock?",
            "The office plant needs more light.",
        ),
    ),
    Example(
        "sentences",
        "scale",
        _("The same, said in other words"),
        (
            "The meeting was moved to Thursday.",
            "We now meet on Thursday instead.",
            "Lunch is served at noon.",
            "You can eat at twelve o'clock.",
            "The bridge is closed for repairs.",
            "Nobody can cross the bridge while workers fix it.",
            "She plays the violin in an orchestra.",
            "He repairs old bicycles.",
        ),
    ),
    Example(
        "ideas",
        "lightbulb",
        _("Ideas from a workshop"),
        (
            "Open an hour earlier on market days",
            "Longer opening hours at the weekend",
            "Stay open until eight in the evening",
            "A corner where children can play",
            "More toys and a small table for children",
            "Changing room for parents with babies",
            "Sell bread from the bakery next door",
            "Offer coffee and cake from local bakers",
            "A shelf with fruit from farms nearby",
            "Bring the orders home by cargo bike",
            "Deliver with bicycles within the town",
            "Let people pick up orders from a locker",
            "Lower the music",
            "Brighter lamps over the till",
        ),
    ),
)


def example(name: str) -> Example | None:
    return next((each for each in EXAMPLES if each.name == name), None)
