"""Fields that take a key, and the form of a person's own."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Membership
from apps.core.forms import Form
from apps.providers.models import Provider
from apps.providers.own_keys import save_own_key
from gateway.addresses import origin_of


def clean_key(text: str) -> str:
    """A key as it is sent in a header. Raises ValidationError without repeating it."""
    key = text.strip()
    if not re.fullmatch(r"[\x21-\x7e]*", key):
        raise forms.ValidationError(_("A key has no spaces and only plain letters, digits and signs."))
    return key


def key_field(**options: Any) -> forms.CharField:
    """A field that takes a key and never gives one back."""
    attrs = {"autocomplete": "off", "spellcheck": "false", "data-show": gettext_lazy("Show")}
    return forms.CharField(max_length=2000, widget=forms.PasswordInput(attrs=attrs), **options)


class OwnKeyForm(Form):
    """A person's own key for one provider. It goes in and never comes out again."""

    key = key_field(
        label=gettext_lazy("Your key"), help_text=gettext_lazy("Stored encrypted and sent to this address only. It is never shown again.")
    )
    origin = forms.CharField(widget=forms.HiddenInput)  # the address that the page showed while the key was typed

    def __init__(self, *args: Any, provider: Provider, by: Membership, **kwargs: Any) -> None:
        self.provider, self.by = provider, by
        super().__init__(*args, **kwargs)
        self.fields["origin"].initial = origin_of(provider.base_url)

    def clean_key(self) -> str:
        return clean_key(self.cleaned_data["key"])

    def save(self) -> None:
        """Raises `own_keys.AddressChanged` and `own_keys.NotAllowed`."""
        save_own_key(self.provider, self.cleaned_data["key"], origin=self.cleaned_data["origin"], by=self.by)
