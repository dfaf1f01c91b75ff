"""Several answers to one question at once: how many are wanted, and the ones that stand beside each other until one is chosen.

Each is a call of its own, so that each is stopped, kept and paid for by itself: servers that take `n` are few, and a
stream with several answers in it ends for all of them at once.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from apps.providers.chosen import Control, Saved
from apps.providers.text_settings import Setting

MOST_ANSWERS: Final = 4
NAME: Final = "answers"
SETTING: Final = Setting(
    NAME,
    _("How many answers"),
    "count",
    "more",
    _("Stand beside each other; you go on with one. Each is a call of its own and costs as much as one."),
    min=1,
    max=MOST_ANSWERS,
    default=1,
    tech="n",
)


def answers_of(saved: Saved) -> int:
    """How many answers each question gets, 1 to 4."""
    number = saved.get(NAME)
    return min(max(number, 1), MOST_ANSWERS) if isinstance(number, int) else 1


def change(now: Saved, changed: Saved, data: Mapping[str, Any]) -> Saved:
    """The changed settings with what a form says of it; without a word of it, what it was. What is no such number is the nearest."""
    text = str(data.get(NAME, answers_of(now))).strip()
    number = int(text[:6]) if text.isascii() and text.isdigit() else answers_of(now)
    kept = {key: value for key, value in changed.items() if key != NAME}
    wanted = min(max(number, 1), MOST_ANSWERS)
    return {**kept, NAME: wanted} if wanted > 1 else kept


def control(saved: Saved) -> Control:
    number = answers_of(saved)
    return Control(SETTING, number, number > 1)


def keys_for(key: str, number: int) -> list[str]:
    """One key for each answer: the first has the form's own, by which the form is found again."""
    return [key, *(f"{key[:77]}-{position}" for position in range(2, number + 1))]
