"""The settings for writing text, as data: words, controls, and the widest bounds that the API knows.

What a model really takes and in which bounds is in its facts; `parameters` brings both together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

MOST_STOP_WORDS = 4


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as a page shows it.

    `kind`: "choice" (of `choices`), "select" (the same as a list by their names, with the word `unset` for none), "switch" (of two
    choices, the first means on), "slider" (`min`..`max` by `step`, shown from `shown_min` to `shown_max`), "number" (whole), "count"
    (a small whole number), "text" (up to `max` characters) or "words" (up to `max` lines). `group`: "main" or "more".
    `off_because`: shown, but off, and why. `word_for` names a choice that `choices` has no words for;
    `left_out` are values that no page offers, `ours` are choices that a page understands itself: whatever the model
    takes they go first, and the default is one of them. `tech` is the API's name for it where that is not `name`. `beside`
    is (other, label, help): its words for models that take that other setting as well. `without`: characters that no text has.
    """

    name: str
    label: Any
    kind: str
    group: str = "main"
    help: Any = ""
    ends: tuple[Any, Any] = ("", "")
    min: float | None = None
    max: float | None = None
    step: float | None = None
    shown_min: float | None = None
    shown_max: float | None = None
    choices: tuple[tuple[str, Any], ...] = ()
    default: Any = None
    off_because: str = ""
    value: Any = None
    word_for: Callable[[Any], Any] = str
    left_out: tuple[str, ...] = ()
    ours: tuple[tuple[str, Any], ...] = ()
    unset: Any = ""
    tech: str = ""
    without: str = ""
    beside: tuple[str, Any, Any] | None = None


EFFORTS = (
    ("none", gettext_lazy("Off")),
    ("minimal", gettext_lazy("Least")),
    ("low", gettext_lazy("Low")),
    ("medium", gettext_lazy("Medium")),
    ("high", gettext_lazy("High")),
    ("xhigh", gettext_lazy("Higher")),
    ("max", gettext_lazy("Most")),
)
DETAILS = (("low", gettext_lazy("Short")), ("medium", gettext_lazy("Normal")), ("high", gettext_lazy("Long")))

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "reasoning_effort",
        gettext_lazy("Thinking effort"),
        "choice",
        help=gettext_lazy("Helps with hard questions, takes longer."),
        choices=EFFORTS,
    ),
    Setting(
        "temperature",
        gettext_lazy("Creativity"),
        "slider",
        help=gettext_lazy("Low: nearly the same answer each time. High: more surprising, more mistakes."),
        ends=(gettext_lazy("Careful"), gettext_lazy("Surprising")),
        min=0,
        max=2,
        step=0.1,
        shown_max=1.2,
        default=1,
    ),
    Setting("verbosity", gettext_lazy("Level of detail"), "choice", help=gettext_lazy("How much the model says."), choices=DETAILS),
    Setting(
        "max_completion_tokens",
        gettext_lazy("Longest answer"),
        "slider",
        help=gettext_lazy("The answer is cut there. Thinking counts too."),
        ends=(gettext_lazy("A sentence"), gettext_lazy("Many pages")),
        min=1,
        step=1,
    ),
    Setting(
        "top_p",
        gettext_lazy("Word variety"),
        "slider",
        "more",
        gettext_lazy("Change this or Creativity, not both."),
        (gettext_lazy("Likely words"), gettext_lazy("All words")),
        0,
        1,
        0.05,
        default=1,
    ),
    Setting(
        "frequency_penalty",
        gettext_lazy("Avoid repeating words"),
        "slider",
        "more",
        gettext_lazy("Higher: a word that was used often comes less."),
        (gettext_lazy("Repeats more"), gettext_lazy("Repeats less")),
        -2,
        2,
        0.1,
        default=0,
    ),
    Setting(
        "presence_penalty",
        gettext_lazy("Look for new topics"),
        "slider",
        "more",
        gettext_lazy("Higher: the answer moves on to things it has not named yet."),
        (gettext_lazy("Stays on topic"), gettext_lazy("Moves on")),
        -2,
        2,
        0.1,
        default=0,
    ),
    Setting("stop", gettext_lazy("Stop words"), "words", "more", gettext_lazy("The answer ends before one of these."), max=MOST_STOP_WORDS),
    Setting(
        "seed",
        gettext_lazy("Repeatable"),
        "number",
        "more",
        gettext_lazy("Tries to give the same answer again. Not guaranteed."),
        min=-(2**63),
        max=2**63 - 1,
    ),
)
