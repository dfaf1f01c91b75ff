"""What people type and bring on the pages of pictures."""

import hashlib
import uuid
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.providers.facts import Facts
from apps.runs.services import key_of

LONGEST_DESCRIPTION: Final = 32_000


class WishForm(forms.Form):
    """A description and the key of the page. `sentence` is the first thing that is wrong."""

    needs_words = True

    prompt = forms.CharField(required=False, strip=True)
    key = forms.CharField(required=False)

    def __init__(self, data: Any, files: Any = None, *, facts: Facts | None = None) -> None:
        super().__init__(data, files)
        self.longest = min((facts.limits.get("characters") if facts else None) or LONGEST_DESCRIPTION, LONGEST_DESCRIPTION)

    def clean_prompt(self) -> str:
        text: str = self.cleaned_data["prompt"].replace("\r\n", "\n")
        if self.needs_words and not text:
            raise forms.ValidationError(_("Describe the picture first."))
        if len(text) > self.longest:
            told = ngettext("The model takes %(n)s character.", "The model takes %(n)s characters.", self.longest)
            have = _("Your description has %(have)s characters.") % {"have": f"{len(text):,}"}
            raise forms.ValidationError(f"{have} {told % {'n': f'{self.longest:,}'}}")
        return text

    @property
    def sentence(self) -> str:
        return next((message for messages in self.errors.values() for message in messages), "")

    @property
    def run_key(self) -> str:
        """A form sent twice is one run; a form of yesterday's page with other words is another."""
        digest = hashlib.sha256(self.cleaned_data["prompt"].encode()).hexdigest()
        return f"{key_of(self.cleaned_data['key'])[:44]}-{digest[:32]}"


class MakeForm(WishForm):
    pass


class VaryForm(WishForm):
    """Words are only sent where an edit does the work."""

    needs_words = False

    shrink = forms.BooleanField(required=False)


class EditForm(WishForm):
    """`mask` comes from the painter: its alpha is what may change. `mask_file` from people without scripts."""

    mask = forms.FileField(required=False, allow_empty_file=True)
    mask_file = forms.FileField(required=False, allow_empty_file=True)
    mask_saved = forms.UUIDField(required=False)
    keep_outside = forms.BooleanField(required=False)
    shrink = forms.BooleanField(required=False)
    references = forms.CharField(required=False)  # ids of pictures, by comma

    def clean_references(self) -> list[uuid.UUID]:
        try:
            return list(dict.fromkeys(uuid.UUID(part) for part in self.cleaned_data["references"].split(",") if part.strip()))
        except ValueError:
            raise forms.ValidationError(_("A reference picture is not there any more. Take it out and try again.")) from None
