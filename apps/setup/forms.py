"""The forms of the first start."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.forms import Form


class FirstAccount(Form):
    """The first person and the first team."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    name = forms.CharField(label=_("Your name"), max_length=User._meta.get_field("name").max_length, required=False)
    team = forms.CharField(
        label=_("Name of the team"),
        max_length=Team._meta.get_field("name").max_length,
        help_text=_("Everything is saved for the team. You can be its only member."),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=" ".join(password_validators_help_texts()),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data:
            person = User(email=data.get("email", ""), name=data.get("name", ""))
            try:
                validate_password(data["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data
