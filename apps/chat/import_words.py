"""What is told of an import: why a file was not read, why a conversation was left out, and what stands in texts for what did not come."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.chat.chatgpt import Marks, Reason

FAULTS: Final = {
    "empty": gettext_lazy("The file is empty."),
    "not_export": gettext_lazy(
        "This is not an export of ChatGPT. Choose the ZIP file that its e-mail leads to, or conversations.json out of it."
    ),
    "damaged": gettext_lazy(
        "The file is damaged, often because its download broke off. Download it again and import it: nothing comes twice."
    ),
    "locked": gettext_lazy("The ZIP file is locked with a password. Unpack it, and send the file conversations.json out of it."),
    "too_large": gettext_lazy("There is more in this file than one import takes."),
    "too_many": gettext_lazy("There are more conversations in this file than one import takes. Those before are here."),
    "gone": gettext_lazy("The file is not on this server any more. Import it again: nothing comes twice."),
    "tries": gettext_lazy("This server could not go on, several times. Import the file again later: nothing comes twice."),
}
REASONS: Final = {
    Reason.NOT_JSON: gettext_lazy("It is damaged: it cannot be read as JSON."),
    Reason.NOT_ONE: gettext_lazy("It is not a conversation: it has no messages."),
    Reason.CUT_OFF: gettext_lazy("The file ends in the middle of it. Download the export again."),
    Reason.TOO_LARGE: gettext_lazy("It is too large: more than 32 MB."),
    Reason.TOO_DEEP: gettext_lazy("It is damaged: its parts are nested without end."),
    Reason.TOO_MANY: gettext_lazy("It has more than 20,000 messages."),
    Reason.TOO_LONG: gettext_lazy("One of its messages has more than a million characters."),
    Reason.CIRCLE: gettext_lazy("It is damaged: its messages follow one another in a circle."),
    Reason.EMPTY: gettext_lazy("It is empty: nothing was asked or answered in it."),
}


def fault_in_words(kind: str) -> str:
    return str(FAULTS.get(kind, FAULTS["damaged"])) if kind else ""


def reason_in_words(reason: str) -> str:
    try:
        return str(REASONS[Reason(reason)])
    except ValueError:  # written by a later version
        return str(REASONS[Reason.NOT_ONE])


def marks() -> Marks:
    return Marks(picture=_("[Picture]"), sound=_("[Sound]"), file=_("[File: %(name)s]"))
