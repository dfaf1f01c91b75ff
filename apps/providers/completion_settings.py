"""The settings for continuing a text, as data: those of texts, with a length of their own.

What a model really takes and in which bounds is in its facts; `parameters` brings both together.
"""

from typing import Final

from django.utils.translation import gettext_lazy

from apps.providers.text_settings import SETTINGS, Setting

USUAL_LENGTH: Final = 256  # tokens. Servers write 16 where nothing is said, or without end.
LONGEST_SUFFIX: Final = 20_000
TAKEN: Final = ("temperature", "top_p", "frequency_penalty", "presence_penalty", "stop", "seed")
_OF_TEXTS = {setting.name: setting for setting in SETTINGS}

COMPLETION_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "max_tokens",
        gettext_lazy("Longest answer"),
        "slider",
        help=gettext_lazy("How much is written before you say whether it goes on."),
        ends=(gettext_lazy("A sentence"), gettext_lazy("Many pages")),
        min=1,
        max=1_000_000,
        step=1,
        shown_max=4096,
        default=USUAL_LENGTH,
    ),
    *(_OF_TEXTS[name] for name in TAKEN),
    Setting(
        "suffix",
        gettext_lazy("Text that follows"),
        "text",
        "more",
        gettext_lazy("What is written fits between your text and this."),
        max=LONGEST_SUFFIX,
    ),
)
