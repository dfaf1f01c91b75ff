"""What people type to have it spoken."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.providers.facts import Facts
from apps.runs.storable import clean_text
from apps.speech.choosing import MOST_VOICES, clean_voices, typed_voices, voices_of

LONGEST_TEXT: Final = 100_000  # about two hours


def no_voice(name: str) -> str:
    return _("The model has no voice “%(name)s”. Choose another one.") % {"name": name[:60]} if name else _("Choose a voice first.")


class SpeakForm(forms.Form):
    """A text, the voices that are to speak it, and the key of the page. `sentence` is the first thing that is wrong."""

    text = forms.CharField(required=False, strip=True)
    key = forms.CharField(required=False)

    def __init__(self, data: Any, facts: Facts) -> None:
        super().__init__(data)
        self.facts = facts
        self.typed_voices = typed_voices(data, facts)

    def clean_text(self) -> str:
        text: str = clean_text(self.cleaned_data["text"].replace("\r\n", "\n"))
        if not any(letter.isalnum() for letter in text):
            raise forms.ValidationError(_("Type the text first.") if not text else _("There is nothing in this text that can be spoken."))
        if len(text) > LONGEST_TEXT:
            told = _("This text has %(have)s characters, and at most %(most)s are spoken at once. Cut it into parts.")
            raise forms.ValidationError(told % {"have": f"{len(text):,}", "most": f"{LONGEST_TEXT:,}"})
        return text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        known, voices = voices_of(self.facts), clean_voices(self.typed_voices)
        if len(self.typed_voices) > MOST_VOICES:
            raise forms.ValidationError(
                ngettext("At most %(n)s voice at once.", "At most %(n)s voices at once.", MOST_VOICES) % {"n": MOST_VOICES}
            )
        if not voices:
            raise forms.ValidationError(no_voice(""))
        strange = next((voice for voice in voices if known and voice not in known), None)
        if strange is not None:
            raise forms.ValidationError(no_voice(strange))
        return {**cleaned, "voices": voices}

    @property
    def sentence(self) -> str:
        return next((message for messages in self.errors.values() for message in messages), "")
