"""What people bring to have it compared, what they ask, and what they wish for."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext as _

import rows
from apps.core.lists import Brought, clean, read_brought, words_of
from apps.similarity.comparing import MOST_GROUPS

MOST_ROWS: Final = 20_000  # all of them with all others, on two processors
MOST_FILES: Final = 500
LEAST_ROWS: Final = 2
LONGEST_QUESTION: Final = 8_000


class BringForm(forms.Form):
    """Lines, or files, and the key of the page. `brought` is what was read. `sentence` is the first thing that is wrong."""

    key = forms.CharField(required=False)

    def __init__(self, data: Any, files: Sequence["File[Any]"]) -> None:
        super().__init__(data)
        self.files_brought = [file for file in files if file]
        self.brought = Brought([])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if len(self.files_brought) > MOST_FILES:
            raise forms.ValidationError(_("At most %(n)s files at once. Put the texts into one CSV file.") % {"n": MOST_FILES})
        try:
            self.brought = read_brought(self.data, self.files_brought, most=MOST_ROWS)
        except rows.Unreadable as wrong:
            raise forms.ValidationError(words_of(wrong, [str(file.name) for file in self.files_brought])) from None
        if len(self.brought.rows) < LEAST_ROWS:
            raise forms.ValidationError(_("There is one row only. Bring two or more, so that there is something to compare."))
        return cleaned

    @property
    def file(self) -> "File[Any] | None":
        """The one table that the rows came from."""
        return self.files_brought[0] if len(self.files_brought) == 1 else None

    @property
    def sentence(self) -> str:
        return next((message for messages in self.errors.values() for message in messages), "")


class QuestionForm(forms.Form):
    """A text whose nearest rows are looked for."""

    text = forms.CharField(required=False, strip=True)

    def clean_text(self) -> str:
        text = clean(self.cleaned_data["text"]).strip()
        if not text:
            raise forms.ValidationError(_("Type a text first."))
        if len(text) > LONGEST_QUESTION:
            told = _("This text has %(have)s characters, and at most %(most)s are looked for at once. Shorten it.")
            raise forms.ValidationError(told % {"have": f"{len(text):,}", "most": f"{LONGEST_QUESTION:,}"})
        return text


class GroupsForm(forms.Form):
    """How many groups; none typed: it is found out."""

    groups = forms.IntegerField(required=False, min_value=1, max_value=MOST_GROUPS)


class LimitForm(forms.Form):
    """From which likeness on two rows say almost the same."""

    limit = forms.DecimalField(min_value=Decimal("0.01"), max_value=1, max_digits=4, decimal_places=3)
