"""What people type to have it continued."""

from typing import Final

from django import forms
from django.utils.translation import gettext as _

from apps.runs.storable import clean_text

LONGEST_TEXT: Final = 200_000  # characters


def as_typed(posted: str) -> str:
    """With every blank and line break: what follows goes on right behind the last one. Browsers send line breaks as two characters."""
    return clean_text(posted.replace("\r\n", "\n"))


class TextForm(forms.Form):
    """A text and the key of the page. `sentence` is the first thing that is wrong."""

    text = forms.CharField(required=False, strip=False)
    key = forms.CharField(required=False)

    def clean_text(self) -> str:
        text = as_typed(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError(_("Type the beginning of a text first."))
        if len(text) > LONGEST_TEXT:
            told = _("This text has %(have)s characters, and at most %(most)s can be continued. Leave out its beginning.")
            raise forms.ValidationError(told % {"have": f"{len(text):,}", "most": f"{LONGEST_TEXT:,}"})
        return text

    @property
    def sentence(self) -> str:
        return next((message for messages in self.errors.values() for message in messages), "")
