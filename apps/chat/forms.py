"""What a person types into a chat."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

LONGEST_MESSAGE = 500_000
LONGEST_INSTRUCTIONS = 500_000  # a transcript of eight hours
STALE = _("This page is too old to send from. Reload it; your text is kept.")
NUL = _("The text has a character that cannot be sent (NUL). Take it out, often by pasting as plain text.")


class WrittenText(forms.CharField):
    """Text exactly as typed: line breaks and blanks inside stay, Windows line ends become plain ones."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(strip=False, **options)
        self.longest = longest
        self.error_messages["null_characters_not_allowed"] = NUL

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).replace("\r\n", "\n").replace("\r", "\n")
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise forms.ValidationError(NUL)
        if self.required and not text.strip():
            raise forms.ValidationError(self.error_messages["required"])
        if len(text) > self.longest:
            raise forms.ValidationError(_too_long(len(text), self.longest))
        return text.strip("\n")


def _too_long(length: int, longest: int) -> str:
    return ngettext(
        "Your text has %(length)s character, the most is %(longest)s. Shorten it.",
        "Your text has %(length)s characters, the most is %(longest)s. Shorten it.",
        length,
    ) % {"length": f"{length:,}", "longest": f"{longest:,}"}


class MessageForm(forms.Form):
    """`is_bare`: nothing is attached to it, so that it has to say something."""

    message = WrittenText(longest=LONGEST_MESSAGE, error_messages={"required": _("Write a message first.")})
    key = forms.UUIDField(error_messages={"required": STALE, "invalid": STALE})
    parent = forms.UUIDField(required=False)

    def __init__(self, data: Any = None, *, is_bare: bool = True) -> None:
        super().__init__(data)
        self.fields["message"].required = is_bare

    @property
    def sentence(self) -> str:
        """The first thing that is wrong, in words."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")


class InstructionsForm(forms.Form):
    instructions = WrittenText(longest=LONGEST_INSTRUCTIONS, required=False)
