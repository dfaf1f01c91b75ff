"""The settings for comparing texts, as data: words, controls, and the widest bounds that the API knows.

What a model really takes and in which bounds is in its facts; `parameters` brings both together.
"""

from django.utils.translation import gettext_lazy

from apps.providers.text_settings import Setting

SIMILARITY_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "dimensions",
        gettext_lazy("Size"),
        "slider",
        help=gettext_lazy("How many numbers stand for a text. Fewer are quicker and take less room, more tell finer differences."),
        ends=(gettext_lazy("Quick"), gettext_lazy("Fine")),
        min=1,
        step=1,
    ),
)
