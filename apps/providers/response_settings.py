"""The settings that only answers by the Responses API have, as data: see `text_settings`."""

from django.utils.translation import gettext_lazy

from apps.providers.text_settings import Setting

ON_OFF = (("yes", gettext_lazy("On")), ("no", gettext_lazy("Off")))
MOST_STORES = 5

RESPONSE_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "web_search",
        gettext_lazy("Search the web"),
        "switch",
        help=gettext_lazy("The model may look things up, and says where it found them. Each search can cost."),
        choices=ON_OFF,
        default="no",
        tech="tools",
    ),
    Setting(
        "code_interpreter",
        gettext_lazy("Run code"),
        "switch",
        help=gettext_lazy("The model may calculate with small programs that run at the provider. Each session can cost."),
        choices=ON_OFF,
        default="no",
        tech="tools",
    ),
    Setting(
        "image_generation",
        gettext_lazy("Make pictures"),
        "switch",
        help=gettext_lazy("The model may draw for its answer. Each picture can cost, and is kept in Images."),
        choices=ON_OFF,
        default="no",
        tech="tools",
    ),
    Setting(
        "file_search",
        gettext_lazy("Read files"),
        "words",
        "more",
        gettext_lazy("The ids of file stores at the provider in which the model may search. Each search can cost."),
        max=MOST_STORES,
        tech="tools",
    ),
    Setting(
        "in_background",
        gettext_lazy("Answer in background"),
        "switch",
        "more",
        gettext_lazy("For long answers: they come whole, at the end, and survive a restart. The provider keeps them meanwhile."),
        choices=ON_OFF,
        default="no",
        tech="background",
    ),
    Setting(
        "store",
        gettext_lazy("Keep at provider"),
        "switch",
        "more",
        gettext_lazy("The provider keeps the answer for at least 30 days. Here it is kept in any case."),
        choices=ON_OFF,
        default="no",
    ),
)
NAMES = frozenset(setting.name for setting in RESPONSE_SETTINGS)
